import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const LENGTH_MIN = 48;

/** The log of OpenBSD's packet filter, LINKTYPE_PFLOG: a header that tells its length, padded to words, then an IP packet. */
export function decodePflog(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset >= end) return stop(headers, PROBLEM.pflogTruncated);
  const bytes = (view.getUint8(offset) + 3) & ~3;
  if (bytes < LENGTH_MIN || offset + bytes > end) return stop(headers, PROBLEM.pflogTruncated);
  headers.next = NEXT.linkType | LINK.rawIp;
  return offset + bytes;
}
