import type { Headers } from './headers.ts';
import { PROBLEM, stop } from './problems.ts';

/** IGMP (RFC 2236 §2, RFC 3376 §4); type and code lie where those of ICMP do, and are kept there. */
export function decodeIgmp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 8 > end) return stop(headers, PROBLEM.igmpTruncated);
  headers.icmpType = view.getUint8(offset);
  headers.icmpCode = view.getUint8(offset + 1);
  return offset + 8;
}
