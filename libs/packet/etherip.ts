import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 2;
const VERSION = 3;

/** Ethernet in IP (RFC 3378 §2). */
export function decodeEtherIp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.etherIpTruncated);
  if (view.getUint8(offset) >> 4 !== VERSION) return stop(headers, PROBLEM.etherIpVersion);
  enterTunnel(headers, TUNNEL.etherip, -1, NEXT.linkType | LINK.ethernet);
  return offset + HEADER_BYTES;
}
