import { Area } from '../record/builder.ts';
import { BYTES_PER_VALUE, isNumeric, type Kind } from '../record/kinds.ts';
import { COPIES, KIND_CODES, LIKE, OWN_BITMAP, SHARED_BITMAP } from './format.ts';
import { FrameProblem } from './problem.ts';

/**
 * How a run of numbers is encoded: a number that all of them are, or a code of `ENCODING` and its parameters. Its chunks
 * follow each other in the column's bytes.
 */
export type Stream = number | readonly Stream[];

/**
 * A column in the directory: field number; kind, with flags; stored lengths of its chunks. Then
 * - with `OWN_BITMAP` how many rows have a value (the first chunk is the bitmap), with `SHARED_BITMAP` the field that has
 *   the bitmap; with `COPIES` the next chunk is the bitmap of exceptions
 * - with `LIKE` the field that it is like; the next chunk is the bitmap of the values that are not
 * - numbers: one stream; an address: five (family, then lanes 0 to 3)
 * - text: bytes of the dictionary (a msgpack array, the first chunk), one stream of indexes into it
 * - bytes: one stream of lengths, bytes of the blob (the last chunk)
 */
export type Entry = readonly [field: number, kind: number, lengths: readonly number[], ...rest: Stream[]];

/** What an envelope says of a column, before more is known of it. */
export interface Listed {
  readonly field: number;
  /** Kind, with flags. */
  readonly code: number;
  /** Bytes that are stored of it. */
  readonly stored: number;
  /** With a flag for a bitmap what stands behind the lengths of the chunks. */
  readonly value: unknown;
  /** With the flag for it the field that the column is like. */
  readonly like: unknown;
  /** Its entry. */
  readonly entry: () => Entry;
}

export function storedBytes(entry: Entry): number {
  let sum = 0;
  for (const length of entry[2]) sum += length;
  return sum;
}

/** An integer from 0 on that a double holds exactly. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** What the entry of any column says, also of one of a later version: how the rows without a value are told. */
export interface Head {
  /** Kind without flags. */
  readonly kindCode: number;
  readonly form: 'none' | 'own' | 'shared';
  /** With `own` how many rows have a value, with `shared` the field whose bitmap counts. */
  readonly value: number;
  readonly hasCopies: boolean;
  /** The field that it is like. */
  readonly like: number | undefined;
}

/** @throws FrameProblem */
export function headOf({ code, value, like }: Pick<Listed, 'code' | 'value' | 'like'>): Head {
  const flags = code & (OWN_BITMAP | SHARED_BITMAP | COPIES | LIKE);
  if ((flags & OWN_BITMAP) !== 0 && (flags & SHARED_BITMAP) !== 0) throw new FrameProblem('directory: two bitmaps');
  const form = (flags & OWN_BITMAP) !== 0 ? 'own' : (flags & SHARED_BITMAP) !== 0 ? 'shared' : 'none';
  const said = form === 'none' ? 0 : value;
  if (!isCount(said)) throw new FrameProblem('directory: rows with a value');
  const isLike = (flags & LIKE) !== 0;
  if (isLike && !isCount(like)) throw new FrameProblem('directory: field that a column is like');
  return {
    kindCode: code - flags,
    form,
    value: said,
    hasCopies: (flags & COPIES) !== 0,
    like: isLike ? (like as number) : undefined,
  };
}

/** What an entry says of its column, once it is known to be of this version. */
export interface Layout {
  readonly kind: Kind;
  readonly streams: readonly Stream[];
  /** Natural length of the dictionary or the blob; 0 for other kinds. */
  readonly extraBytes: number;
}

/** @throws FrameProblem when the entry does not fit `kind`; undefined when it is of another kind */
export function layoutOf(entry: Entry, head: Head, kind: Kind, extraBytesMax: number): Layout | undefined {
  if (head.kindCode !== KIND_CODES[kind]) return undefined;
  const rest = entry.slice(3 + Number(head.form !== 'none') + Number(head.like !== undefined)) as Stream[];
  const extra = kind === 'text' ? rest.shift() : kind === 'bytes' ? rest.splice(1, 1)[0] : 0;
  if (!isCount(extra) || extra > extraBytesMax) throw new FrameProblem('column: size of texts or bytes');
  const wanted = kind === 'address' ? 5 : 1;
  if (rest.length < wanted) throw new FrameProblem('column: fewer streams than its kind needs');
  return { kind, streams: rest.slice(0, wanted), extraBytes: extra };
}

/** Bytes that the values of a column take in memory, each of its pieces 8-aligned. */
export function memoryOf({ kind, streams, extraBytes }: Layout, rows: number): number {
  const perValue = isNumeric(kind) ? BYTES_PER_VALUE[kind] : kind === 'text' ? 2 : 4;
  let bytes = Area.aligned(extraBytes);
  for (const stream of streams)
    bytes += kind === 'address' && typeof stream === 'number' ? 8 : Area.aligned(rows * perValue);
  return bytes;
}
