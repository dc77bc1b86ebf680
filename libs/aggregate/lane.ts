import type { Area } from '../record/builder.ts';
import type { Column } from '../record/columns.ts';

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

/**
 * One field of all groups. Whatever a lane does with values, their order does not matter, so that records may come in any
 * order, and groups be merged with each other.
 */
export interface Lane {
  /** Bytes that a group takes. */
  readonly groupBytes: number;
  /** Makes room; new groups have no value. */
  grow(pages: number): void;
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

/** A validity bitmap of the groups whose state is `PRESENT`; undefined when all are; `'none'` when none is. */
export function validityOf(
  states: readonly Uint8Array[],
  groups: Uint32Array,
  area: Area,
  shift: number,
): Uint8Array | undefined | 'none' {
  const mask = (1 << shift) - 1;
  let present = 0;
  for (const group of groups) if (states[group >>> shift]![group & mask] === PRESENT) present += 1;
  if (present === 0) return 'none';
  if (present === groups.length) return undefined;
  const bits = area.u8((groups.length + 7) >> 3);
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i]!;
    if (states[group >>> shift]![group & mask] === PRESENT) bits[i >> 3]! |= 1 << (i & 7);
  }
  return bits;
}
