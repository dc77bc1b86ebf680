import { availableParallelism } from 'node:os';
import type { Loss } from '../../codec/frame-search.ts';
import { BatchReader, type Chunk } from '../../codec/read.ts';
import type { Batch } from '../../record/batch.ts';
import { ARGUS3_START_BYTES, looksLikeArgus3 } from '../../interop/argus3/recognise.ts';
import type { Argus3Reader } from '../../interop/argus3/reader.ts';
import type { RecordNumbers } from '../../interop/argus3/record-numbers.ts';
import { foreignFormat } from '../network/foreign.ts';
import type { FrameTaker } from '../scan/scan.ts';
import type { ScanReader, ScanReadOptions } from '../scan/scan-reader.ts';
import type { InputSettings } from './input-settings.ts';

/** What a format is told about the input that it reads. */
export interface ReadSettings extends Pick<InputSettings, 'fields' | 'peek' | 'room' | 'deferred' | 'returned'> {
  /** As the user named it; `-` is standard input. */
  readonly path: string;
  /** For messages. */
  readonly name: string;
  readonly start: Uint8Array;
  /** Bytes of the input that were passed over so far. */
  readonly skippedBytes?: () => number;
  readonly management: boolean;
  /** Whether records are to have the field `offset`. */
  readonly offsets: boolean;
  /** Bytes of a plain file, which is all there, so that nothing has to be waited for. */
  readonly fileBytes?: number;
  /** The first record of the file, of formats where it tells of all others, if what is read begins behind it. */
  readonly first?: Uint8Array | undefined;
  /** The threads that are to read frames of ours, where there are such. */
  readonly scan?: FrameTaker | undefined;
  /** Is told how many records went there. */
  readonly addRecords?: ((records: number) => void) | undefined;
  /** Shared by all inputs of a command. */
  readonly numbers: RecordNumbers;
}

/** Batches, and what was wrong once they are all read. */
export interface RecordReader {
  readonly batches: AsyncIterable<Batch>;
  /** What the user must know, each with a hint or an empty text; nothing when all was read. */
  problems(): readonly (readonly [problem: string, hint: string])[];
  /** What had no meaning here, by name, with how often it came. */
  leftOut(): ReadonlyMap<string, number>;
}

/** A format in which records come. */
export interface RecordFormat {
  /** @param start first bytes of the input, at least `START_BYTES` unless there are fewer */
  matches(start: Uint8Array): boolean;
  /** @param chunks each is valid until the next one is asked for */
  read(chunks: AsyncIterable<Uint8Array>, settings: ReadSettings): Promise<RecordReader>;
}

/** Bytes of the beginning that tell the format. */
export const START_BYTES = ARGUS3_START_BYTES;

/** What begins with something unknown is searched so far for a frame of ours. */
export const LEAD_BYTES_MAX = 1 << 20;

/** Where starting threads is worth it, and how many there are at most, this one included. */
const BYTES_FOR_THREADS = 64 << 20;
const THREADS_MAX = 4;

const ARGUS3: RecordFormat = {
  matches: looksLikeArgus3,
  read: async (chunks, settings) => {
    const reader = await argus3Reader(chunks, settings);
    return {
      batches: reader,
      problems: () => [...problemsInArgus3(reader, settings.skippedBytes?.() ?? 0)],
      leftOut: () => reader.leftOut,
    };
  },
};

