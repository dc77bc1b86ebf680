import type { Batch } from '../record/batch.ts';
import type { Area } from '../record/builder.ts';
import { NumberColumn, type Column } from '../record/columns.ts';
import { STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';
import type { Share } from './lane.ts';
import { f64Pages, PAGE_MASK, PAGE_SHIFT, u16Pages, u32Pages } from './pages.ts';

const TRANS_MAX = 0xffff_ffff;

const numberColumn = (batch: Batch, name: StoredName): NumberColumn | undefined => {
  const column = batch.columns[STORED_FIELDS[name].number];
  return column instanceof NumberColumn ? column : undefined;
};

const DURATIONS = [
  [STORED_FIELDS.dursum.number, (lane: TimeLane) => lane.sum],
  [STORED_FIELDS.dursq.number, (lane: TimeLane) => lane.squares],
  [STORED_FIELDS.durmin.number, (lane: TimeLane) => lane.least],
  [STORED_FIELDS.durmax.number, (lane: TimeLane) => lane.greatest],
] as const;

/**
 * When a group began and ended, of how many records it is, and what their durations were. A group without records begins at
 * `Infinity`.
 */
export class TimeLane {
  readonly groupBytes = 56;
  /** Microseconds, and the nanoseconds beyond. */
  readonly startUs = f64Pages();
  readonly startNs = u16Pages();
  readonly lastUs = f64Pages();
  readonly lastNs = u16Pages();
  /** Records. */
  readonly trans = u32Pages();
  /** Durations of the records, nanoseconds. */
  readonly sum = f64Pages();
  readonly squares = f64Pages();
  readonly least = f64Pages();
  readonly greatest = f64Pages();

  grow(room: number): void {
    const { startUs, startNs, lastUs, lastNs, trans, sum, squares, least, greatest } = this;
    for (const lane of [startUs, startNs, lastUs, lastNs, trans, sum, squares, least, greatest]) lane.grow(room);
  }

  take(batch: Batch, { rows, groups, count }: Share): void {
    const stime = numberColumn(batch, 'stime');
    const stimens = numberColumn(batch, 'stimens');
    const dur = numberColumn(batch, 'dur');
    const merged = numberColumn(batch, 'trans');
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const group = groups[i]!;
      const us = stime?.has(row) === true ? stime.values[row]! : 0;
      const ns = stimens?.has(row) === true ? stimens.values[row]! : 0;
      const duration = dur?.has(row) === true ? dur.values[row]! : 0;
      const after = ns + duration;
      const lastUs = us + Math.floor(after / 1000);
      this.#widen(group, us, ns, lastUs, after % 1000);
      const records = merged?.has(row) === true ? merged.values[row]! : 1;
      this.#count(group, records);
      if (records === 1) this.#addDurations(group, duration, duration * duration, duration, duration);
      else this.#addMerged(batch, row, group, duration);
    }
  }

  /** Durations of a record that was merged before. */
  #addMerged(batch: Batch, row: number, group: number, duration: number): void {
    const value = (name: StoredName, otherwise: number): number => {
      const column = numberColumn(batch, name);
      return column?.has(row) === true ? column.values[row]! : otherwise;
    };
    const least = value('durmin', duration);
    this.#addDurations(group, value('dursum', duration), value('dursq', duration * duration), least, value('durmax', duration)); // prettier-ignore
  }

  /** To be called before the record is counted. */
  #widen(group: number, us: number, ns: number, lastUs: number, lastNs: number): void {
    const page = group >>> PAGE_SHIFT;
    const at = group & PAGE_MASK;
    const isNew = this.trans.pages[page]![at] === 0;
    const startUs = this.startUs.pages[page]!;
    const startNs = this.startNs.pages[page]!;
    if (isNew || us < startUs[at]! || (us === startUs[at] && ns < startNs[at]!)) {
      startUs[at] = us;
      startNs[at] = ns;
    }
    const endUs = this.lastUs.pages[page]!;
    const endNs = this.lastNs.pages[page]!;
    if (isNew || lastUs > endUs[at]! || (lastUs === endUs[at] && lastNs > endNs[at]!)) {
      endUs[at] = lastUs;
      endNs[at] = lastNs;
    }
  }

  #addDurations(group: number, sum: number, squares: number, least: number, greatest: number): void {
    const page = group >>> PAGE_SHIFT;
    const at = group & PAGE_MASK;
    this.sum.pages[page]![at]! += sum;
    this.squares.pages[page]![at]! += squares;
    if (least < this.least.pages[page]![at]!) this.least.pages[page]![at] = least;
    if (greatest > this.greatest.pages[page]![at]!) this.greatest.pages[page]![at] = greatest;
  }

  #count(group: number, records: number): void {
    const page = group >>> PAGE_SHIFT;
    const at = group & PAGE_MASK;
    const counts = this.trans.pages[page]!;
    if (counts[at] === 0) {
      this.least.pages[page]![at] = Infinity;
      this.greatest.pages[page]![at] = 0;
    }
    counts[at] = Math.min(counts[at]! + records, TRANS_MAX);
  }

  merge(to: number, from: number): void {
    this.#widen(to, this.startUs.get(from), this.startNs.get(from), this.lastUs.get(from), this.lastNs.get(from));
    this.#count(to, this.trans.get(from));
    this.#addDurations(to, this.sum.get(from), this.squares.get(from), this.least.get(from), this.greatest.get(from));
  }

  clear(group: number): void {
    this.trans.set(group, 0);
    this.sum.set(group, 0);
    this.squares.set(group, 0);
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
    for (const [field, lane] of DURATIONS) {
      const values = area.numbers('f64', count);
      for (let i = 0; i < count; i++) if (trans[i]! > 1) values[i] = lane(this).get(groups[i]!);
      columns[field] = new NumberColumn('f64', values, bits);
    }
  }
}
