import { FLOW_BATCH, GAP_BATCH, type Batch, type BatchKind } from '../record/batch.ts';
import type { Column } from '../record/columns.ts';
import { OFFSET } from '../record/fields/reading.ts';
import { offsetColumn } from '../record/offset.ts';
import {
  checksumMatches,
  FLAG_WHOLE,
  HEADER_BYTES,
  headerProblem,
  readHeader,
  startsLikeFrame,
  WHOLE_BYTES_MAX,
  WHOLE_ROWS_BELOW,
  type Header,
} from './format.ts';
import type { Deferral } from './deferred-frame.ts';
import { FrameColumns, type LaneTest } from './frame-columns.ts';
import { readHead, type FrameHead, type FramePart } from './frame-head.ts';
import { FrameProblem } from './problem.ts';
import type { Room } from './room.ts';
import { declaredBytes, decompress } from './zstd.ts';

/** A look at some columns, which tells whether the others are worth decoding. */
export interface Peek {
  /** Numbers of the fields to look at. */
  readonly fields: ReadonlySet<number>;
  /** @param batch lacks all other columns, and is the result when it is not wanted */
  isWanted(batch: Batch): boolean;
  /**
   * The same in steps, the cheapest and most telling first: it ends with the first that says no, and the result then has no
   * rows. Together they ask for no other fields.
   */
  readonly looks?: readonly Look[];
  /**
   * The rows that are wanted, ascending, valid until the next call; for formats that come record by record, and need not read
   * the others.
   */
  readonly select?: (batch: Batch) => Uint32Array;
}

/** A step of a look at a batch. */
export interface Look {
  readonly fields: ReadonlySet<number>;
  /** Those of `fields` that are addresses of which no more is looked at than the last lane and the family. */
  readonly lastLanes: ReadonlySet<number>;
  /** What no row passes the step without. */
  readonly needs?: LaneTest | undefined;
  /**
   * @param batch the same for all steps and as the result, with the columns of this step and of those before it, which are
   *   gone when the last step has been done; another one where `left` said that few rows are left, which has only these
   */
  isWanted(batch: Batch): boolean;
  /**
   * The rows that are left of the batch after this step, ascending; without it all are decoded. With it all fields of the
   * steps must be among those that are wanted of the batch.
   */
  left?(): Uint32Array;
}

export interface DecodeOptions {
  /**
   * Numbers of the fields wanted of flow records; the others are not looked at, and columns of later versions are left out.
   * Management records have all of theirs.
   */
  readonly fields?: ReadonlySet<number>;
  /** Of a batch that is not wanted only the columns are decoded that tell so. */
  readonly peek?: Peek;
  /** Where the batch is to lie until another is decoded there; undefined for a buffer of its own. */
  readonly room?: Room;
  /** Columns of flow records that are decoded when they are asked for, until the frame's bytes are reused: for batches that nobody keeps. */
  readonly deferral?: Deferral | undefined;
  /** Where the frame begins in its file, which its records get as `offset`; undefined for none. */
  readonly offset?: number | undefined;
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
  return orProblem(() => decode(frame, options));
}

/** As `decodeFrame`; other columns than those that were read are not there. */
export function decodePart({ frame, head }: FramePart, options: DecodeOptions): Decoded {
  return orProblem(() => decodeColumns(head, afterHeader(frame, head.header), options));
}

function orProblem(decodes: () => Decoded): Decoded {
  try {
    return decodes();
  } catch (error) {
    if (error instanceof FrameProblem) return { problem: error.message };
    throw error;
  }
}

function decode(frame: Uint8Array, options: DecodeOptions): Decoded {
  if (frame.length < HEADER_BYTES || !startsLikeFrame(frame, 0)) throw new FrameProblem('frame: no header');
  const header = readHeader(frame, 0);
  const problem = headerProblem(header);
  if (problem !== undefined) throw new FrameProblem(problem);
  if (header.bodyBytes !== frame.length - HEADER_BYTES) throw new FrameProblem('frame: length');
  if (options.verified !== true && !checksumMatches(frame)) throw new FrameProblem('frame: checksum');
  const body = bodyOf(frame, header);
  const { envelopeBytes } = header;
  if (envelopeBytes > body.length) throw new FrameProblem('frame: length of the envelope');
  return decodeColumns(readHead(header, body.subarray(0, envelopeBytes), body.length), body, options);
}

