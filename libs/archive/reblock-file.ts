import { lstatSync, renameSync, type Stats } from 'node:fs';
import { lstat, open, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { encodeBatch } from '../codec/encode.ts';
import { BatchReader } from '../codec/read.ts';
import { FLOW_BATCH, type Batch } from '../record/batch.ts';
import { RecordSorter } from '../sort/record-sorter.ts';
import { noteFrame, readNote, type ArchiveNote } from './archive-note.ts';
import type { Stretches } from './coverage.ts';
import { FrameFile } from './frame-file.ts';
import { FullFrames } from './full-frames.ts';
import { isNote } from './is-note.ts';
import { syncFolder } from './open-files.ts';
import { noteOf, surveyFile, type FileSurvey } from './survey-file.ts';

export interface ReblockSettings {
  /** Of zstd, 1 to 19. */
  readonly level: number;
  /** Records beyond this much memory wait in temporary files while they are sorted. */
  readonly memoryBytes: number;
  /** Also files without a note: nobody may be writing them. */
  readonly takesAll: boolean;
  /** Only tells what would be done. */
  readonly isDry: boolean;
  readonly signal: AbortSignal;
}

/** A file's length, and of how many frames it is made. */
export interface Extent {
  readonly bytes: number;
  readonly frames: number;
}

export type Reblocked =
  /** `after` is absent where it only would be done. */
  | { readonly kind: 'done'; readonly before: Extent; readonly after: Extent | undefined }
  /** It was done before; it may be written to still; it is not to be touched, for this reason. */
  | { readonly kind: 'known' }
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'left'; readonly reason: string }
  | { readonly kind: 'stopped' };

/** More are not sorted apart. */
const STRETCHES_MAX = 10_000;
const PART = /^\..+\.(\d{1,10})\.reblocked$/;

/** The name of a new file beside the one whose place it is to take, until it does. */
export function reblockedPart(path: string, pid = process.pid): string {
  return join(dirname(path), `.${basename(path)}.${pid}.reblocked`);
}

/** The process that made a file of such a name; undefined for any other name. */
export function makerOfPart(name: string): number | undefined {
  const pid = PART.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/**
 * Gives a finished file full frames, in which the records of each origin are in the order of their starts. A new file is made beside it, looked
 * through, and takes its name in one step, so that at any time, after a crash too, one or the other is there, whole. Which numbers of
 * records are covered, and which are lost, does not change.
 * @throws errors of the system; the file is as it was then
 */
export async function reblockFile(path: string, settings: ReblockSettings): Promise<Reblocked> {
  const before = await lstat(path);
  const note = await readNote(path);
  if (note?.level !== undefined) return { kind: 'known' };
  if (note === undefined && !settings.takesAll) return { kind: 'unfinished' };
  if (before.nlink > 1) return left('it has a second name');
  const survey = await surveyFile(path, settings.signal);
  if (settings.signal.aborted) return { kind: 'stopped' };
  const reason = survey.problem ?? contradiction(survey, note);
  if (reason !== undefined) return left(reason);
  const extent = { bytes: before.size, frames: survey.frames };
  if (settings.isDry) return { kind: 'done', before: extent, after: undefined };
  const part = reblockedPart(path);
  try {
    await rm(part, { force: true }); // of an earlier process with our number
    await writePart(path, part, before, { survey, note: note ?? noteOf(survey), settings });
    const written = await surveyFile(part, settings.signal);
    if (settings.signal.aborted) return { kind: 'stopped' };
    if (written.problem !== undefined || !written.coverage.equals(survey.coverage))
      return left('full frames of it would not cover the same record numbers'); // some come twice
    // Nothing may come between the look and the step.
    if (!isSame(lstatSync(path), before)) return left('it was changed meanwhile');
    const bytes = lstatSync(part).size;
    renameSync(part, path);
    await syncFolder(dirname(path));
    return { kind: 'done', before: extent, after: { bytes, frames: written.frames } };
  } finally {
    await rm(part, { force: true });
  }
}

function left(reason: string): Reblocked {
  return { kind: 'left', reason };
}

function contradiction({ coverage }: FileSurvey, note: ArchiveNote | undefined): string | undefined {
  if (note !== undefined && note.records !== coverage.records)
    return `its note tells of ${note.records} records, and there are ${coverage.records}`;
  const { count } = coverage.stretches;
  return count > STRETCHES_MAX ? `its record numbers are in ${count} pieces` : undefined;
}

/** Also when nothing but the time of change is new. */
function isSame(now: Stats, before: Stats): boolean {
  return now.dev === before.dev && now.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs;
}

interface Plan {
  readonly survey: FileSurvey;
  readonly note: Omit<ArchiveNote, 'bytes'>;
  readonly settings: ReblockSettings;
}

/** The new file, with the owner, the rights and the time of change of the old one; all of it is on the disk then. */
async function writePart(path: string, part: string, like: Stats, plan: Plan): Promise<void> {
  await using file = await open(part, 'wx', 0o600);
  const end = await writeFrames(path, file, plan);
  await append(file, end, noteFrame({ ...plan.note, bytes: end, level: plan.settings.level }));
  await file.chown(like.uid, like.gid).catch(() => undefined); // only root may give files away
  await file.chmod(like.mode & 0o7777);
  await file.utimes(like.atime, like.mtime);
  await file.sync();
}

/** What cannot be sorted comes first, as it is. @returns where the file ends */
async function writeFrames(path: string, file: FileHandle, { survey, settings }: Plan): Promise<number> {
  const { level, memoryBytes, signal } = settings;
  const { stretches } = survey.coverage;
  let end = 0;
  const write = async (batch: Batch): Promise<void> => {
    end = await append(file, end, encodeBatch(batch, { level, zones: true }));
  };
  await using sorter = new RecordSorter({ keys: [{ field: 'stime', descending: false }], memoryBytes });
  const frames = FrameFile.open(path);
  if (frames === undefined) throw new Error(`${path} has become another file`);
  for await (const batch of new BatchReader(frames.chunks(signal), { where: path })) {
    if (isNote(batch)) continue;
    if (canMove(batch)) await sorter.push(inStretch(batch, stretches), undefined, batch.rows);
    else await write(batch);
  }
  const full = new FullFrames(memoryBytes >> 2);
  const back = (batch: Batch): Batch => ({ ...batch, origin: stretches.originOf(Number(batch.origin.source)) });
  for await (const batch of sorter.sortedBatches()) {
    if (signal.aborted) return end;
    for (const filled of full.push(batch)) await write(back(filled));
  }
  for (const rest of full.flush()) await write(back(rest));
  return end;
}

/** Columns of later versions stay with their rows only as long as these stay as they are. */
function canMove({ kind, rows, unknown, note }: Batch): boolean {
  return kind === FLOW_BATCH && rows > 0 && unknown.length === 0 && note === undefined;
}

/** Sorting keeps apart what is of several origins: each stretch is one for the time being. */
function inStretch(batch: Batch, stretches: Stretches): Batch {
  return { ...batch, origin: { source: String(stretches.of(batch)), run: 0 } };
}

async function append(file: FileHandle, offset: number, bytes: Uint8Array): Promise<number> {
  let at = 0;
  while (at < bytes.length) at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
  return offset + bytes.length;
}
