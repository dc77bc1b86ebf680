import type { Headers } from './headers.ts';
import { ETHER_TYPE, NEXT } from './numbers.ts';
import { looksLikeIp } from './plausible.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const ENTRY_BYTES = 4;
const LABELS_MAX = 8;
const BOTTOM_OF_STACK = 1;

/** MPLS in UDP (RFC 7510 §3), believed when the label stack ends in an IP packet. */
export function decodeMplsInUdp(view: DataView, offset: number, end: number, headers: Headers): number {
  for (let count = 0; count < LABELS_MAX; count++) {
    const body = offset + (count + 1) * ENTRY_BYTES;
    if (body > end) return -1;
    if ((view.getUint8(body - 2) & BOTTOM_OF_STACK) === 0) continue;
    if (!looksLikeIp(view, body, end, headers)) return -1;
    enterTunnel(headers, TUNNEL.mplsudp, view.getInt32(offset) >>> 12, NEXT.etherType | ETHER_TYPE.mpls);
    return offset;
  }
  return -1;
}
