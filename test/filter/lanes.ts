import type { AddressNode, AddressRangeNode, Lanes } from '../../libs/filter/ast.ts';

const asNumber = (lanes: Lanes): bigint => lanes.reduce((number, lane) => (number << 32n) | BigInt(lane), 0n);

/** Whether an address of the right family is among those meant, by arithmetic on one big number. */
export function matches(node: AddressNode | AddressRangeNode, lanes: Lanes): boolean {
  const address = asNumber(lanes);
  if (node.kind === 'addresses') return asNumber(node.low) <= address && address <= asNumber(node.high);
  return (address & asNumber(node.masks)) === asNumber(node.lanes);
}
