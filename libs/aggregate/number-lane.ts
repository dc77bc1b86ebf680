import { Area } from '../record/builder.ts';
import { NumberColumn, type Column } from '../record/columns.ts';
import type { DeferredColumns, PossibleNumbers } from '../record/deferred.ts';
import type { Merge } from '../record/fields/field.ts';
import { BYTES_PER_VALUE, numericArray, type NumericArray, type NumericKind } from '../record/kinds.ts';
import { Carry, EXACT_LIMIT } from './carry.ts';
import { ICMP_REQUEST } from './flow-pieces.ts';
import {
  ABSENT,
  areAll,
  areSettled,
  DISAGREED,
  isRun,
  place,
  placeSame,
  PRESENT,
  validityOf,
  type Lane,
} from './lane.ts';
import { mirrorBits } from './mirror.ts';
import { addDoubles, addWords, agree, areBefore, earliest, joinBits, least, type NumberPages } from './number-loops.ts';
import { adopt, f64Pages, give, PAGE_GROUPS, PAGE_MASK, PAGE_SHIFT, Pages, u8Pages, type LaneMemory } from './pages.ts';
import { areEqual, bestOf, bitsOf, earliestOf, leastOf, sumOf } from './run-loops.ts';
import type { Part, Run, Share } from './share.ts';

/** `request`: types of ICMP, of which a request and its answer are one. */
export type NumberRule = Exclude<Merge, 'key' | 'own' | 'drop'> | 'request';

const MAX: Readonly<Record<NumericKind, number>> = {
  u8: 0xff,
  u16: 0xffff,
  u32: 0xffff_ffff,
  bits: 0xffff_ffff,
  f64: Infinity,
};

const isZero = (possible: PossibleNumbers): boolean => possible.least === 0 && possible.greatest === 0;

/** A numeric field. Sums that its kind cannot hold stay at the greatest number. */
export class NumberLane implements Lane, NumberPages {
  readonly groupBytes: number;
  readonly values: Pages<NumericArray>;
  readonly states = u8Pages();
  /** Of `first` and `last`: time of the record that the value is from. */
  readonly times = f64Pages();
  /** Of sums that may become larger than a double counts. */
  readonly carry: Carry | undefined;
  /** Whether a column was made with a sum that its kind cannot hold. */
  isOver = false;
  readonly #field: number;
  readonly #kind: NumericKind;
  readonly #rule: NumberRule;
  readonly #isTimed: boolean;
  /** Groups whose records disagree. */
  #disagreed = 0;

