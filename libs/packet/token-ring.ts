import type { Headers } from './headers.ts';
import { ETHER_TYPE, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { setStations } from './stations.ts';

const HEADER_BYTES = 14;
/** Two highest bits of frame control: 01 is an LLC frame. */
const TYPE_MASK = 0xc0;
const TYPE_LLC = 0x40;
/** In the first byte of the sender's address: routing information follows. */
const SOURCE_ROUTED = 0x80;
const ROUTE_BYTES_MASK = 0x1f;

/** IEEE 802.5 token ring (§3.2). */
export function decodeTokenRing(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.tokenRingTruncated);
  const body = offset + HEADER_BYTES;
  const isRouted = (view.getUint8(offset + 8) & SOURCE_ROUTED) !== 0;
  if (isRouted && body >= end) return stop(headers, PROBLEM.tokenRingTruncated);
  setStations(view, offset + 2, offset + 8, headers);
  // The mark of routing is no part of the sender's address.
  if (isRouted && headers.tunnelDepth === 0) headers.sourceMacHigh &= ~(SOURCE_ROUTED << 8);
  if ((view.getUint8(offset + 1) & TYPE_MASK) === TYPE_LLC) headers.next = NEXT.etherType | ETHER_TYPE.llc;
  return isRouted ? body + (view.getUint8(body) & ROUTE_BYTES_MASK) : body;
}
