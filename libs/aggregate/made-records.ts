import { BATCH_ROWS_MAX, type Batch, type Origin } from '../record/batch.ts';
import type { Groups } from './groups.ts';

/** Number of the first of so many records that are made, of one probe. */
export type Numbering = (origin: Origin, records: number) => number;

/** Counts from 0 for each probe. */
export function fromZero(): Numbering {
  const numbers = new Map<string, number>();
  return ({ run, source }, records) => {
    const name = `${run} ${source}`;
    const first = numbers.get(name) ?? 0;
    numbers.set(name, first + records);
    return first;
  };
}

/** Records of groups, those of each probe in batches of their own. */
export class MadeRecords {
  readonly #groups: Groups;
  readonly #number: Numbering;
  /** Where lanes have the values of those that wait, by number of the probe. */
  readonly #waiting = new Map<number, number[]>();

  constructor(groups: Groups, number: Numbering) {
    this.#groups = groups;
    this.#number = number;
  }

  /** @returns records, when there are enough */
  add(slot: number): Batch | undefined {
    const probe = this.#groups.origin.numberOf(slot);
    let slots = this.#waiting.get(probe);
    if (slots === undefined) this.#waiting.set(probe, (slots = []));
    return slots.push(slot) === BATCH_ROWS_MAX ? this.flush(probe) : undefined;
  }

  /** @returns the records of a probe that wait, if any do */
  flush(probe: number): Batch | undefined {
    const slots = this.#waiting.get(probe);
    if (slots === undefined || slots.length === 0) return undefined;
    const origin = this.#groups.origin.originOf(probe);
    const batch = this.#groups.batch(Uint32Array.from(slots), origin, this.#number(origin, slots.length));
    slots.length = 0;
    return batch;
  }

  /** All that wait. */
  *rest(): Generator<Batch> {
    for (const probe of this.#waiting.keys()) {
      const batch = this.flush(probe);
      if (batch !== undefined) yield batch;
    }
  }
}
