import { FIELD_NUMBERS_MAX, GAP_BATCH, type Batch, type BatchKind, type UnknownColumn } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import type { Column } from '../record/columns.ts';
import { STORED_BY_NUMBER } from '../record/fields/stored.ts';
import { ChunkReader } from './chunks.ts';
import { decodeColumn } from './decode-columns.ts';
import { layoutOf, memoryOf, storedBytes, unpackEnvelope, type Entry, type Layout } from './directory.ts';
import {
  checksumMatches,
  FLAG_WHOLE,
  FRAME_BYTES_MAX,
  HEADER_BYTES,
  headerProblem,
  readHeader,
  ROW_BYTES_MAX,
  startsLikeFrame,
  WHOLE_BYTES_MAX,
  WHOLE_ROWS_BELOW,
  type Header,
} from './format.ts';
import { FrameProblem, UnknownEncoding } from './problem.ts';
import { declaredBytes, decompress } from './zstd.ts';

export interface DecodeOptions {
  /** Numbers of the fields wanted; the others are not looked at, and columns of later versions are left out. */
  readonly fields?: ReadonlySet<number>;
  /** The checksum was already verified, as `FrameSplitter` does. */
  readonly verified?: boolean;
}

export type Decoded =
  | {
      readonly batch: Batch;
      /** Columns of known fields whose encoding is of a later version; they are among the batch's unknown columns. */
      readonly skippedColumns: number;
    }
  | {
      /** What is wrong, in words that are the same for all frames with that fault. */
      readonly problem: string;
    };

/**
 * The batch in one whole frame. Whatever the bytes, nothing is thrown, and no more is allocated than rows and length of the
 * frame allow. Nothing of the batch lies in `frame`, which may be reused.
 */
export function decodeFrame(frame: Uint8Array, options: DecodeOptions = {}): Decoded {
  try {
    return decode(frame, options);
  } catch (error) {
    if (error instanceof FrameProblem) return { problem: error.message };
    throw error;
  }
}

function decode(frame: Uint8Array, { fields, verified = false }: DecodeOptions): Decoded {
  if (frame.length < HEADER_BYTES || !startsLikeFrame(frame, 0)) throw new FrameProblem('frame: no header');
  const header = readHeader(frame, 0);
  const problem = headerProblem(header);
  if (problem !== undefined) throw new FrameProblem(problem);
  if (header.bodyBytes !== frame.length - HEADER_BYTES) throw new FrameProblem('frame: length');
  if (!verified && !checksumMatches(frame)) throw new FrameProblem('frame: checksum');
  const body = bodyOf(frame, header);
  if (header.envelopeBytes > body.length) throw new FrameProblem('frame: length of the envelope');
  const { origin, first, covers, entries } = unpackEnvelope(body.subarray(0, header.envelopeBytes));
  if (covers < header.rows) throw new FrameProblem('envelope: covers fewer records than there are');
  const plan = planColumns(entries, header.rows, body.length, header.envelopeBytes, fields);
  const { columns, unknown, buffer, skippedColumns } = readColumns(body, plan, header.rows);
  const kind = header.kind as BatchKind;
  return { batch: { kind, origin, first, covers, rows: header.rows, columns, unknown, buffer }, skippedColumns };
}

function bodyOf(frame: Uint8Array, header: Header): Uint8Array {
  if (header.kind < 1 || header.kind > GAP_BATCH) throw new FrameProblem('frame: unknown kind');
  if (header.flags > FLAG_WHOLE) throw new FrameProblem('frame: unknown flags');
  const body = frame.subarray(HEADER_BYTES);
  if (header.flags === 0) return body;
  const bytes = declaredBytes(body);
  if (bytes === undefined || bytes > WHOLE_BYTES_MAX || header.rows >= WHOLE_ROWS_BELOW)
    throw new FrameProblem('frame: compressed size');
  const content = new Uint8Array(bytes);
  if (!decompress(content, body)) throw new FrameProblem('frame: does not decompress');
  return content;
}

interface Planned {
  readonly entry: Entry;
  /** Where its chunks begin in the body. */
  readonly offset: number;
  /** Undefined for a column that is passed on as it is. */
  readonly layout: Layout | undefined;
}

interface Plan {
  readonly columns: readonly Planned[];
  /** Bytes of all columns in memory. */
  readonly bytes: number;
}

/** Which columns lie where and how much memory they need, before any of it is taken. */
function planColumns(
  entries: readonly Entry[],
  rows: number,
  bodyBytes: number,
  start: number,
  fields: ReadonlySet<number> | undefined,
): Plan {
  const columns: Planned[] = [];
  const seen = new Set<number>();
  const extraBytesMax = Math.min(rows * ROW_BYTES_MAX, FRAME_BYTES_MAX);
  let offset = start;
  let bytes = 0;
  for (const entry of entries) {
    const stored = storedBytes(entry);
    if (stored > bodyBytes - offset) throw new FrameProblem('directory: columns exceed the frame');
    if (seen.has(entry[0])) throw new FrameProblem('directory: field twice');
    seen.add(entry[0]);
    const known = entry[0] < FIELD_NUMBERS_MAX ? STORED_BY_NUMBER.get(entry[0])?.field : undefined;
    if (fields === undefined || fields.has(entry[0])) {
      const layout = known === undefined || rows === 0 ? undefined : layoutOf(entry, known.kind, rows, extraBytesMax);
      columns.push({ entry, offset, layout });
      if (layout !== undefined) bytes += memoryOf(layout, rows);
    }
    offset += stored;
  }
  if (offset !== bodyBytes) throw new FrameProblem('directory: bytes that belong to no column');
  if (bytes > FRAME_BYTES_MAX) throw new FrameProblem('frame: columns too large');
  return { columns, bytes };
}

interface Read extends Pick<Batch, 'columns' | 'unknown' | 'buffer'> {
  readonly skippedColumns: number;
}

function readColumns(body: Uint8Array, plan: Plan, rows: number): Read {
  const area = new Area(plan.bytes);
  const chunks = new ChunkReader();
  const highest = plan.columns.reduce((most, { entry, layout }) => (layout === undefined ? most : Math.max(most, entry[0])), -1); // prettier-ignore
  const columns = new Array<Column | undefined>(highest + 1).fill(undefined);
  const unknown: UnknownColumn[] = [];
  let skippedColumns = 0;
  for (const { entry, offset, layout } of plan.columns) {
    chunks.open(body, offset, entry[2]);
    const column = layout === undefined ? undefined : tryDecode(chunks, layout, rows, area);
    if (column !== undefined) {
      columns[entry[0]] = column;
      continue;
    }
    if (STORED_BY_NUMBER.has(entry[0])) skippedColumns += 1;
    unknown.push({ entry, bytes: body.slice(offset, offset + storedBytes(entry)) });
  }
  return { columns, unknown, buffer: area.buffer, skippedColumns };
}

function tryDecode(chunks: ChunkReader, layout: Layout, rows: number, area: Area): Column | undefined {
  try {
    const column = decodeColumn(chunks, layout, rows, area);
    chunks.close();
    return column;
  } catch (error) {
    if (error instanceof UnknownEncoding) return undefined;
    throw error;
  }
}
