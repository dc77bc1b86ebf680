import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 6;

/** TRILL (RFC 6325 §3.1): option words, then the customer's frame. */
export function decodeTrill(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.trillTruncated);
  const optionWords = (view.getUint16(offset) >> 6) & 0x1f;
  enterTunnel(headers, TUNNEL.trill, -1, NEXT.linkType | LINK.ethernet);
  return offset + HEADER_BYTES + optionWords * 4;
}
