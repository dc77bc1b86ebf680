import { CAUSE, type Value } from '../fields/field.ts';
import type { FieldName } from '../fields/table.ts';
import { computed } from '../row.ts';
import { writeNothing, type Cell } from './cell.ts';
import { cellOf } from './cells.ts';
import type { PrintColumn, Settings } from './options.ts';

/** How the state column names the causes of management records. */
const STATES: Readonly<Record<number, string>> = {
  [CAUSE.start]: 'STA',
  [CAUSE.status]: 'CON',
  [CAUSE.stop]: 'STP',
  [CAUSE.shutdown]: 'SHT',
  [CAUSE.error]: 'ERR',
};

/** What stands in the columns of flow records where a management record has a row of its own. */
interface Instead {
  readonly from: readonly string[];
  readonly compute: (...values: never[]) => Value;
}

const count = (from: string): Instead => ({ from: [from], compute: (value: number) => value });

const COLUMNS: Readonly<Partial<Record<FieldName, Instead>>> = {
  proto: { from: [], compute: () => 'man' },
  state: { from: ['cause'], compute: (cause: number) => STATES[cause] ?? 'ERR' },
  saddr: count('mqueued'),
  sport: { from: ['mkdrops?', 'mdrops'], compute: (kernel: number | undefined, own: number) => (kernel ?? 0) + own },
  daddr: count('mflows'),
  dport: count('mreaders'),
  pkts: count('mpkts'),
  spkts: count('mpkts'),
  dpkts: count('mrecords'),
  bytes: count('mmemory'),
  sbytes: count('mbytes'),
  dbytes: { from: ['mkdrops?', 'mdrops'], compute: (kernel: number | undefined, own: number) => (kernel ?? 0) + own },
};

/** Columns of flow records that mean the same in management records. */
const SAME: ReadonlySet<FieldName> = new Set([
  'stime', 'stimens', 'ltime', 'ltimens', 'dur', 'cause', 'srcid', 'run', 'mpkts', 'mbytes', 'mkdrops', 'mdrops',
  'mfiltered', 'mbad', 'mflows', 'mevicted', 'mrecords', 'mqueued', 'mreaders', 'mlost', 'mmemory', 'minput', 'mversion',
  'mproblems', 'midrops', 'mopened', 'mqbytes', 'mwlost', 'mclock', 'mdrift', 'mcapture', 'offset',
] satisfies FieldName[]); // prettier-ignore

/** The cell of a column in the rows of management records; empty where it has no meaning. */
export function managementCellOf(column: PrintColumn, settings: Settings): Cell {
  if (SAME.has(column.name)) return cellOf(column, settings);
  const instead = COLUMNS[column.name];
  if (instead === undefined) return () => writeNothing;
  const read = computed(instead);
  return (batch) => (out, row) => {
    const value = read(batch, row);
    if (typeof value === 'number') out.integer(value);
    else if (typeof value === 'string') out.ascii(value);
  };
}
