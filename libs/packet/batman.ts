import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const VERSION = 15;
const UNICAST = 0x40;
const UNICAST_BYTES = 10;
const BROADCAST = 0x01;
const BROADCAST_BYTES = 14;

/** B.A.T.M.A.N. advanced, as Linux lays it out: frames of the mesh's users, one by one or to all. */
export function decodeBatman(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + UNICAST_BYTES > end) return stop(headers, PROBLEM.batmanTruncated);
  const type = view.getUint8(offset);
  if (view.getUint8(offset + 1) !== VERSION || (type !== UNICAST && type !== BROADCAST)) return offset;
  enterTunnel(headers, TUNNEL.batman, -1, NEXT.linkType | LINK.ethernet);
  return offset + (type === UNICAST ? UNICAST_BYTES : BROADCAST_BYTES);
}
