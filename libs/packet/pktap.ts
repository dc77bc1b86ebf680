import type { Headers } from './headers.ts';
import { NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const FIXED_BYTES = 12;
const RECORD_PACKET = 1;

/** Apple's PKTAP: a little-endian header that tells its length and the link type of the packet behind it. */
export function decodePktap(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + FIXED_BYTES > end) return stop(headers, PROBLEM.pktapTruncated);
  const body = offset + view.getUint32(offset, true);
  if (body < offset + FIXED_BYTES || body > headers.wireEnd) return stop(headers, PROBLEM.pktapTruncated);
  const linkType = view.getUint32(offset + 8, true);
  if (view.getUint32(offset + 4, true) === RECORD_PACKET && linkType <= 0xffff) headers.next = NEXT.linkType | linkType;
  return body;
}
