import type { Batch } from '../../libs/record/batch.ts';
import type { NumberColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';

/** Microseconds since the epoch, and nanoseconds 0–999 beyond. */
export interface Moment {
  readonly us: number;
  readonly ns: number;
}

const NS_PER_US = 1000;
/** Latest moment that a Date can tell, microseconds; records that claim a later one are left out. */
const US_MAX = 8.64e18;

/** From the first packet of some records to the last. */
export class TimeSpan {
  #first: Moment | undefined;
  #last: Moment | undefined;

  get first(): Moment | undefined {
    return this.#first;
  }

  get last(): Moment | undefined {
    return this.#last;
  }

  /** @param rows of which the first `count` are taken; undefined for all */
  add(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    const column = (field: keyof typeof STORED_FIELDS): NumberColumn | undefined =>
      batch.columns[STORED_FIELDS[field].number] as NumberColumn | undefined;
    const starts = column('stime');
    const beyond = column('stimens');
    const durations = column('dur');
    if (starts === undefined) return;
    let { us: firstUs, ns: firstNs } = this.#first ?? { us: Infinity, ns: 0 };
    let { us: lastUs, ns: lastNs } = this.#last ?? { us: -Infinity, ns: 0 };
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? i : rows[i]!;
      const us = starts.values[row]!;
      if (!starts.has(row) || !(Math.abs(us) < US_MAX)) continue;
      const ns = beyond !== undefined && beyond.has(row) ? beyond.values[row]! : 0;
      if (us < firstUs || (us === firstUs && ns < firstNs)) {
        firstUs = us;
        firstNs = ns;
      }
      const whole = ns + (durations !== undefined && durations.has(row) ? durations.values[row]! : 0);
      const endUs = us + Math.floor(whole / NS_PER_US);
      const endNs = whole % NS_PER_US;
      if (endUs < US_MAX && (endUs > lastUs || (endUs === lastUs && endNs > lastNs))) {
        lastUs = endUs;
        lastNs = endNs;
      }
    }
    if (firstUs !== Infinity) this.#first = { us: firstUs, ns: firstNs };
    if (lastUs !== -Infinity) this.#last = { us: lastUs, ns: lastNs };
  }
}