function decodeColumns({ header, envelope, places }: FrameHead, body: Uint8Array, options: DecodeOptions): Decoded {
  const { peek, room, offset } = options;
  const fields = header.kind === FLOW_BATCH ? options.fields : undefined;
  const { origin, first, covers, note } = envelope;
  const { rows } = header;
  const frameColumns = new FrameColumns(body, rows, places);
  const head = { kind: header.kind as BatchKind, origin, first, covers, rows, ...(note === '' ? {} : { note }) };
  let batch: Growing = { ...head, columns: [], unknown: [], buffer: NOTHING };
  if (peek?.looks !== undefined) {
    const looked = lookAt(frameColumns, batch, peek.looks, { looked: peek.fields, taken: fields, offset });
    if (looked === undefined) return { batch: { ...head, rows: 0, columns: [], unknown: [], buffer: NOTHING }, skippedColumns: 0 }; // prettier-ignore
    batch = looked;
  } else if (peek !== undefined) {
    const { skippedColumns, ...glimpse } = frameColumns.take(peek.fields);
    const glimpsed = addOffset({ ...batch, ...glimpse }, offset);
    if (!peek.isWanted(glimpsed)) return { batch: glimpsed, skippedColumns };
  }
  const { skippedColumns, ...content } = frameColumns.take(fields, room, header.kind === FLOW_BATCH ? options.deferral : undefined); // prettier-ignore
  return { batch: addOffset(Object.assign(batch, content), offset), skippedColumns };
}

type Growing = Batch & { readonly columns: (Column | undefined)[] };

const NOTHING = new ArrayBuffer(0);

/** The same batch, which has the column now where there is an offset. */
function addOffset<B extends Growing>(batch: B, offset: number | undefined): B {
  const { columns, rows } = batch;
  if (offset === undefined || rows === 0) return batch;
  while (columns.length < OFFSET) columns.push(undefined);
  columns[OFFSET] = offsetColumn(offset, rows);
  return batch;
}

/** Fields that are looked at, those that are wanted of the batch, and where the frame begins. */
interface LookedAt {
  readonly looked: ReadonlySet<number>;
  readonly taken: ReadonlySet<number> | undefined;
  readonly offset: number | undefined;
}

/** The batch, or one of the rows that may be wanted where these are few; undefined when it is not worth more than a look. */
function lookAt(
  frameColumns: FrameColumns,
  batch: Growing,
  looks: readonly Look[],
  fields: LookedAt,
): Growing | undefined {
  frameColumns.prepare(fields.looked);
  let current = batch;
  const pick = (rows: Uint32Array): void => {
    frameColumns.pick(rows, fields.taken);
    current = { ...batch, rows: rows.length, columns: [] };
  };
  for (const look of looks) {
    const found = look.needs !== undefined && current === batch ? frameColumns.find(look.needs) : undefined;
    if (found?.length === 0) return undefined;
    if (found !== undefined && look.left !== undefined && frameColumns.isWorthPicking(found.length)) pick(found);
    for (const field of look.fields) current.columns[field] = frameColumns.look(field, look.lastLanes.has(field));
    if (look.fields.has(OFFSET)) addOffset(current, fields.offset);
    if (!look.isWanted(current)) return undefined;
    const left = look.left?.();
    if (left !== undefined && frameColumns.isWorthPicking(left.length)) pick(left);
  }
  return current;
}

/** What follows the header. */
function afterHeader(frame: Uint8Array, { bodyBytes }: Header): Uint8Array {
  // A Buffer would make the loops over it see two types.
  return new Uint8Array(frame.buffer, frame.byteOffset + HEADER_BYTES, bodyBytes);
}

function bodyOf(frame: Uint8Array, header: Header): Uint8Array {
  if (header.kind < 1 || header.kind > GAP_BATCH) throw new FrameProblem('frame: unknown kind');
  if (header.flags > FLAG_WHOLE) throw new FrameProblem('frame: unknown flags');
  const body = afterHeader(frame, header);
  if (header.flags === 0) return body;
  const bytes = declaredBytes(body);
  if (bytes === undefined || bytes > WHOLE_BYTES_MAX || header.rows >= WHOLE_ROWS_BELOW)
    throw new FrameProblem('frame: compressed size');
  const content = new Uint8Array(bytes);
  if (!decompress(content, body)) throw new FrameProblem('frame: does not decompress');
  return content;
}
