import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const TAG_BYTES = 4;

/** Provider backbone bridging (IEEE 802.1Q §9.7): a tag with the service's number, then the customer's frame. */
export function decodePbb(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + TAG_BYTES > end) return stop(headers, PROBLEM.pbbTruncated);
  enterTunnel(headers, TUNNEL.pbb, view.getInt32(offset) & 0xffffff, NEXT.linkType | LINK.ethernet);
  return offset + TAG_BYTES;
}
