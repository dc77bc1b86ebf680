import type { NumberColumn } from '../record/columns.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import type { TimeBins } from '../time/span.ts';
import { numberColumn, type KeyPiece } from './key-piece.ts';
import { halfOf } from './number-pieces.ts';

/** The bin in which a record begins. */
export function binPieces(bins: TimeBins): KeyPiece[] {
  return [0, 1].map((half) => ({
    bits: 32,
    fill(batch, rows, count, { words, from, step }) {
      const stime = numberColumn(batch, STORED_FIELDS.stime.number);
      if (stime === undefined || isInOneBin(stime, rows, count, bins)) {
        if (stime === undefined) bins.seek(0);
        return halfOf(bins.startUs, half);
      }
      for (let i = 0, at = from; i < count; i++, at += step) {
        bins.seek(stime.has(rows[i]!) ? stime.values[rows[i]!]! : 0);
        words[at] = halfOf(bins.startUs, half);
      }
      return undefined;
    },
  }));
}

/** Whether all records begin in one bin, which has been sought then. */
function isInOneBin({ values, valid }: NumberColumn, rows: Uint32Array, count: number, bins: TimeBins): boolean {
  if (valid !== undefined || count === 0) return false;
  bins.seek(values[rows[0]!]!);
  const { startUs, endUs } = bins;
  for (let i = 1; i < count; i++) if (!(values[rows[i]!]! >= startUs && values[rows[i]!]! < endUs)) return false;
  return true;
}
