import { FIELDS, type Field } from '../fields/table.ts';
import type { Cell, CellContext } from './cell.ts';
import { numberCell } from './number-cells.ts';
import type { PrintColumn } from './options.ts';

/** What grows large enough to be abbreviated. */
const UNITS: ReadonlySet<string> = new Set(['bytes', 'packets', 'bits/s', 'packets/s']);
const SUFFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** Whether `-H` abbreviates a column: amounts and rates, as long as they have no format of their own. */
export function isAbbreviated({ name, format }: PrintColumn): boolean {
  const { unit }: Field = FIELDS[name];
  return format === undefined && unit !== undefined && UNITS.has(unit);
}

/** Numbers as 2.634K, in steps of a thousand; in padded columns a blank stands where no letter is. @param digits behind the point */
export function abbreviatedCell({ name, field, settings }: CellContext, digits: number): Cell {
  const scale = field.scale ?? 1;
  const noLetter = settings.style === 'columns' ? ' ' : '';
  return numberCell(name, field, (out, value) => {
    const text = abbreviate(value * scale, digits);
    out.ascii(text);
    if (/\d$/.test(text)) out.ascii(noLetter);
  });
}

/** @param value not negative */
export function abbreviate(value: number, digits: number): string {
  const last = SUFFIXES.length - 1;
  let step = 0;
  let left = value;
  // What rounds to a thousand is one of the next step.
  while (step < last && Number(left.toFixed(digits)) >= 1000) {
    left /= 1000;
    step += 1;
  }
  return left.toFixed(digits) + SUFFIXES[step];
}
