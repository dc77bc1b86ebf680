import { numberReader } from '../row.ts';
import type { Cell, CellContext } from './cell.ts';
import { writeSeconds } from './number-cells.ts';

/** Counts the records that it is asked for. */
export function ordinalCell(): Cell {
  let printed = 0;
  return () => (out) => out.integer((printed += 1));
}

/** How long ago the last packet was, in seconds. */
export function ageCell({ settings: { nowMs, precision } }: CellContext): Cell {
  const lastUs = numberReader('ltime')!;
  return (batch) => {
    const nowUs = nowMs() * 1000;
    return (out, row) => {
      const ageUs = nowUs - lastUs(batch, row);
      if (!Number.isNaN(ageUs)) writeSeconds(out, ageUs * 1000, precision);
    };
  };
}
