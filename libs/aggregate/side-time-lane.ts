import { columnOf, type Batch } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import { NumberColumn, type Column } from '../record/columns.ts';
import { ABSENT, areSettled, DISAGREED, PRESENT, validityOf } from './lane.ts';
import { adopt, f64Pages, give, PAGE_MASK, u16Pages, u8Pages, type LaneMemory, type Pages } from './pages.ts';
import type { Part, Share } from './share.ts';
import type { TimeLane } from './time-lane.ts';

/** Numbers of the fields of one side. */
export interface SideFields {
  readonly packets: number;
  readonly otherPackets: number;
  readonly first: number;
  readonly last: number;
}

/** The same as columns. */
interface Columns {
  readonly packets: NumberColumn;
  readonly others: NumberColumn | undefined;
  readonly first: NumberColumn | undefined;
  readonly last: NumberColumn | undefined;
}

const numbers = (batch: Batch, field: number): NumberColumn | undefined => {
  const column = columnOf(batch, field);
  return column instanceof NumberColumn ? column : undefined;
};

/**
 * First and last packet of one side. Known where the probe measured them, and of records in which only that side spoke; of a
 * group when they are known of all of its records in which the side spoke.
 */
export class SideTimeLane {
  readonly groupBytes = 21;
  readonly #fields: SideFields;
  readonly #firstUs = f64Pages();
  readonly #firstNs = u16Pages();
  readonly #lastUs = f64Pages();
  readonly #lastNs = u16Pages();
  readonly #states = u8Pages();
  /** Groups of which they are not known. */
  #disagreed = 0;

  constructor(fields: SideFields) {
    this.#fields = fields;
  }

  grow(room: number): void {
    for (const lane of this.#sets) lane.grow(room);
  }

  take(batch: Batch, share: Share): void {
    const packets = numbers(batch, this.#fields.packets);
    if (packets === undefined || areSettled(this.#states, this.#disagreed, share)) return;
    const columns = { packets, others: numbers(batch, this.#fields.otherPackets), first: numbers(batch, this.#fields.first), last: numbers(batch, this.#fields.last) }; // prettier-ignore
    for (const part of share.parts) this.#takePart(columns, share, part);
  }

  #takePart({ packets, others, first, last }: Columns, { rows, groups, times }: Share, { page, from, to }: Part): void {
    const { startUs, startNs, endUs, endNs } = times;
    const states = this.#states.pages[page]!;
    for (let i = from; i < to; i++) {
      const group = groups[i]!;
      const row = rows[i]!;
      if (states[group & PAGE_MASK] === DISAGREED || !packets.has(row) || packets.values[row] === 0) continue;
      const isAlone = others?.has(row) !== true || others.values[row] === 0;
      const hasFirst = first?.has(row) === true;
      const hasLast = last?.has(row) === true;
      if (!isAlone && !(hasFirst && hasLast)) {
        this.#disagree(group);
        continue;
      }
      const ns = startNs[row]!;
      const begin = hasFirst ? ns + first.values[row]! : ns;
      const beginUs = Math.floor(begin / 1000);
      if (!hasLast) this.#widen(group, startUs[row]! + beginUs, begin - 1000 * beginUs, endUs[row]!, endNs[row]!);
      else {
        const end = ns + last.values[row]!;
        const lastUs = Math.floor(end / 1000);
        this.#widen(group, startUs[row]! + beginUs, begin - 1000 * beginUs, startUs[row]! + lastUs, end - 1000 * lastUs); // prettier-ignore
      }
    }
  }

  #disagree(group: number): void {
    if (this.#states.get(group) !== DISAGREED) this.#disagreed += 1;
    this.#states.set(group, DISAGREED);
  }

  /** What is known of a group that was there before any record told the times of its sides. */
  begin(group: number, packets: number, others: number, time: TimeLane): void {
    if (packets === 0) return;
    if (others > 0) this.#disagree(group);
    else this.#widen(group, time.startUs.get(group), time.startNs.get(group), time.lastUs.get(group), time.lastNs.get(group)); // prettier-ignore
  }

  #widen(group: number, firstUs: number, firstNs: number, lastUs: number, lastNs: number): void {
    const state = this.#states.get(group);
    if (state === DISAGREED) return;
    const knownFirst = this.#firstUs.get(group);
    if (state === ABSENT || firstUs < knownFirst || (firstUs === knownFirst && firstNs < this.#firstNs.get(group))) {
      this.#firstUs.set(group, firstUs);
      this.#firstNs.set(group, firstNs);
    }
    const knownLast = this.#lastUs.get(group);
    if (state === ABSENT || lastUs > knownLast || (lastUs === knownLast && lastNs > this.#lastNs.get(group))) {
      this.#lastUs.set(group, lastUs);
      this.#lastNs.set(group, lastNs);
    }
    this.#states.set(group, PRESENT);
  }

  merge(to: number, other: SideTimeLane, from: number): void {
    const state = other.#states.get(from);
    if (state === DISAGREED) this.#disagree(to);
    else if (state === PRESENT) this.#widen(to, other.#firstUs.get(from), other.#firstNs.get(from), other.#lastUs.get(from), other.#lastNs.get(from)); // prettier-ignore
  }

  clear(group: number): void {
    if (this.#states.get(group) === DISAGREED) this.#disagreed -= 1;
    this.#states.set(group, ABSENT);
  }

  give(): LaneMemory {
    return give(this.#sets);
  }

  adopt(memory: LaneMemory): void {
    adopt(this.#sets, memory);
  }

  get #sets(): readonly [
    Pages<Float64Array>,
    Pages<Uint16Array>,
    Pages<Float64Array>,
    Pages<Uint16Array>,
    Pages<Uint8Array>,
  ] {
    return [this.#firstUs, this.#firstNs, this.#lastUs, this.#lastNs, this.#states];
  }

  bytesFor(count: number): number {
    return 2 * Area.aligned(count * 8) + Area.aligned((count + 7) >> 3);
  }

  columns(groups: Uint32Array, area: Area, time: TimeLane, columns: (Column | undefined)[]): void {
    const valid = validityOf(this.#states.pages, groups, area);
    if (valid === 'none') return;
    const first = area.numbers('f64', groups.length);
    const last = area.numbers('f64', groups.length);
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i]!;
      if (this.#states.get(group) !== PRESENT) continue;
      const startUs = time.startUs.get(group);
      const startNs = time.startNs.get(group);
      first[i] = (this.#firstUs.get(group) - startUs) * 1000 + this.#firstNs.get(group) - startNs;
      last[i] = (this.#lastUs.get(group) - startUs) * 1000 + this.#lastNs.get(group) - startNs;
    }
    columns[this.#fields.first] = new NumberColumn('f64', first, valid);
    columns[this.#fields.last] = new NumberColumn('f64', last, valid);
  }
}
