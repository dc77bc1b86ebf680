import type { Node } from '../../libs/filter/ast.ts';
import type { Batch } from '../../libs/record/batch.ts';
import type { Column } from '../../libs/record/columns.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';

/** What a filter means, one row at a time: plain and slow, to compare with. */
export function matches(node: Node, batch: Batch, row: number): boolean {
  switch (node.kind) {
    case 'all':
      return true;
    case 'and':
      return node.terms.every((term) => matches(term, batch, row));
    case 'or':
      return node.terms.some((term) => matches(term, batch, row));
    case 'not':
      return !matches(node.term, batch, row);
    case 'record':
      return batch.kind === node.type;
    case 'source':
      return batch.origin.source === node.source;
    case 'present':
      return columnOf(batch, node.field)?.has(row) ?? false;
    case 'range': {
      const value = numberAt(batch, node.field, row);
      if (value === undefined) return false;
      return node.inside ? node.low <= value && value <= node.high : value < node.low || value > node.high;
    }
    case 'bits': {
      const value = numberAt(batch, node.field, row);
      return value !== undefined && (BigInt(value) & BigInt(node.mask >>> 0)) !== 0n;
    }
    case 'address': {
      const column = columnOf(batch, node.field);
      if (column?.kind !== 'address' || !column.has(row) || column.familyOf(row) !== node.family) return false;
      return ([0, 1, 2, 3] as const).every(
        (k) => (BigInt(column.lane(k, row)) & BigInt(node.masks[k])) === BigInt(node.lanes[k]),
      );
    }
  }
}

/** Computed fields that the tests use. */
const TOTALS: Readonly<Record<string, readonly string[]>> = { pkts: ['spkts', 'dpkts'], bytes: ['sbytes', 'dbytes'] };

function columnOf(batch: Batch, field: string): Column | undefined {
  return batch.columns[STORED_FIELDS[field as StoredName].number];
}

function numberAt(batch: Batch, field: string, row: number): number | undefined {
  const total = TOTALS[field];
  if (total !== undefined) {
    const [source, destination] = total.map((name) => numberAt(batch, name, row));
    return source === undefined || destination === undefined ? undefined : source + destination;
  }
  const column = columnOf(batch, field);
  if (column === undefined || !('values' in column) || !column.has(row)) return undefined;
  return column.values[row];
}
