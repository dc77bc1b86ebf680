import type { Batch } from '../record/batch.ts';
import type { Area } from '../record/builder.ts';
import { NumberColumn, type Column } from '../record/columns.ts';
import { STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';
import { Carry, EXACT_LIMIT } from './carry.ts';
import { place } from './lane.ts';
import { adopt, f64Pages, give, PAGE_MASK, u16Pages, u32Pages, type LaneMemory, type Pages } from './pages.ts';
import type { Part, Run, Share } from './share.ts';

const TRANS_MAX = 0xffff_ffff;

const numberColumn = (batch: Batch, name: StoredName): NumberColumn | undefined => {
  const column = batch.columns[STORED_FIELDS[name].number];
  return column instanceof NumberColumn ? column : undefined;
};

const DURATIONS = [
  [STORED_FIELDS.dursum.number, (lane: DurationPages, group: number) => lane.sumCarry.get(group)],
  [STORED_FIELDS.dursq.number, (lane: DurationPages, group: number) => lane.squareCarry.get(group)],
  [STORED_FIELDS.durmin.number, (lane: DurationPages, group: number) => lane.least.get(group)],
  [STORED_FIELDS.durmax.number, (lane: DurationPages, group: number) => lane.greatest.get(group)],
] as const;
/** Numbers of the fields that tell of the durations of the records that became one. */
export const DURATION_FIELDS: readonly number[] = DURATIONS.map(([field]) => field);

/** Durations of the records of each group, nanoseconds. */
class DurationPages {
  readonly sum = f64Pages();
  readonly squares = f64Pages();
  readonly least = f64Pages();
  readonly greatest = f64Pages();
  readonly sumCarry = new Carry(this.sum);
  readonly squareCarry = new Carry(this.squares);

  grow(room: number): void {
    for (const lane of [this.sum, this.squares, this.least, this.greatest, this.sumCarry, this.squareCarry]) lane.grow(room); // prettier-ignore
  }

  begin(group: number, sum: number, squares: number, least: number, greatest: number): void {
    this.clear(group);
    this.sum.set(group, sum);
    this.squares.set(group, squares);
    this.least.set(group, least);
    this.greatest.set(group, greatest);
  }

  add(group: number, sum: number, squares: number, least: number, greatest: number): void {
    this.sumCarry.add(group, sum);
    this.squareCarry.add(group, squares);
    if (least < this.least.get(group)) this.least.set(group, least);
    if (greatest > this.greatest.get(group)) this.greatest.set(group, greatest);
  }

  /** Adds records one by one, of groups that have some. */
  addEach({ rows, groups, times }: Share, { page, from, to }: Part): void {
    const { duration } = times;
    const sums = this.sum.pages[page]!;
    const squares = this.squares.pages[page]!;
    const least = this.least.pages[page]!;
    const greatest = this.greatest.pages[page]!;
    for (let i = from; i < to; i++) {
      const at = groups[i]! & PAGE_MASK;
      const value = duration[rows[i]!]!;
      const sum = sums[at]! + value;
      if (sum < EXACT_LIMIT) sums[at] = sum;
      else this.sumCarry.addLarge(groups[i]!, value);
      const square = squares[at]! + value * value;
      if (square < EXACT_LIMIT) squares[at] = square;
      else this.squareCarry.addLarge(groups[i]!, value * value);
      if (value < least[at]!) least[at] = value;
      if (value > greatest[at]!) greatest[at] = value;
    }
  }

  merge(to: number, other: DurationPages, from: number): void {
    this.sumCarry.merge(to, other.sumCarry, from);
    this.squareCarry.merge(to, other.squareCarry, from);
    this.least.set(to, Math.min(this.least.get(to), other.least.get(from)));
    this.greatest.set(to, Math.max(this.greatest.get(to), other.greatest.get(from)));
  }

  give(): (readonly Float64Array[])[] {
    const { sum, squares, least, greatest, sumCarry, squareCarry } = this;
    return [sum, squares, least, greatest, sumCarry, squareCarry].map(({ pages }) => pages);
  }

  adopt(pages: readonly (readonly Float64Array[])[]): void {
    const { sum, squares, least, greatest, sumCarry, squareCarry } = this;
    [sum, squares, least, greatest, sumCarry, squareCarry].forEach((set, i) => set.adopt(pages[i]!));
  }

  clear(group: number): void {
    this.sumCarry.clear(group);
    this.squareCarry.clear(group);
    this.least.set(group, Infinity);
    this.greatest.set(group, 0);
  }
}

/** When a group began and ended, of how many records it is, and, where that is wanted, what their durations were. */
export class TimeLane {
  readonly groupBytes: number;
  /** Microseconds, and the nanoseconds beyond. */
  readonly startUs = f64Pages();
  readonly startNs = u16Pages();
  readonly lastUs = f64Pages();
  readonly lastNs = u16Pages();
  /** Records. */
  readonly trans = u32Pages();
  readonly #durations: DurationPages | undefined;

  constructor(hasDurations: boolean) {
    this.#durations = hasDurations ? new DurationPages() : undefined;
    this.groupBytes = hasDurations ? 56 : 24;
  }

  grow(room: number): void {
    for (const lane of this.#sets) lane.grow(room);
    this.#durations?.grow(room);
  }

  /** Groups that are new. */
  begin(batch: Batch, share: Share): void {
    const { times } = share;
    for (const part of share.parts) {
      const { page } = part;
      place(times.startUs, share, part, this.startUs.pages[page]!);
      place(times.startNs, share, part, this.startNs.pages[page]!);
      place(times.endUs, share, part, this.lastUs.pages[page]!);
      place(times.endNs, share, part, this.lastNs.pages[page]!);
    }
    this.#count(batch, share, true);
  }

  take(batch: Batch, share: Share): void {
    if (share.runs === undefined) for (const part of share.parts) this.#widenPart(share, part);
    else for (const run of share.runs) this.#widenRun(share, run);
    this.#count(batch, share, false);
  }

  #widenPart({ rows, groups, times }: Share, { page, from, to }: Part): void {
    const { startUs: us, startNs: ns, endUs, endNs } = times;
    const startUs = this.startUs.pages[page]!;
    const startNs = this.startNs.pages[page]!;
    const lastUs = this.lastUs.pages[page]!;
    const lastNs = this.lastNs.pages[page]!;
    for (let i = from; i < to; i++) {
      const at = groups[i]! & PAGE_MASK;
      const row = rows[i]!;
      const start = us[row]!;
      if (start < startUs[at]! || (start === startUs[at] && ns[row]! < startNs[at]!)) {
        startUs[at] = start;
        startNs[at] = ns[row]!;
      }
      const end = endUs[row]!;
      if (end > lastUs[at]! || (end === lastUs[at] && endNs[row]! > lastNs[at]!)) {
        lastUs[at] = end;
        lastNs[at] = endNs[row]!;
      }
    }
  }

  #widenRun({ times }: Share, { page, at, firsts, lasts }: Run): void {
    const { startUs, startNs } = times;
    const knownUs = this.startUs.pages[page]!;
    const knownNs = this.startNs.pages[page]!;
    const lastUs = this.lastUs.pages[page]!;
    const lastNs = this.lastNs.pages[page]!;
    // Of those that begin at about the same time nanoseconds are compared.
    for (const row of firsts) {
      const us = startUs[row]!;
      if (us > knownUs[at]! || (us === knownUs[at] && startNs[row]! >= knownNs[at]!)) continue;
      knownUs[at] = us;
      knownNs[at] = startNs[row]!;
    }
    for (const row of lasts) {
      const [us, ns] = times.endOf(row);
      if (us < lastUs[at]! || (us === lastUs[at] && ns <= lastNs[at]!)) continue;
      lastUs[at] = us;
      lastNs[at] = ns;
    }
  }

  /** @param isFirst whether the groups are new */
  #count(batch: Batch, share: Share, isFirst: boolean): void {
    const merged = numberColumn(batch, 'trans');
    if (merged !== undefined) this.#countMerged(batch, merged, share, isFirst);
    else {
      if (share.runs === undefined) for (const part of share.parts) this.#countPart(share, part, isFirst);
      else for (const run of share.runs) this.#countRun(run);
      if (this.#durations !== undefined) this.#addDurations(this.#durations, share, isFirst);
    }
  }

  #countPart({ groups }: Share, { page, from, to }: Part, isFirst: boolean): void {
    const trans = this.trans.pages[page]!;
    for (let i = from; i < to; i++) {
      const at = groups[i]! & PAGE_MASK;
      const count = isFirst ? 0 : trans[at]!;
      if (count < TRANS_MAX) trans[at] = count + 1;
    }
  }

  #countRun({ page, at, from, to }: Run): void {
    const trans = this.trans.pages[page]!;
    trans[at] = Math.min(trans[at]! + to - from, TRANS_MAX);
  }

  #addDurations(durations: DurationPages, share: Share, isFirst: boolean): void {
    if (!isFirst) {
      for (const part of share.parts) durations.addEach(share, part);
      return;
    }
    const { rows, groups, count, times } = share;
    for (let i = 0; i < count; i++) {
      const value = times.duration[rows[i]!]!;
      durations.begin(groups[i]!, value, value * value, value, value);
    }
  }

  /** Of records some of which were merged before. */
  #countMerged(batch: Batch, merged: NumberColumn, { rows, groups, count, times }: Share, isFirst: boolean): void {
    const value = (name: StoredName, row: number, otherwise: number): number => {
      const column = numberColumn(batch, name);
      return column?.has(row) === true ? column.values[row]! : otherwise;
    };
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const group = groups[i]!;
      const records = merged.has(row) ? merged.values[row]! : 1;
      this.trans.set(group, Math.min((isFirst ? 0 : this.trans.get(group)) + records, TRANS_MAX));
      const durations = this.#durations;
      if (durations === undefined) continue;
      const own = times.duration[row]!;
      const [sum, squares, least, greatest] = records === 1
        ? [own, own * own, own, own]
        : [value('dursum', row, own), value('dursq', row, own * own), value('durmin', row, own), value('durmax', row, own)]; // prettier-ignore
      if (isFirst) durations.begin(group, sum, squares, least, greatest);
      else durations.add(group, sum, squares, least, greatest);
    }
  }

  merge(to: number, other: TimeLane, from: number): void {
    const us = other.startUs.get(from);
    const ns = other.startNs.get(from);
    const known = this.startUs.get(to);
    if (us < known || (us === known && ns < this.startNs.get(to))) {
      this.startUs.set(to, us);
      this.startNs.set(to, ns);
    }
    const endUs = other.lastUs.get(from);
    const endNs = other.lastNs.get(from);
    const knownEnd = this.lastUs.get(to);
    if (endUs > knownEnd || (endUs === knownEnd && endNs > this.lastNs.get(to))) {
      this.lastUs.set(to, endUs);
      this.lastNs.set(to, endNs);
    }
    this.trans.set(to, Math.min(this.trans.get(to) + other.trans.get(from), TRANS_MAX));
    if (this.#durations !== undefined && other.#durations !== undefined) this.#durations.merge(to, other.#durations, from); // prettier-ignore
  }

  /** Whatever comes to the group next is its first record. */
  clear(group: number): void {
    this.trans.set(group, 0);
    this.startUs.set(group, Infinity);
    this.lastUs.set(group, -Infinity);
    this.#durations?.clear(group);
  }

  give(): LaneMemory {
    return { pages: [...give(this.#sets).pages, ...(this.#durations?.give() ?? [])] };
  }

  adopt(memory: LaneMemory): void {
    adopt(this.#sets, memory);
    this.#durations?.adopt(memory.pages.slice(this.#sets.length) as Float64Array[][]);
  }

  get #sets(): readonly [
    Pages<Float64Array>,
    Pages<Uint16Array>,
    Pages<Float64Array>,
    Pages<Uint16Array>,
    Pages<Uint32Array>,
  ] {
    return [this.startUs, this.startNs, this.lastUs, this.lastNs, this.trans];
  }

  /** Nanoseconds. */
  duration(group: number): number {
    return (this.lastUs.get(group) - this.startUs.get(group)) * 1000 + this.lastNs.get(group) - this.startNs.get(group);
  }

  bytesFor(count: number): number {
    return 72 * count + 256;
  }

  /** @param reports whether how many records a group is of is told */
  columns(groups: Uint32Array, area: Area, reports: boolean, columns: (Column | undefined)[]): void {
    const count = groups.length;
    const start = area.numbers('f64', count);
    const dur = area.numbers('f64', count);
    const ns = area.numbers('u16', count);
    let beyond = 0;
    for (let i = 0; i < count; i++) {
      const group = groups[i]!;
      start[i] = this.startUs.get(group);
      dur[i] = this.duration(group);
      beyond |= ns[i] = this.startNs.get(group);
    }
    columns[STORED_FIELDS.stime.number] = new NumberColumn('f64', start, undefined);
    columns[STORED_FIELDS.dur.number] = new NumberColumn('f64', dur, undefined);
    if (beyond !== 0) columns[STORED_FIELDS.stimens.number] = new NumberColumn('u16', ns, undefined);
    if (reports) this.#aggregates(groups, area, columns);
  }

  /** Of groups of one record there is nothing to tell. */
  #aggregates(groups: Uint32Array, area: Area, columns: (Column | undefined)[]): void {
    const count = groups.length;
    const valid = area.u8((count + 7) >> 3);
    const trans = area.numbers('u32', count);
    let several = 0;
    for (let i = 0; i < count; i++) {
      trans[i] = this.trans.get(groups[i]!);
      if (trans[i]! < 2) continue;
      several += 1;
      valid[i >> 3]! |= 1 << (i & 7);
    }
    if (several === 0) return;
    const bits = several === count ? undefined : valid;
    columns[STORED_FIELDS.trans.number] = new NumberColumn('u32', trans, undefined);
    const durations = this.#durations;
    if (durations === undefined) return;
    for (const [field, valueOf] of DURATIONS) {
      const values = area.numbers('f64', count);
      for (let i = 0; i < count; i++) if (trans[i]! > 1) values[i] = valueOf(durations, groups[i]!);
      columns[field] = new NumberColumn('f64', values, bits);
    }
  }
}
