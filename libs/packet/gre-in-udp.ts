import { decodeGre } from './gre.ts';
import { ETHER_TYPE } from './numbers.ts';
import type { Headers } from './headers.ts';

/** Flags that GRE in UDP may set, and version 0 (RFC 8086 §3.2). */
const RESERVED_MASK = 0x4fff;
const ETHERNET = 0x6558;

/** GRE in UDP (RFC 8086), believed when its first word is one that GRE has. */
export function decodeGreInUdp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 4 > end || (view.getUint16(offset) & RESERVED_MASK) !== 0) return -1;
  const protocol = view.getUint16(offset + 2);
  const isKnown = protocol === ETHER_TYPE.ipv4 || protocol === ETHER_TYPE.ipv6 || protocol === ETHERNET;
  return isKnown ? decodeGre(view, offset, end, headers) : -1;
}
