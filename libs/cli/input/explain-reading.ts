import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteRange } from '../../archive/byte-range.ts';
import { FrameFile } from '../../archive/frame-file.ts';
import { FrameSearch } from '../../codec/frame-search.ts';
import type { InputError } from '../../core/errors.ts';
import { printable } from '../../core/sanitize.ts';
import type { Filter } from '../../filter/compile.ts';
import { STORED_BY_NUMBER } from '../../record/fields/stored.ts';
import { EVERYTHING } from '../../filter/everything.ts';
import { fieldsOfBothSides, type Sides } from './both-sides.ts';
import { namedFile, type NamedFile } from './byte-range.ts';
import { mayHoldOf } from './frame-zone.ts';
import { START_FIELDS } from './merge-settings.ts';
import { PortDirection } from './port-direction.ts';
import type { InputSettings } from './input-settings.ts';
import { recordFilter, type FilterArguments } from '../selection/record-filter.ts';
import type { Context } from '../command.ts';
import { argus3BytesOf } from '../../interop/argus3/byte-range.ts';
import { foreignFormat } from '../network/foreign.ts';
import { looksLikeArgus3 } from '../../interop/argus3/recognise.ts';
import { LEAD_BYTES_MAX, START_BYTES } from './record-formats.ts';
import { isPacked } from './unpack.ts';
import { cannotRead, checkFiles, checkTrees, filesBelow } from './record-paths.ts';

/** What a command line says of what is read. */
interface Arguments extends FilterArguments {
  readonly read: readonly string[];
  readonly recurse: readonly string[];
  readonly server?: readonly string[];
  readonly merge?: boolean;
  readonly rejected?: string | undefined;
  readonly 'port-direction'?: string | undefined;
}

/** What a command needs of the records. */
interface Needs {
  /** Numbers of the stored fields that it looks at, beside those of the filter; undefined for all. */
  readonly fields: ReadonlySet<number> | undefined;
  readonly sides?: Sides;
  /** Whether it goes through all frames, whatever the filter says of them. */
  readonly readsAll?: boolean;
}

/** Which frames of files are read, and which of their columns. */
type Wanted = Pick<InputSettings, 'fields' | 'mayHold' | 'serverFilter'>;

/**
 * What `--explain` shows: how the filter was understood, the columns that are read, and of each file the frames that are.
 * @returns the exit status
 */
export async function explainReading(args: Arguments, context: Context, needs: Needs): Promise<number> {
  const { read, recurse, server: servers = [] } = args;
  const filter = await recordFilter(args);
  const wanted = wantedOf(args, filter, needs);
  const { fields, serverFilter } = wanted;
  checkFiles(read);
  checkTrees(recurse);
  const columns = fields === undefined ? 'all' : namesOf(fields);
  await context.stdout.write(`filter:\n${filter.explain()}\ncolumns: ${columns}\n`);
  const asked = serverFilter === '' ? 'for all records' : `for records that match: ${serverFilter}`;
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
      await context.stdout.write(`${printable(file.path)}: ${plan(file, wanted)}\n`);
    } catch (error) {
      const failure = cannotRead(file.path, error);
      if (failure === error) throw error;
      fail(failure as InputError);
    }
  }
  return hasFailed ? 1 : 0;
}

/** As `SelectedRecords` has it. */
function wantedOf(args: Arguments, filter: Filter, { fields, sides, readsAll = false }: Needs): Wanted {
  const isKept = args.rejected !== undefined;
  const order = args.merge === true ? START_FIELDS : [];
  const looked = fields && new Set([...fields, ...filter.fields, ...order]);
  const wanted: Wanted = {
    fields:
      looked !== undefined && sides !== undefined && (sides.rmon || sides.oneWay) ? fieldsOfBothSides(looked) : looked,
    mayHold: readsAll || isKept || filter === EVERYTHING ? undefined : mayHoldOf(filter),
    serverFilter: isKept ? '' : filter.remote,
  };
  return args['port-direction'] === undefined ? wanted : PortDirection.settings(wanted);
}

/** Those of flow records; what management records have is read with them. */
function namesOf(fields: ReadonlySet<number>): string {
  const known = [...fields].map((number) => STORED_BY_NUMBER.get(number)).filter((one) => one !== undefined);
  const names = known.filter(({ field }) => field.group !== 'management').map(({ name }) => name);
  return names.sort().join(' ');
}

function plan({ path, range }: NamedFile, { mayHold, fields }: Wanted): string {
  const file = FrameFile.open(path, { mayHold, fields });
  if (file === undefined) return planForeign({ path, range });
  const survey = (range === undefined ? file : file.within(range, path)).survey();
  const { frames, bytes, skippedFrames, skippedBytes, restBytes } = survey;
  const told = `${frames - skippedFrames} of ${frames} frames${beginning(range)} are read, ${bytes - skippedBytes} of ${bytes} bytes`;
  return restBytes === 0 ? told : `${told}; the ${restBytes} bytes behind them begin with no whole frame`;
}

/** Which records or frames are meant. */
function beginning(range: ByteRange | undefined): string {
  if (range === undefined) return '';
  const { start, stop } = range;
  return ` that begin from byte ${start} on${stop === Infinity ? '' : ` and before byte ${stop}`}`;
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
      const read = range === undefined ? { start: 0, stop: size } : argus3BytesOf(fd, range, path).range;
      return `records of Argus${beginning(range)}, ${read.stop - read.start} of ${size} bytes are read`;
    }
    if (isPacked(start)) return `packed, its ${size} bytes are unpacked and read`;
    const foreign = foreignFormat(start, path);
    const lead = foreign === undefined ? bytesBeforeFrame(fd) : undefined;
    if (lead !== undefined) return `its first ${lead} bytes are no frame; what is behind them is read`;
    return `${foreign?.reason ?? 'these are not flow records'}; nothing of it is taken`;
  } finally {
    closeSync(fd);
  }
}

/** Of a file that does not begin with a frame; undefined where none is found. */
function bytesBeforeFrame(fd: number): number | undefined {
  const search = new FrameSearch(() => 0, LEAD_BYTES_MAX);
  const chunk = new Uint8Array(LEAD_BYTES_MAX);
  for (let at = 0, count; !search.isOver && (count = readSync(fd, chunk, 0, chunk.length, at)) > 0; at += count)
    for (const _ of search.push(chunk.subarray(0, count))) return search.loss?.bytes;
  for (const _ of search.end()) return search.loss?.bytes;
  return undefined;
}
