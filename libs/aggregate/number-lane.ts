import { Area } from '../record/builder.ts';
import { NumberColumn, type Column } from '../record/columns.ts';
import type { Merge } from '../record/fields/field.ts';
import { BYTES_PER_VALUE, numericArray, type NumericArray, type NumericKind } from '../record/kinds.ts';
import { ICMP_REQUEST } from './key-pieces.ts';
import {
  ABSENT,
  DISAGREED,
  gather,
  isRun,
  onPages,
  PRESENT,
  validityOf,
  type Fresh,
  type Lane,
  type Piece,
  type Share,
} from './lane.ts';
import { mirrorBits } from './mirror.ts';
import { f64Pages, PAGE_GROUPS, PAGE_MASK, PAGE_SHIFT, Pages, u8Pages } from './pages.ts';

/** `request`: types of ICMP, of which a request and its answer are one. */
export type NumberRule = Exclude<Merge, 'key' | 'own' | 'drop'> | 'request';

const MAX: Readonly<Record<NumericKind, number>> = {
  u8: 0xff,
  u16: 0xffff,
  u32: 0xffff_ffff,
  bits: 0xffff_ffff,
  f64: Infinity,
};

/** A numeric field. Sums that its kind cannot hold stay at the greatest number. */
export class NumberLane implements Lane {
  readonly groupBytes: number;
  readonly values: Pages<NumericArray>;
  readonly states = u8Pages();
  readonly #field: number;
  readonly #kind: NumericKind;
  readonly #rule: NumberRule;
  /** Of `first` and `last`: time of the record that the value is from. */
  readonly #times = f64Pages();
  readonly #isTimed: boolean;

  constructor(field: number, kind: NumericKind, rule: NumberRule) {
    this.#field = field;
    this.#kind = kind;
    this.#rule = rule;
    this.#isTimed = rule === 'first' || rule === 'last';
    this.values = new Pages((length) => numericArray(kind, new ArrayBuffer(length * BYTES_PER_VALUE[kind]), 0, length));
    this.groupBytes = BYTES_PER_VALUE[kind] + 1 + (this.#isTimed ? 8 : 0);
  }

  grow(room: number): void {
    this.values.grow(room);
    this.states.grow(room);
    if (this.#isTimed) this.#times.grow(room);
  }

  begin(column: Column, fresh: Fresh): void {
    if (!(column instanceof NumberColumn)) return;
    const { values, valid } = column;
    const { rows } = fresh;
    for (const piece of onPages(fresh)) {
      const { from, length, page, at } = piece;
      const states = this.states.pages[page]!;
      if (valid === undefined) states.fill(PRESENT, at, at + length);
      else if (!markPresent(valid, rows, piece, states)) continue;
      gather(values, rows, piece, this.values.pages[page]!);
      if (!this.#isTimed) continue;
      const times = this.#rule === 'first' ? fresh.startUs : fresh.lastUs;
      this.#times.pages[page]!.set(times.subarray(from, from + length), at);
    }
  }

  take(column: Column, share: Share): void {
    if (!(column instanceof NumberColumn)) return;
    switch (this.#rule) {
      case 'sum':
        return this.#sum(column, share);
      case 'or':
        return this.#or(column, share);
      case 'min':
        return this.#least(column, share, 1);
      case 'max':
        return this.#least(column, share, -1);
      case 'same':
        return this.#same(column, share);
      case 'request':
        return this.#request(column, share);
      case 'first':
        return this.#earliest(column, share, share.startUs, 1);
      case 'last':
        return this.#earliest(column, share, share.lastUs, -1);
    }
  }

  #sum(column: NumberColumn, { rows, groups, count }: Share): void {
    const { values, valid } = column;
    const totals = this.values.pages;
    const states = this.states.pages;
    const max = MAX[this.#kind];
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (valid !== undefined && (valid[row >> 3]! & (1 << (row & 7))) === 0) continue;
      const page = groups[i]! >>> PAGE_SHIFT;
      const at = groups[i]! & PAGE_MASK;
      // What an absent value leaves behind means nothing.
      const total = (states[page]![at] === PRESENT ? totals[page]![at]! : 0) + values[row]!;
      totals[page]![at] = total > max ? max : total;
      states[page]![at] = PRESENT;
    }
  }

  #or(column: NumberColumn, { rows, groups, count }: Share): void {
    const { values, valid } = column;
    const all = this.values.pages;
    const states = this.states.pages;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (valid !== undefined && (valid[row >> 3]! & (1 << (row & 7))) === 0) continue;
      const page = groups[i]! >>> PAGE_SHIFT;
      const at = groups[i]! & PAGE_MASK;
      all[page]![at] = states[page]![at] === PRESENT ? all[page]![at]! | values[row]! : values[row]!;
      states[page]![at] = PRESENT;
    }
  }

