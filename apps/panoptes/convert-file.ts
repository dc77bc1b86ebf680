import { lstatSync, type Stats } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { noteFrame } from '../../libs/archive/archive-note.ts';
import { reblockedPart } from '../../libs/archive/reblocked-part.ts';
import { takePlace } from '../../libs/archive/succeed.ts';
import { statsOf } from '../../libs/archive/succession.ts';
import { noteOf, surveyFile } from '../../libs/archive/survey-file.ts';
import type { Context } from '../../libs/cli/command.ts';
import { FileBytes } from '../../libs/cli/input/file-bytes.ts';
import { RecordInputs } from '../../libs/cli/input/record-inputs.ts';
import { START_BYTES } from '../../libs/cli/input/record-formats.ts';
import { openContent } from '../../libs/cli/input/unpack.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { startsLikeFrame } from '../../libs/codec/format.ts';
import { GAP_BATCH } from '../../libs/record/batch.ts';
import { looksLikeArgus3 } from '../../libs/interop/argus3/recognise.ts';
import type { RecordNumbers } from '../../libs/interop/argus3/record-numbers.ts';

export interface ConvertSettings {
  /** Also files that hold something which has no place in our format. */
  readonly losesSome: boolean;
  readonly isDry: boolean;
  /** Goes on from file to file, so that records of one probe in several have numbers of their own. */
  readonly numbers: RecordNumbers;
}

export type Converted =
  /** `bytes` is absent where it only would be done; `lost` is what has no place in our format. */
  | {
      readonly kind: 'done';
      readonly path: string;
      readonly bytes: number | undefined;
      readonly lost: readonly string[];
    }
  | { readonly kind: 'left'; readonly reason: string }
  /** It holds no records. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'stopped' };

/** The end of a name that says how a file is packed. */
const PACKED = /\.(gz|bz2|xz|zst|Z)$/;

/**
 * Writes the records of a file of Argus, or of a packed one, to one of ours beside it, lets that be looked through, and then take its place: under the
 * same name, but for an end that says how it was packed.
 * @throws errors of the system; the file is there as it was then
 */
export async function convertFile(path: string, settings: ConvertSettings, context: Context): Promise<Converted> {
  const { signal } = context;
  const stats = lstatSync(path);
  if (!(await holdsRecords(path, signal))) return { kind: 'foreign' };
  if (stats.nlink > 1) return left('it has a second name');
  const target = path.replace(PACKED, '');
  if (target !== path && statsOf(target) !== undefined) return left(`${target} is there already`);
  const part = reblockedPart(target);
  const said = new Said(path, context);
  try {
    const records = await copyRecords(path, settings.isDry ? undefined : part, settings.numbers, said.context);
    if (signal.aborted) return { kind: 'stopped' };
    if (said.problems.length > 0) return left(said.problems.join('; '));
    if (said.lost.length > 0 && !settings.losesSome) return left(`it would lose ${said.lost.join(', ')}`);
    if (settings.isDry) return { kind: 'done', path: target, bytes: undefined, lost: said.lost };
    const reason = await complete(part, stats, records, signal);
    if (signal.aborted) return { kind: 'stopped' };
    if (reason !== undefined) return left(reason);
    const { size, mtimeMs } = lstatSync(path);
    if (size !== stats.size || mtimeMs !== stats.mtimeMs) return left('it was changed meanwhile');
    const bytes = lstatSync(part).size;
    await takePlace(part, target, [{ path, stats }]);
    return { kind: 'done', path: target, bytes, lost: said.lost };
  } finally {
    await rm(part, { force: true });
  }
}

function left(reason: string): Converted {
  return { kind: 'left', reason };
}

/** Whether a file holds records of Argus, or packed records of either format. */
async function holdsRecords(path: string, signal: AbortSignal): Promise<boolean> {
  const { start, chunks } = await openContent(await FileBytes.open(path, signal), START_BYTES);
  for await (const _ of chunks) break; // which closes the file
  return looksLikeArgus3(start) || startsLikeFrame(start, 0);
}

/** @param part undefined to read only @returns how many records there are */
async function copyRecords(
  path: string,
  part: string | undefined,
  numbers: RecordNumbers,
  context: Context,
): Promise<number> {
  const settings = { files: [], trees: [path], servers: [], security: undefined, serverFilter: '', fields: undefined, peek: undefined }; // prettier-ignore
  const inputs = await RecordInputs.open({ ...settings, verbose: true, numbers }, context, context.signal);
  if (part !== undefined) await rm(part, { force: true }); // of an earlier process with our number
  await using file = part === undefined ? undefined : await open(part, 'wx', 0o600);
  let records = 0;
  for await (const batch of inputs) {
    if (file !== undefined) await file.writeFile(encodeBatch(batch, { zones: true }));
    if (batch.kind !== GAP_BATCH) records += batch.rows;
  }
  return records;
}

/** Lets the new file say that it is finished. @returns what is wrong with it */
async function complete(part: string, like: Stats, records: number, signal: AbortSignal): Promise<string | undefined> {
  const survey = await surveyFile(part, signal);
  if (survey.problem !== undefined) return `what was made of it cannot be read: ${survey.problem}`;
  if (survey.coverage.records !== records)
    return `of its ${records} records ${survey.coverage.records} could be read again`;
  await using file = await open(part, 'a');
  const { size } = await file.stat();
  await file.writeFile(noteFrame({ ...noteOf(survey), bytes: size }));
  await file.chown(like.uid, like.gid).catch(() => undefined); // only root may give files away
  await file.chmod(like.mode & 0o7777);
  await file.utimes(like.atime, like.mtime);
  await file.sync();
  return undefined;
}

/** What is said while a file is read. */
class Said {
  readonly problems: string[] = [];
  readonly lost: string[] = [];
  readonly context: Context;

  constructor(path: string, { program, signal, stdin, stdout, env }: Context) {
    const own = (message: string): string => message.replace(`${path}: `, '').replace(/^left out /, '');
    const warn = (message: string): void => void this.problems.push(own(message));
    const info = (message: string): void => void this.lost.push(own(message));
    this.context = { program, signal, stdin, stdout, env, warn, info };
  }
}
