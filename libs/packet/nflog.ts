import type { Headers } from './headers.ts';
import { ETHER_TYPE, LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const HEADER_BYTES = 4;
const ATTRIBUTE_BYTES = 4;
const ATTRIBUTES_MAX = 64;
const ATTRIBUTE_PAYLOAD = 9;
const FAMILY_IPV4 = 2;
const FAMILY_BRIDGE = 7;
const FAMILY_IPV6 = 10;

/**
 * Netfilter's log, LINKTYPE_NFLOG: attributes of a length, which counts its own 4 bytes, and a type, in the byte order of
 * the capturing machine; one of them is the packet.
 */
export function decodeNflog(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES + ATTRIBUTE_BYTES > end) return stop(headers, PROBLEM.nflogTruncated);
  const family = view.getUint8(offset);
  let at = offset + HEADER_BYTES;
  // Types are small numbers, so the order shows.
  const isLittle = view.getUint16(at + 2, true) < 256;
  for (let count = 0; count < ATTRIBUTES_MAX && at + ATTRIBUTE_BYTES <= end; count++) {
    const bytes = view.getUint16(at, isLittle);
    if (bytes < ATTRIBUTE_BYTES) return stop(headers, PROBLEM.nflogAttribute);
    if (view.getUint16(at + 2, isLittle) === ATTRIBUTE_PAYLOAD) {
      headers.next = nextOf(family);
      return at + ATTRIBUTE_BYTES;
    }
    at += (bytes + 3) & ~3;
  }
  return stop(headers, PROBLEM.nflogTruncated);
}

function nextOf(family: number): number {
  if (family === FAMILY_IPV4) return NEXT.etherType | ETHER_TYPE.ipv4;
  if (family === FAMILY_IPV6) return NEXT.etherType | ETHER_TYPE.ipv6;
  return family === FAMILY_BRIDGE ? NEXT.linkType | LINK.ethernet : 0;
}
