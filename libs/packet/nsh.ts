import type { Headers } from './headers.ts';
import { ETHER_TYPE, LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 8;

/** Network service header (RFC 8300 §2); its id is that of the service path. */
export function decodeNsh(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.nshTruncated);
  const bytes = (view.getUint8(offset + 1) & 0x3f) * 4;
  if (bytes < HEADER_BYTES || offset + bytes > headers.wireEnd) return stop(headers, PROBLEM.nshTruncated);
  const next = nextOf(view.getUint8(offset + 3));
  if (next !== 0) enterTunnel(headers, TUNNEL.nsh, view.getInt32(offset + 4) >>> 8, next);
  return offset + bytes;
}

/** Numbers that NSH shares with VXLAN-GPE (RFC 8300 §11.2.5). */
export function nextOf(protocol: number): number {
  switch (protocol) {
    case 1:
      return NEXT.etherType | ETHER_TYPE.ipv4;
    case 2:
      return NEXT.etherType | ETHER_TYPE.ipv6;
    case 3:
      return NEXT.linkType | LINK.ethernet;
    case 4:
      return NEXT.etherType | ETHER_TYPE.nsh;
    case 5:
      return NEXT.etherType | ETHER_TYPE.mpls;
    default:
      return 0;
  }
}
