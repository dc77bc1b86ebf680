import { ENCAPSULATION, type Headers } from './headers.ts';
import { ETHER_TYPE, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const HEADER_BYTES = 4;
const ETHER_TYPE_MIN = 0x600;

/**
 * BSD loopback, LINKTYPE_NULL and LINKTYPE_LOOP: an address family in the byte order of the capturing machine, or the
 * network's. Families are small, so the order shows. Some writers put an EtherType into the last two bytes.
 */
export function decodeNullLoopback(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.nullTruncated);
  headers.encapsulations |= ENCAPSULATION.nullLoopback;
  const etherType =
    etherTypeOfFamily(view.getUint32(offset)) ||
    etherTypeOfFamily(view.getUint32(offset, true)) ||
    view.getUint16(offset + 2);
  if (etherType < ETHER_TYPE_MIN) return stop(headers, PROBLEM.nullFamily);
  headers.etherType = etherType;
  headers.next = NEXT.etherType | etherType;
  return offset + HEADER_BYTES;
}

/** AF_INET6 is 24 in NetBSD and OpenBSD, 28 in FreeBSD, 30 in macOS, 10 in Linux. */
function etherTypeOfFamily(family: number): number {
  switch (family) {
    case 2:
      return ETHER_TYPE.ipv4;
    case 10:
    case 24:
    case 28:
    case 30:
      return ETHER_TYPE.ipv6;
    default:
      return 0;
  }
}