  constructor(field: number, kind: NumericKind, rule: NumberRule) {
    this.#field = field;
    this.#kind = kind;
    this.#rule = rule;
    this.#isTimed = rule === 'first' || rule === 'last';
    this.values = new Pages((length) => numericArray(kind, new ArrayBuffer(length * BYTES_PER_VALUE[kind]), 0, length));
    this.carry = rule === 'sum' && kind === 'f64' ? new Carry(this.values as Pages<Float64Array>) : undefined;
    this.groupBytes = BYTES_PER_VALUE[kind] + 1 + (this.#isTimed ? 8 : 0);
  }

  grow(room: number): void {
    this.values.grow(room);
    this.states.grow(room);
    this.carry?.grow(room);
    if (this.#isTimed) this.times.grow(room);
  }

  begin(column: Column, all: Share): void {
    if (!(column instanceof NumberColumn)) return;
    const share = all.present(column.valid);
    const times = this.#rule === 'first' ? share.times.start : share.times.end;
    for (const part of share.parts) {
      place(column.values, share, part, this.values.pages[part.page]!);
      placeSame(PRESENT, share, part, this.states.pages[part.page]!);
      if (this.#isTimed) place(times, share, part, this.times.pages[part.page]!);
    }
  }

  take(column: Column, all: Share): void {
    if (!(column instanceof NumberColumn)) return;
    if (this.#rule === 'same' && areSettled(this.states, this.#disagreed, all)) return;
    const { values } = column;
    const share = all.present(column.valid);
    if (share.runs !== undefined) {
      for (const run of share.runs) this.#takeRun(values, share, run);
      return;
    }
    switch (this.#rule) {
      case 'sum':
        return this.#sum(values, share);
      case 'or':
        return joinBits(values, share, this);
      case 'min':
        return least(values, share, this, 1);
      case 'max':
        return least(values, share, this, -1);
      case 'same':
        this.#disagreed += agree(values, share, this);
        return;
      case 'request':
        return this.#request(values, share);
      case 'first':
        return earliest(values, share.times.start, share, this, this.times, 1);
      case 'last':
        return earliest(values, share.times.end, share, this, this.times, -1);
    }
  }

  wanted(share: Share, deferred: DeferredColumns, field: number): Column | undefined {
    if (this.#isSettled(share, deferred, field)) return undefined;
    const column = deferred.column(field);
    if (!(column instanceof NumberColumn) || column.valid === undefined) return column;
    // The zeros of records without a value change neither sums nor bits.
    const ofAll = (this.#rule === 'sum' || this.#rule === 'or') && areAll(PRESENT, this.states, share);
    return ofAll ? new NumberColumn(column.kind, column.values, undefined) : column;
  }

  #isSettled(share: Share, deferred: DeferredColumns, field: number): boolean {
    if (this.#rule === 'first') return areBefore(this, this.times, share);
    if (this.#rule === 'last') return false;
    if (areSettled(this.states, this.#disagreed, share)) return true;
    // Where groups are many, all of them are hardly ever settled otherwise.
    if (share.runs === undefined && this.#rule !== 'sum') return false;
    const possible = deferred.possible(field);
    if (possible === undefined) return false;
    if (share.runs !== undefined) return share.runs.every(({ from }) => this.#absorbs(share.groups[from]!, possible));
    return isZero(possible) && areAll(PRESENT, this.states, share);
  }

  /** Whether none of these numbers changes what there is of the group. */
  #absorbs(group: number, possible: PossibleNumbers): boolean {
    const state = this.states.get(group);
    if (state !== PRESENT) return state === DISAGREED;
    const known = this.values.get(group);
    const { bits, values } = possible;
    switch (this.#rule) {
      case 'sum':
        return isZero(possible);
      case 'or':
        return (known | bits) >>> 0 === known;
      case 'min':
        return possible.least >= known;
      case 'max':
        return possible.greatest <= known;
      case 'same':
        return possible.least === known && possible.greatest === known;
      case 'request':
        return values !== undefined && Array.from(values).every((value) => value === known || ICMP_REQUEST[value] === known); // prettier-ignore
      default:
        return false;
    }
  }

  #takeRun(values: NumericArray, { rows, groups, times }: Share, run: Run): void {
    const group = groups[run.from]!;
    switch (this.#rule) {
      case 'sum': {
        // What is absent is 0.
        const sum = sumOf(this.values.get(group), values, rows, run);
        if (sum < Math.min(EXACT_LIMIT, MAX[this.#kind])) this.#set(group, sum, 0);
        else for (let i = run.from; i < run.to; i++) this.#addSum(group, values[rows[i]!]!);
        return;
      }
      case 'or':
        return this.#add(group, bitsOf(values, rows, run), 0);
      case 'min':
        return this.#add(group, leastOf(values, rows, run, 1), 0);
      case 'max':
        return this.#add(group, leastOf(values, rows, run, -1), 0);
      case 'same':
        if (this.states.get(group) === DISAGREED) return;
        if (areEqual(values, rows, run)) this.#add(group, values[rows[run.from]!]!, 0);
        else this.#disagree(group);
        return;
      case 'request':
        return this.#takeRequests(group, values, rows, run);
      case 'first': {
        if (this.states.get(group) === PRESENT && this.times.get(group) < run.startsFrom) return;
        const { firsts } = run;
        const row = firsts.length > 0 ? bestOf(values, firsts, 1) : earliestOf(values, times.start, rows, run, 1);
        return this.#add(group, values[row]!, times.start[row]!);
      }
      case 'last': {
        if (this.states.get(group) === PRESENT && this.times.get(group) > run.endsUntil) return;
        const { lasts } = run;
        const row = lasts.length > 0 ? bestOf(values, lasts, -1) : earliestOf(values, times.end, rows, run, -1);
        return this.#add(group, values[row]!, times.end[row]!);
      }
    }
  }

  #takeRequests(group: number, values: NumericArray, rows: Uint32Array, { from, to }: Part): void {
    // Most are what is known, or its answers.
    let known = this.values.get(group);
    for (let i = from; i < to; i++) {
      const value = values[rows[i]!]!;
      if (this.states.get(group) === PRESENT && (value === known || ICMP_REQUEST[value] === known)) continue;
      this.#add(group, value, 0);
      known = this.values.get(group);
    }
  }

  #addSum(group: number, value: number): void {
    if (this.carry === undefined) return this.#add(group, value, 0);
    this.carry.add(group, value);
    this.states.set(group, PRESENT);
  }

  #sum(values: NumericArray, share: Share): void {
    if (values instanceof Float64Array && this.carry !== undefined) addDoubles(values, share, this, this.carry);
    else if (values instanceof Uint32Array) addWords(values, share, this);
    else this.#request(values, share);
  }

  #request(values: NumericArray, { rows, groups, count }: Share): void {
    for (let i = 0; i < count; i++) this.#add(groups[i]!, values[rows[i]!]!, 0);
  }

  merge(to: number, other: Lane, from: number, turned: boolean): void {
    if (!(other instanceof NumberLane)) return;
    const state = other.states.get(from);
    if (state === ABSENT) return;
    if (state === DISAGREED) {
      this.#disagree(to);
      return;
    }
    if (this.carry !== undefined && other.carry !== undefined) {
      this.carry.merge(to, other.carry, from);
      this.states.set(to, PRESENT);
      return;
    }
    const value = other.values.get(from);
    this.#add(to, turned ? mirrorBits(this.#field, value) : value, this.#isTimed ? other.times.get(from) : 0);
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
        return known === value ? undefined : this.#disagree(group);
      case 'request': {
        if (known === value) return;
        if (ICMP_REQUEST[known] === ICMP_REQUEST[value]) return this.#set(group, ICMP_REQUEST[value]!, time);
        return this.#disagree(group);
      }
      case 'first':
        return this.#addTimed(group, value, time, 1);
      case 'last':
        return this.#addTimed(group, value, time, -1);
    }
  }

  #disagree(group: number): void {
    if (this.states.get(group) !== DISAGREED) this.#disagreed += 1;
    this.states.set(group, DISAGREED);
  }

  #addTimed(group: number, value: number, time: number, sign: 1 | -1): void {
    const later = (time - this.times.get(group)) * sign;
    if (later > 0 || (later === 0 && (value - this.values.get(group)) * sign >= 0)) return;
    this.#set(group, value, time);
  }

  #set(group: number, value: number, time: number): void {
    this.values.set(group, value);
    this.states.set(group, PRESENT);
    if (this.#isTimed) this.times.set(group, time);
  }

  /** Sets bits of groups that have a value. */
  raise(group: number, bits: number): void {
    if (this.states.get(group) === PRESENT) this.values.set(group, (this.values.get(group) | bits) >>> 0);
  }

  clear(group: number): void {
    this.values.set(group, 0);
    this.carry?.clear(group);
    if (this.states.get(group) === DISAGREED) this.#disagreed -= 1;
    this.states.set(group, ABSENT);
  }

  give(): LaneMemory {
    return { pages: [...give(this.#sets).pages, this.carry?.pages ?? []] };
  }

  adopt(memory: LaneMemory): void {
    adopt(this.#sets, memory);
    this.carry?.adopt(memory.pages[this.#sets.length] as Float64Array[]);
  }

  get #sets(): readonly [Pages<NumericArray>, Pages<Uint8Array>, Pages<Float64Array>] {
    return [this.values, this.states, this.times];
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
    if (this.carry?.isUsed === true) for (let i = 0; i < groups.length; i++) values[i] = this.carry.get(groups[i]!);
    if (this.#rule === 'sum' && this.carry === undefined) this.isOver ||= values.includes(MAX[this.#kind]);
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
