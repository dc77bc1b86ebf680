import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

/** Address family, security parameters index, flags. */
const HEADER_BYTES = 12;

/** OpenBSD's IPsec interface, LINKTYPE_ENC: the packet as it is before or after encryption. */
export function decodeEnc(_view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.encTruncated);
  headers.next = NEXT.linkType | LINK.rawIp;
  return offset + HEADER_BYTES;
}
