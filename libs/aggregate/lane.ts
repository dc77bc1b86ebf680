import type { Area } from '../record/builder.ts';
import type { Column } from '../record/columns.ts';
import type { DeferredColumns } from '../record/deferred.ts';
import type { NumericArray } from '../record/kinds.ts';
import { PAGE_MASK, PAGE_SHIFT, type LaneMemory, type Pages } from './pages.ts';
import type { Part, Share } from './share.ts';

/** Whether a group has a value. */
export const ABSENT = 0;
export const PRESENT = 1;
/** Its records disagree where only agreement counts, and no later record changes that. */
export const DISAGREED = 2;

/** Rows, and the groups whose values they have. */
type Placed = Pick<Share, 'rows' | 'groups' | 'areNew'>;

/** Copies the values of rows to the places of their groups on a page. */
export function place(values: NumericArray, share: Placed, part: Part, page: NumericArray): void {
  const { rows, groups } = share;
  const { from, to } = part;
  const first = rows[from]!;
  if (share.areNew && rows[to - 1]! - first === to - 1 - from) {
    page.set(values.subarray(first, first + to - from), groups[from]! & PAGE_MASK);
  } else if (values instanceof Uint8Array) scatterU8(values, share, part, page as Uint8Array);
  else if (values instanceof Uint16Array) scatterU16(values, share, part, page as Uint16Array);
  else if (values instanceof Uint32Array) scatterU32(values, share, part, page as Uint32Array);
  else scatterF64(values, share, part, page as Float64Array);
}

// Apart, so that each sees arrays of one type.
function scatterU8(values: Uint8Array, { rows, groups }: Placed, { from, to }: Part, page: Uint8Array): void {
  for (let i = from; i < to; i++) page[groups[i]! & PAGE_MASK] = values[rows[i]!]!;
}

function scatterU16(values: Uint16Array, { rows, groups }: Placed, { from, to }: Part, page: Uint16Array): void {
  for (let i = from; i < to; i++) page[groups[i]! & PAGE_MASK] = values[rows[i]!]!;
}

function scatterU32(values: Uint32Array, { rows, groups }: Placed, { from, to }: Part, page: Uint32Array): void {
  for (let i = from; i < to; i++) page[groups[i]! & PAGE_MASK] = values[rows[i]!]!;
}

function scatterF64(values: Float64Array, { rows, groups }: Placed, { from, to }: Part, page: Float64Array): void {
  for (let i = from; i < to; i++) page[groups[i]! & PAGE_MASK] = values[rows[i]!]!;
}

/** Sets the same value for all groups of a part. */
export function placeSame(value: number, share: Share, { from, to }: Part, page: Uint8Array | Uint32Array): void {
  const { groups } = share;
  const first = groups[from]! & PAGE_MASK;
  if (share.areNew) page.fill(value, first, first + to - from);
  else for (let i = from; i < to; i++) page[groups[i]! & PAGE_MASK] = value;
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
  /** Sets the values of new groups, each of which comes once. */
  begin(column: Column, share: Share): void;
  /** Adds the values of a column. */
  take(column: Column, share: Share): void;
  /** The column of a field as far as it may change what groups of the share have; undefined where it cannot. To be taken. */
  wanted(share: Share, deferred: DeferredColumns, field: number): Column | undefined;
  /** Adds the value that `other`, a lane of the same kind, has of group `from`. */
  merge(to: number, other: Lane, from: number, turned: boolean): void;
  clear(group: number): void;
  /** Gives all groups away; nothing else is to be asked after that. */
  give(): LaneMemory;
  /** Takes over what a lane of the same kind has given away. @param numbers what numbers of texts have become */
  adopt(memory: LaneMemory, numbers: Uint32Array): void;
  /** Most bytes that the values of the groups take in a column. */
  bytesFor(groups: Uint32Array): number;
  /** @returns undefined when no group has a value */
  column(groups: Uint32Array, area: Area): Column | undefined;
}

/** Where fewer groups than this share of all disagree, it is hardly all of those that a share has records of. */
const SETTLED_SHARE = 7 / 8;

/** Whether the records of all groups that a share has records of disagree. @param disagreed how many groups do */
export function areSettled(states: Pages<Uint8Array>, disagreed: number, share: Share): boolean {
  const { groupsEnd } = share;
  if (disagreed === 0) return false;
  if (disagreed >= groupsEnd) return true;
  if (share.runs === undefined && disagreed < groupsEnd * SETTLED_SHARE) return false;
  return areAll(DISAGREED, states, share);
}

/** Whether all groups that a share has records of are in the same state. */
export function areAll(state: number, states: Pages<Uint8Array>, { runs, parts, groups }: Share): boolean {
  if (runs !== undefined) return runs.every(({ page, at }) => states.pages[page]![at] === state);
  for (const { page, from, to } of parts) {
    const known = states.pages[page]!;
    for (let i = from; i < to; i++) if (known[groups[i]! & PAGE_MASK] !== state) return false;
  }
  return true;
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
