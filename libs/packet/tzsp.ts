import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { looksLikeEthernet } from './plausible.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 4;
const VERSION = 1;
const ENCAPSULATES_ETHERNET = 1;
const TAG_PADDING = 0;
const TAG_END = 1;
const TAGS_MAX = 32;

/** TZSP, by which some access points and routers send what they sniff. */
export function decodeTzsp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end || view.getUint8(offset) !== VERSION) return -1;
  if (view.getUint16(offset + 2) !== ENCAPSULATES_ETHERNET) return -1;
  const body = endOfTags(view, offset + HEADER_BYTES, end);
  if (body < 0 || !looksLikeEthernet(view, body, end, headers)) return -1;
  enterTunnel(headers, TUNNEL.tzsp, -1, NEXT.linkType | LINK.ethernet);
  return body;
}

function endOfTags(view: DataView, offset: number, end: number): number {
  let at = offset;
  for (let count = 0; count < TAGS_MAX && at < end; count++) {
    const tag = view.getUint8(at);
    at += 1;
    if (tag === TAG_END) return at;
    if (tag === TAG_PADDING) continue;
    if (at >= end) return -1;
    at += 1 + view.getUint8(at);
  }
  return -1;
}
