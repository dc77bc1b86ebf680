import type { Value } from '../record/fields/field.ts';
import type { AddressNode, AddressRangeNode } from './ast.ts';
import { compareLanes } from './values.ts';

/** Whether one address is among those meant; for fields that are computed. */
export function addressTest(node: AddressNode | AddressRangeNode): (value: Value) => boolean {
  return (value) => {
    if (typeof value !== 'object' || value instanceof Uint8Array || value.family !== node.family) return false;
    if (node.kind === 'addresses')
      return compareLanes(node.low, value.lanes) <= 0 && compareLanes(value.lanes, node.high) <= 0;
    return ([0, 1, 2, 3] as const).every((k) => (value.lanes[k] & node.masks[k]) === (node.lanes[k] | 0));
  };
}
