import type { Headers } from './headers.ts';
import { NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

/**
 * Tags between the addresses and the EtherType that say nothing about a flow: Cisco's metadata, VN-Tag, the tag of bridge
 * port extension (IEEE 802.1BR §7.5), that of redundant rings (IEC 62439-3 §5.7). Which it is, says `headers.etherType`.
 */
export function decodeShim(view: DataView, offset: number, end: number, headers: Headers): number {
  const type = offset + shimBytes(headers.etherType);
  if (type + 2 > end) return stop(headers, PROBLEM.shimTruncated);
  headers.etherType = view.getUint16(type);
  headers.next = NEXT.etherType | headers.etherType;
  return type + 2;
}

function shimBytes(etherType: number): number {
  switch (etherType) {
    case 0x8909:
    case 0x893f:
      return 6;
    default:
      return 4;
  }
}
