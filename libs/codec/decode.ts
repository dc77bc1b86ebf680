import { GAP_BATCH, type Batch, type BatchKind, type UnknownColumn } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import type { Column } from '../record/columns.ts';
import { STORED_BY_NUMBER } from '../record/fields/stored.ts';
import { ColumnDecoder } from './decode-columns.ts';
import { storedBytes, unpackEnvelope, type Layout } from './directory.ts';
import {
  checksumMatches,
  FLAG_WHOLE,
  HEADER_BYTES,
  headerProblem,
  OWN_BITMAP,
  readHeader,
  SHARED_BITMAP,
  startsLikeFrame,
  WHOLE_BYTES_MAX,
  WHOLE_ROWS_BELOW,
  type Header,
} from './format.ts';
import { planFrame, type Place, type Plan } from './plan.ts';
import { FrameProblem, UnknownEncoding } from './problem.ts';
import type { RowSet } from './rows.ts';
import { declaredBytes, decompress } from './zstd.ts';

/** A look at some columns, which tells whether the others are worth decoding. */
export interface Peek {
  /** Numbers of the fields to look at. */
  readonly fields: ReadonlySet<number>;
  /** @param batch lacks all other columns, and is the result when it is not wanted */
  isWanted(batch: Batch): boolean;
  /**
   * The rows that are wanted, ascending, valid until the next call; for formats that come record by record, and need not read
   * the others.
   */
  readonly select?: (batch: Batch) => Uint32Array;
}

export interface DecodeOptions {
  /** Numbers of the fields wanted; the others are not looked at, and columns of later versions are left out. */
  readonly fields?: ReadonlySet<number>;
  /** Of a batch that is not wanted only the columns are decoded that tell so. */
  readonly peek?: Peek;
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

function decode(frame: Uint8Array, { fields, peek, verified = false }: DecodeOptions): Decoded {
  if (frame.length < HEADER_BYTES || !startsLikeFrame(frame, 0)) throw new FrameProblem('frame: no header');
  const header = readHeader(frame, 0);
  const problem = headerProblem(header);
  if (problem !== undefined) throw new FrameProblem(problem);
  if (header.bodyBytes !== frame.length - HEADER_BYTES) throw new FrameProblem('frame: length');
  if (!verified && !checksumMatches(frame)) throw new FrameProblem('frame: checksum');
  const body = bodyOf(frame, header);
  if (header.envelopeBytes > body.length) throw new FrameProblem('frame: length of the envelope');
  const { origin, first, covers, entries, note } = unpackEnvelope(body.subarray(0, header.envelopeBytes));
  if (covers < header.rows) throw new FrameProblem('envelope: covers fewer records than there are');
  const shape = { rows: header.rows, start: header.envelopeBytes, bodyBytes: body.length };
  const decoded = (wanted: ReadonlySet<number> | undefined): Decoded & { readonly batch: Batch } => {
    const { skippedColumns, ...content } = readColumns(body, planFrame(entries, shape, wanted), header.rows);
    const kind = header.kind as BatchKind;
    const batch = { kind, origin, first, covers, rows: header.rows, ...content, ...(note === '' ? {} : { note }) };
    return { batch, skippedColumns };
  };
  if (peek !== undefined) {
    const glimpse = decoded(peek.fields);
    if (!peek.isWanted(glimpse.batch)) return glimpse;
  }
  return decoded(fields);
}

function bodyOf(frame: Uint8Array, header: Header): Uint8Array {
  if (header.kind < 1 || header.kind > GAP_BATCH) throw new FrameProblem('frame: unknown kind');
  if (header.flags > FLAG_WHOLE) throw new FrameProblem('frame: unknown flags');
  // A Buffer would make the loops over it see two types.
  const body = new Uint8Array(frame.buffer, frame.byteOffset + HEADER_BYTES, header.bodyBytes);
  if (header.flags === 0) return body;
  const bytes = declaredBytes(body);
  if (bytes === undefined || bytes > WHOLE_BYTES_MAX || header.rows >= WHOLE_ROWS_BELOW)
    throw new FrameProblem('frame: compressed size');
  const content = new Uint8Array(bytes);
  if (!decompress(content, body)) throw new FrameProblem('frame: does not decompress');
  return content;
}

interface Read extends Pick<Batch, 'columns' | 'unknown' | 'buffer'> {
  readonly skippedColumns: number;
}

function readColumns(body: Uint8Array, plan: Plan, rows: number): Read {
  const area = new Area(plan.bytes);
  const decoder = new ColumnDecoder(body, rows, plan.places, area);
  const columns = new Array<Column | undefined>(plan.columns).fill(undefined);
  const unknown: UnknownColumn[] = [];
  let skippedColumns = 0;
  for (const place of plan.wanted) {
    const field = place.entry[0];
    const column = place.layout === undefined ? undefined : tryDecode(decoder, place, place.layout);
    if (column !== undefined) columns[field] = column;
    else unknown.push(carryColumn(body, place, rows > 0 ? decoder.rowSet(place) : undefined));
    if (column === undefined && STORED_BY_NUMBER.has(field)) skippedColumns += 1;
  }
  return { columns, unknown, buffer: area.buffer, skippedColumns };
}

function tryDecode(decoder: ColumnDecoder, place: Place, layout: Layout): Column | undefined {
  try {
    return decoder.decode(place, layout);
  } catch (error) {
    if (error instanceof UnknownEncoding) return undefined;
    throw error;
  }
}

/** A column as it is, but with a bitmap of its own: the column that it shares one with may be stored otherwise next time. */
function carryColumn(body: Uint8Array, { entry, head, offset }: Place, set: RowSet | undefined): UnknownColumn {
  const bytes = body.subarray(offset, offset + storedBytes(entry));
  if (head.form !== 'shared' || set?.valid === undefined) return { entry, bytes: bytes.slice() };
  const [field, code, lengths, , ...rest] = entry;
  const own = [field, code - SHARED_BITMAP + OWN_BITMAP, [set.valid.length, ...lengths], set.rows.length, ...rest];
  return { entry: own, bytes: Buffer.concat([set.valid, bytes]) };
}
