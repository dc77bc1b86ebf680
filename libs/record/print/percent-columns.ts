import type { FieldName } from '../fields/table.ts';
import type { Cell, CellContext } from './cell.ts';
import { numberCell } from './number-cells.ts';
import type { PrintColumn } from './options.ts';
import type { Shares } from './shares.ts';

/** What has a percentage of its own, within the record. */
const PERCENTAGES: Readonly<Partial<Record<FieldName, FieldName>>> = {
  loss: 'ploss',
  sloss: 'sploss',
  dloss: 'dploss',
  retrans: 'pretrans',
  sretrans: 'spretrans',
  dretrans: 'dpretrans',
};

/** The column that shows the percentage which another has within the record. */
export function percentColumn(column: PrintColumn): PrintColumn {
  return { ...column, name: PERCENTAGES[column.name] ?? column.name };
}

/** The value's part of the total, in percent. */
export function shareCell({ name, field, settings: { precision } }: CellContext, shares: Shares): Cell {
  return numberCell(name, field, (out, value) => out.ascii(shares.percentOf(name, value).toFixed(precision)));
}