async function argus3Reader(
  chunks: AsyncIterable<Uint8Array>,
  { fields, numbers, management, offsets, peek, fileBytes, skippedBytes, first, returned }: ReadSettings,
): Promise<Pick<Argus3Reader, 'pending' | 'damagedAt' | 'leftOut' | typeof Symbol.asyncIterator>> {
  const start = skippedBytes?.() ?? 0;
  const options = { numbers, management, offsets, start, first, ...(fields === undefined ? {} : { fields }) };
  const select = peek?.select;
  const threads = Math.min(availableParallelism(), THREADS_MAX) - 1;
  // A glance at a record costs less than to hand it to another thread.
  if ((fileBytes ?? 0) >= BYTES_FOR_THREADS && threads > 0 && select === undefined) {
    const { ParallelArgus3Reader } = await import('../../interop/argus3/parallel-reader.ts');
    return new ParallelArgus3Reader(chunks, { ...options, threads, ...(returned && { returned }) });
  }
  const { Argus3Reader } = await import('../../interop/argus3/reader.ts');
  return new Argus3Reader(chunks, {
    ...options,
    waits: fileBytes !== undefined,
    ...(peek === undefined || select === undefined ? {} : { peek: { fields: peek.fields, select } }),
  });
}

function* problemsInArgus3(
  { pending, damagedAt }: Pick<Argus3Reader, 'pending' | 'damagedAt'>,
  skippedBytes: number,
): Generator<readonly [string, string]> {
  if (damagedAt !== undefined)
    yield [`no record begins at byte ${damagedAt + skippedBytes}; the records before it were read`, ''];
  else if (pending > 0) yield ['the last record is cut; the records before it were read', ''];
}

const OWN: RecordFormat = { matches: () => true, read: readFrames };

/** Records of ours, also from a file whose frames were not read whole. */
export async function readFrames(chunks: AsyncIterable<Chunk>, settings: ReadSettings): Promise<RecordReader> {
  const { path, name, start, fields, peek, room, deferred, offsets, skippedBytes, fileBytes, scan, addRecords } = settings; // prettier-ignore
  const passed = skippedBytes ?? (() => 0);
  const leadBytesMax = foreignFormat(start, path) === undefined ? LEAD_BYTES_MAX : 0;
  const options = { where: name, skippedBytes: passed, leadBytesMax, ...(fields && { fields }), ...(peek && { peek }), ...(room && { room }), deferred, offsets }; // prettier-ignore
  const reader =
    scan === undefined || fileBytes === undefined
      ? new BatchReader(chunks, options)
      : await scanned(chunks, { ...options, scan, addRecords, fileBytes });
  return {
    batches: reader,
    problems: () => [...problemsIn(reader, path, start)],
    leftOut: () => new Map<string, number>(),
  };
}

async function scanned(chunks: AsyncIterable<Chunk>, options: ScanReadOptions): Promise<ScanReader> {
  const { ScanReader: Reader } = await import('../scan/scan-reader.ts');
  return new Reader(chunks, options);
}

function* problemsIn(
  reader: Pick<BatchReader, 'problems' | 'damage' | 'loss'>,
  path: string,
  start: Uint8Array,
): Generator<readonly [string, string]> {
  for (const [problem, count] of reader.problems) yield [framesLeftOut(problem, count), ''];
  const { damage, loss } = reader;
  if (loss !== undefined) yield [lost(loss), ''];
  if (damage === undefined || damage.kind === 'version') return;
  if (damage.kind === 'foreign') {
    const { reason = 'these are not flow records', hint = '' } = foreignFormat(start, path) ?? {};
    yield [reason, hint];
  } else {
    yield [`${damage.reason} at byte ${damage.offset}; the records before it were read`, ''];
  }
}

function lost({ count, bytes, offset, reason }: Loss): string {
  const others = count === 1 ? '' : `, and damage at ${count - 1} more ${count === 2 ? 'place' : 'places'}`;
  return `${reason} at byte ${offset}${others}; ${bytes} bytes were passed over, and the records behind them read`;
}

export const framesLeftOut = (problem: string, count: number): string =>
  `${count === 1 ? 'a frame' : `${count} frames`} left out: ${problem}`;

/** In the order in which they are tried; the last one takes what is left. */
const FORMATS: readonly RecordFormat[] = [ARGUS3, OWN];

export function formatOf(start: Uint8Array): RecordFormat {
  return FORMATS.find((format) => format.matches(start)) ?? OWN;
}
