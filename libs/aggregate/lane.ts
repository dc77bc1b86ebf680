import type { Area } from '../record/builder.ts';
import type { Column } from '../record/columns.ts';
import type { NumericArray } from '../record/kinds.ts';
import { PAGE_GROUPS, PAGE_MASK, PAGE_SHIFT } from './pages.ts';

/** Whether a group has a value. */
export const ABSENT = 0;
export const PRESENT = 1;
/** Its records disagree where only agreement counts, and no later record changes that. */
export const DISAGREED = 2;

/** Rows of a batch, and the groups that they belong to: `groups[i]` is that of `rows[i]`, `i` below `count`. */
export interface Share {
  readonly rows: Uint32Array;
  readonly groups: Uint32Array;
  readonly count: number;
  /** Start of each record, microseconds: `startUs[i]` is that of `rows[i]`; the nanoseconds beyond are in its fraction. */
  readonly startUs: Float64Array;
  readonly lastUs: Float64Array;
}

/** As `Share`, of groups that are new and follow each other: `groups[i]` is `groups[0] + i`. */
export type Fresh = Share;

/** The parts of new groups that lie on one page each. */
export function* onPages({ groups, count }: Fresh): Generator<Piece> {
  const first = groups[0] ?? 0;
  for (let from = 0; from < count;) {
    const at = (first + from) & PAGE_MASK;
    const length = Math.min(count - from, PAGE_GROUPS - at);
    yield { from, length, page: (first + from) >>> PAGE_SHIFT, at };
    from += length;
  }
}

export interface Piece {
  /** The first of its rows. */
  readonly from: number;
  readonly length: number;
  readonly page: number;
  /** Place of the first group on the page. */
  readonly at: number;
}

/** Copies `values[rows[from]] …` to `out[at] …`. Rows ascend, so that neighbours can be told by the ends. */
export function gather(values: NumericArray, rows: Uint32Array, { from, length, at }: Piece, out: NumericArray): void {
  const first = rows[from]!;
  if (rows[from + length - 1]! - first === length - 1) out.set(values.subarray(first, first + length), at);
  else for (let i = 0; i < length; i++) out[at + i] = values[rows[from + i]!]!;
}

/**
 * One field of all groups. Whatever a lane does with values, their order does not matter, so that records may come in any
 * order, and groups be merged with each other.
 */
export interface Lane {
  /** Bytes that a group takes. */
  readonly groupBytes: number;
  /** Makes room; new groups have no value. */
  grow(room: number): void;
  /** Sets the values of new groups. */
  begin(column: Column, fresh: Fresh): void;
  /** Adds the values of a column. */
  take(column: Column, share: Share): void;
  /** Adds the value that `other`, a lane of the same kind, has of group `from`. */
  merge(to: number, other: Lane, from: number, turned: boolean): void;
  clear(group: number): void;
  /** Most bytes that the values of the groups take in a column. */
  bytesFor(groups: Uint32Array): number;
  /** @returns undefined when no group has a value */
  column(groups: Uint32Array, area: Area): Column | undefined;
}

/** Whether each group has the number after that of the one before it. */
export function isRun(groups: Uint32Array): boolean {
  const first = groups[0] ?? 0;
  for (let i = 1; i < groups.length; i++) if (groups[i] !== first + i) return false;
  return true;
}

/** A validity bitmap of the groups whose state is `PRESENT`; undefined when all are; `'none'` when none is. */
export function validityOf(
  states: readonly Uint8Array[],
  groups: Uint32Array,
  area: Area,
): Uint8Array | undefined | 'none' {
  let present = 0;
  for (let i = 0; i < groups.length; i++) {
    if (states[groups[i]! >>> PAGE_SHIFT]![groups[i]! & PAGE_MASK] === PRESENT) present += 1;
  }
  if (present === 0) return 'none';
  if (present === groups.length) return undefined;
  const bits = area.u8((groups.length + 7) >> 3);
  for (let i = 0; i < groups.length; i++) {
    if (states[groups[i]! >>> PAGE_SHIFT]![groups[i]! & PAGE_MASK] === PRESENT) bits[i >> 3]! |= 1 << (i & 7);
  }
  return bits;
}
