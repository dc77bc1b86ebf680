import type { NumberColumn } from '../record/columns.ts';
import type { Moments } from '../time/moments.ts';
import type { TimeRelation } from '../time/range.ts';
import { keepPresent, type Select } from './columns.ts';

/** Numbers of the fields from which the times of a record come. */
export interface TimeFields {
  /** Microseconds since the epoch. */
  readonly stime: number;
  /** Nanoseconds beyond them. */
  readonly stimens: number;
  /** Nanoseconds. */
  readonly dur: number;
}

/** Rows whose time, from the first packet to the last, lies so to one of the intervals; a row without a time is refused. */
export function selectTime(fields: TimeFields, relation: TimeRelation, moments: Moments): Select {
  const isSo = timeTest(relation, moments);
  return (batch, rows, count) => {
    const first = batch.columns[fields.stime] as NumberColumn | undefined;
    const duration = batch.columns[fields.dur] as NumberColumn | undefined;
    const beyond = batch.columns[fields.stimens] as NumberColumn | undefined;
    if (first === undefined || duration === undefined) return 0;
    const present = keepPresent(duration.valid, rows, keepPresent(first.valid, rows, count));
    let kept = 0;
    for (let i = 0; i < present; i++) {
      const row = rows[i]!;
      const from = first.values[row]!;
      const ns = beyond === undefined || !beyond.has(row) ? 0 : beyond.values[row]!;
      const to = from + Math.floor((ns + duration.values[row]!) / 1000);
      rows[kept] = row;
      kept += Number(to >= from && isSo(from, to));
    }
    return kept;
  };
}

/** @returns whether the time from `fromUs` to `toUs`, both included, lies so to one of the intervals */
export function timeTest(relation: TimeRelation, moments: Moments): (fromUs: number, toUs: number) => boolean {
  switch (relation) {
    case 'intersects': {
      const { only } = moments;
      if (only !== undefined) return (from, to) => from < only.endUs && to >= only.startUs;
      return (from, to) => {
        const interval = moments.after(from);
        return interval !== undefined && interval.startUs <= to;
      };
    }
    case 'contained':
      return (from, to) => {
        const interval = moments.after(from);
        return interval !== undefined && interval.startUs <= from && to < interval.endUs;
      };
    case 'includes':
      return (from, to) => {
        let interval = moments.after(from);
        // One that has begun already is not included; those after it have not.
        if (interval !== undefined && interval.startUs < from) interval = moments.after(interval.endUs);
        return interval !== undefined && interval.startUs >= from && interval.endUs <= to;
      };
  }
}
