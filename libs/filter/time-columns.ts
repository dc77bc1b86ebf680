import type { NumberReader } from '../record/row.ts';
import type { Moments } from '../time/moments.ts';
import type { TimeRelation } from '../time/range.ts';
import type { Select } from './columns.ts';

/**
 * Rows whose time lies so to one of the intervals; a row without a time is refused.
 * @param first reads the time of the first packet, `last` of the last, both whole microseconds since the epoch
 */
export function selectTime(first: NumberReader, last: NumberReader, relation: TimeRelation, moments: Moments): Select {
  const isSo = timeTest(relation, moments);
  return (batch, rows, count) => {
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const from = first(batch, row);
      const to = last(batch, row);
      rows[kept] = row;
      kept += Number(to >= from && isSo(from, to));
    }
    return kept;
  };
}

/** @returns whether the time from `fromUs` to `toUs`, both included, lies so to one of the intervals */
export function timeTest(relation: TimeRelation, moments: Moments): (fromUs: number, toUs: number) => boolean {
  switch (relation) {
    case 'intersects':
      return (from, to) => {
        const interval = moments.after(from);
        return interval !== undefined && interval.startUs <= to;
      };
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