  /** @param sign 1 for the least, -1 for the greatest */
  #least(column: NumberColumn, { rows, groups, count }: Share, sign: 1 | -1): void {
    const { values, valid } = column;
    const all = this.values.pages;
    const states = this.states.pages;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (valid !== undefined && (valid[row >> 3]! & (1 << (row & 7))) === 0) continue;
      const page = groups[i]! >>> PAGE_SHIFT;
      const at = groups[i]! & PAGE_MASK;
      const value = values[row]!;
      if (states[page]![at] === PRESENT && (all[page]![at]! - value) * sign <= 0) continue;
      all[page]![at] = value;
      states[page]![at] = PRESENT;
    }
  }

  #same(column: NumberColumn, { rows, groups, count }: Share): void {
    const { values, valid } = column;
    const all = this.values.pages;
    const states = this.states.pages;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (valid !== undefined && (valid[row >> 3]! & (1 << (row & 7))) === 0) continue;
      const page = groups[i]! >>> PAGE_SHIFT;
      const at = groups[i]! & PAGE_MASK;
      const value = values[row]!;
      if (states[page]![at] === ABSENT) {
        all[page]![at] = value;
        states[page]![at] = PRESENT;
      } else if (all[page]![at] !== value) states[page]![at] = DISAGREED;
    }
  }

  #request(column: NumberColumn, { rows, groups, count }: Share): void {
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (column.has(row)) this.#add(groups[i]!, column.values[row]!, 0);
    }
  }

  /**
   * Of values from the same time the least counts, or the greatest, so that their order does not matter.
   * @param sign 1 for the earliest, -1 for the latest
   */
  #earliest(column: NumberColumn, { rows, groups, count }: Share, times: Float64Array, sign: 1 | -1): void {
    const { values, valid } = column;
    const all = this.values.pages;
    const states = this.states.pages;
    const known = this.#times.pages;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (valid !== undefined && (valid[row >> 3]! & (1 << (row & 7))) === 0) continue;
      const page = groups[i]! >>> PAGE_SHIFT;
      const at = groups[i]! & PAGE_MASK;
      const value = values[row]!;
      const time = times[i]!;
      if (states[page]![at] === PRESENT) {
        const later = (time - known[page]![at]!) * sign;
        if (later > 0 || (later === 0 && (value - all[page]![at]!) * sign >= 0)) continue;
      }
      all[page]![at] = value;
      known[page]![at] = time;
      states[page]![at] = PRESENT;
    }
  }

  merge(to: number, other: Lane, from: number, turned: boolean): void {
    if (!(other instanceof NumberLane)) return;
    const state = other.states.get(from);
    if (state === ABSENT) return;
    if (state === DISAGREED) {
      this.states.set(to, DISAGREED);
      return;
    }
    const value = other.values.get(from);
    this.#add(to, turned ? mirrorBits(this.#field, value) : value, this.#isTimed ? other.#times.get(from) : 0);
  }

  /** One value more for one group. */
  #add(group: number, value: number, time: number): void {
    const state = this.states.get(group);
    if (state === DISAGREED) return;
    if (state === ABSENT) {
      this.#set(group, value, time);
      return;
    }
    const known = this.values.get(group);
    switch (this.#rule) {
      case 'sum':
        return this.#set(group, Math.min(known + value, MAX[this.#kind]), time);
      case 'or':
        return this.#set(group, (known | value) >>> 0, time);
      case 'min':
        return this.#set(group, Math.min(known, value), time);
      case 'max':
        return this.#set(group, Math.max(known, value), time);
      case 'same':
        return known === value ? undefined : this.states.set(group, DISAGREED);
      case 'request': {
        if (known === value) return;
        if (ICMP_REQUEST[known] === ICMP_REQUEST[value]) return this.#set(group, ICMP_REQUEST[value]!, time);
        return this.states.set(group, DISAGREED);
      }
      case 'first':
        return this.#addTimed(group, value, time, 1);
      case 'last':
        return this.#addTimed(group, value, time, -1);
    }
  }

  #addTimed(group: number, value: number, time: number, sign: 1 | -1): void {
    const later = (time - this.#times.get(group)) * sign;
    if (later > 0 || (later === 0 && (value - this.values.get(group)) * sign >= 0)) return;
    this.#set(group, value, time);
  }

  #set(group: number, value: number, time: number): void {
    this.values.set(group, value);
    this.states.set(group, PRESENT);
    if (this.#isTimed) this.#times.set(group, time);
  }

  /** Sets bits of groups that have a value. */
  raise(group: number, bits: number): void {
    if (this.states.get(group) === PRESENT) this.values.set(group, (this.values.get(group) | bits) >>> 0);
  }

  clear(group: number): void {
    this.values.set(group, 0);
    this.states.set(group, ABSENT);
  }

  bytesFor(groups: Uint32Array): number {
    return Area.aligned(groups.length * BYTES_PER_VALUE[this.#kind]) + Area.aligned((groups.length + 7) >> 3);
  }

  column(groups: Uint32Array, area: Area): Column | undefined {
    const valid = validityOf(this.states.pages, groups, area);
    if (valid === 'none') return undefined;
    const values = area.numbers(this.#kind, groups.length);
    if (isRun(groups)) this.#copyRun(groups, values);
    else for (let i = 0; i < groups.length; i++) values[i] = this.values.get(groups[i]!);
    // Where there is none, zeros cost nothing when packed.
    if (valid !== undefined)
      for (let i = 0; i < groups.length; i++) if ((valid[i >> 3]! & (1 << (i & 7))) === 0) values[i] = 0;
    return new NumberColumn(this.#kind, values, valid);
  }

  #copyRun(groups: Uint32Array, values: NumericArray): void {
    for (let i = 0; i < groups.length;) {
      const at = groups[i]! & PAGE_MASK;
      const length = Math.min(groups.length - i, PAGE_GROUPS - at);
      values.set(this.values.pages[groups[i]! >>> PAGE_SHIFT]!.subarray(at, at + length), i);
      i += length;
    }
  }
}

/** @returns whether any row has a value */
export function markPresent(
  valid: Uint8Array,
  rows: Uint32Array,
  { from, length, at }: Piece,
  states: Uint8Array,
): boolean {
  let any = 0;
  for (let i = 0; i < length; i++) {
    const row = rows[from + i]!;
    any |= states[at + i] = (valid[row >> 3]! >> (row & 7)) & PRESENT;
  }
  return any !== 0;
}
