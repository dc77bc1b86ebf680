import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { FrameFile, type MayHold } from '../../archive/frame-file.ts';
import type { InputError } from '../../core/errors.ts';
import { printable } from '../../core/sanitize.ts';
import type { Filter } from '../../filter/compile.ts';
import { STORED_BY_NUMBER } from '../../record/fields/stored.ts';
import { namedFile, type NamedFile } from './byte-range.ts';
import type { Context } from '../command.ts';
import { argus3BytesOf } from '../../interop/argus3/byte-range.ts';
import { foreignFormat } from '../network/foreign.ts';
import { looksLikeArgus3 } from '../../interop/argus3/recognise.ts';
import { START_BYTES } from './record-formats.ts';
import { isPacked } from './unpack.ts';
import { cannotRead, checkFiles, checkTrees, filesBelow } from './record-paths.ts';

export interface Reading {
  readonly read: readonly string[];
  readonly recurse: readonly string[];
  /** As `-S` takes them. */
  readonly servers: readonly string[];
  readonly filter: Filter;
  /** Numbers of the stored fields that are looked at; undefined for all. */
  readonly fields: ReadonlySet<number> | undefined;
  /** Tells which frames are not read at all; undefined where all are. */
  readonly mayHold: MayHold | undefined;
}

/**
 * What `--explain` shows: how the filter was understood, the columns that are read, and of each file the frames that are.
 * @returns the exit status
 */
export async function explainReading(reading: Reading, context: Context): Promise<number> {
  const { read, recurse, servers, filter, fields } = reading;
  await checkFiles(read);
  await checkTrees(recurse);
  const columns = fields === undefined ? 'all' : namesOf(fields);
  await context.stdout.write(`filter:\n${filter.explain()}\ncolumns: ${columns}\n`);
  const asked = filter.remote === '' ? 'for all records' : `for records that match: ${filter.remote}`;
  for (const server of servers) await context.stdout.write(`${printable(server)}: it is asked ${asked}\n`);
  const isInput = read.includes('-') || read.length + recurse.length + servers.length === 0;
  if (isInput) await context.stdout.write('standard input: read as it comes\n');
  let hasFailed = false;
  const fail = (error: InputError): void => {
    hasFailed = true;
    context.warn(error.message);
  };
  const files = read.filter((word) => word !== '-').map(namedFile);
  for (const tree of recurse) for await (const path of filesBelow(tree, fail)) files.push({ path, range: undefined });
  for (const file of files) {
    if (context.signal.aborted) break;
    try {
      await context.stdout.write(`${printable(file.path)}: ${plan(file, reading)}\n`);
    } catch (error) {
      const failure = cannotRead(file.path, error);
      if (failure === error) throw error;
      fail(failure as InputError);
    }
  }
  return hasFailed ? 1 : 0;
}

/** Those of flow records; what management records have is read with them. */
function namesOf(fields: ReadonlySet<number>): string {
  const known = [...fields].map((number) => STORED_BY_NUMBER.get(number)).filter((one) => one !== undefined);
  const names = known.filter(({ field }) => field.group !== 'management').map(({ name }) => name);
  return names.sort().join(' ');
}

function plan({ path, range }: NamedFile, { mayHold, fields }: Reading): string {
  const file = FrameFile.open(path, { mayHold, fields });
  if (file === undefined) return planForeign({ path, range });
  const survey = (range === undefined ? file : file.within(range, path)).survey();
  const { frames, bytes, skippedFrames, skippedBytes, restBytes } = survey;
  const told = `${frames - skippedFrames} of ${frames} frames are read, ${bytes - skippedBytes} of ${bytes} bytes`;
  return restBytes === 0 ? told : `${told}; no whole frame is in the ${restBytes} bytes behind them`;
}

/** Of a file that does not begin with a frame of ours. */
function planForeign({ path, range }: NamedFile): string {
  if (!statSync(path).isFile()) return 'read as it comes, it is no plain file';
  const fd = openSync(path, 'r');
  try {
    const first = new Uint8Array(START_BYTES);
    const start = first.subarray(0, readSync(fd, first));
    const { size } = fstatSync(fd);
    if (size === 0) return 'empty';
    if (looksLikeArgus3(start)) {
      const parts = range === undefined ? [{ start: 0, stop: size }] : argus3BytesOf(fd, range, path);
      const bytes = parts.reduce((sum, part) => sum + part.stop - part.start, 0);
      return `records of Argus, ${bytes} of ${size} bytes are read`;
    }
    if (isPacked(start)) return `packed, its ${size} bytes are unpacked and read`;
    return `${foreignFormat(start, path)?.reason ?? 'these are not flow records'}; nothing of it is taken`;
  } finally {
    closeSync(fd);
  }
}
