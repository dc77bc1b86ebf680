import type { Headers } from './headers.ts';
import { NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

/** Global routing header before the encapsulation header; in a capture without one the receiver's address takes its place. */
const HEADER_BYTES = 44;

/** IP over InfiniBand, LINKTYPE_IPOIB: 40 bytes of addressing, then EtherType and a reserved field (RFC 4391 §6). */
export function decodeIpoib(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.ipoibTruncated);
  const protocol = view.getUint16(offset + HEADER_BYTES - 4);
  headers.etherType = protocol;
  headers.next = NEXT.etherType | protocol;
  return offset + HEADER_BYTES;
}
