import { matches as lanesMatch } from './lanes.ts';
import type { Node } from '../../libs/filter/ast.ts';
import type { Batch } from '../../libs/record/batch.ts';
import type { Value } from '../../libs/record/fields/field.ts';
import { isFieldName } from '../../libs/record/fields/table.ts';
import { reader } from '../../libs/record/row.ts';

/** What a filter means, one row at a time, from the values that people see: plain and slow, to compare with. */
export function matches(node: Node, batch: Batch, row: number): boolean {
  switch (node.kind) {
    case 'all':
      return true;
    case 'nothing':
      return false;
    case 'and':
      return node.terms.every((term) => matches(term, batch, row));
    case 'or':
      return node.terms.some((term) => matches(term, batch, row));
    case 'not':
      return !matches(node.term, batch, row);
    case 'record':
      return batch.kind === node.type;
    case 'source':
      return [batch.origin.source, batch.origin.source.split('/', 1)[0]].includes(node.source);
    case 'present':
      return valueAt(batch, node.field, row) !== undefined;
    case 'range': {
      const value = numberAt(batch, node.field, row);
      if (value === undefined) return false;
      return node.inside ? node.low <= value && value <= node.high : value < node.low || value > node.high;
    }
    case 'list': {
      const value = numberAt(batch, node.field, row);
      return value !== undefined && node.intervals.some(({ low, high }) => low <= value && value <= high);
    }
    case 'bits': {
      const value = numberAt(batch, node.field, row);
      return value !== undefined && (BigInt(value) & BigInt(node.mask >>> 0)) !== 0n;
    }
    case 'address':
    case 'addresses': {
      const value = valueAt(batch, node.field, row);
      return (
        typeof value === 'object' && 'family' in value && value.family === node.family && lanesMatch(node, value.lanes)
      );
    }
    case 'text': {
      const value = valueAt(batch, node.field, row);
      return typeof value === 'string' && node.wanted.includes(value) === node.inside;
    }
    case 'pattern': {
      const value = valueAt(batch, node.field, row);
      if (typeof value !== 'string' && !(value instanceof Uint8Array)) return false;
      const text = typeof value === 'string' ? value : Buffer.from(value).toString('latin1');
      return new RegExp(node.pattern).test(text) === node.inside;
    }
    case 'time': {
      const first = numberAt(batch, 'stime', row);
      const last = numberAt(batch, 'ltime', row);
      const only = node.moments.only;
      if (first === undefined || last === undefined || only === undefined) return false;
      if (node.relation === 'intersects') return first < only.endUs && last >= only.startUs;
      if (node.relation === 'contained') return first >= only.startUs && last < only.endUs;
      return first <= only.startUs && last >= only.endUs;
    }
  }
}

/** A count of merged records that is not there is 1, of flows; everything else that is not there is absent. */
function valueAt(batch: Batch, field: string, row: number): Value {
  if (!isFieldName(field)) throw new RangeError(`no field ${field}`);
  if (field === 'trans' && batch.kind !== 1) return undefined;
  return reader(field)(batch, row);
}

function numberAt(batch: Batch, field: string, row: number): number | undefined {
  const value = valueAt(batch, field, row);
  return typeof value === 'number' && !Number.isNaN(value) ? value : undefined;
}
