import { ENCAPSULATION, type Headers } from './headers.ts';
import { ETHER_TYPE, LINK, NEXT } from './numbers.ts';
import { looksLikeEthernet, looksLikeIp } from './plausible.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 8;
const ETHERNET = 0x6558;
const RESERVED_MASK = 0x3f;

/** Geneve (RFC 8926 §3.4), version 0. */
export function decodeGeneve(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return -1;
  const first = view.getUint8(offset);
  if (first >> 6 !== 0 || (view.getUint8(offset + 1) & RESERVED_MASK) !== 0) return -1;
  const body = offset + HEADER_BYTES + (first & 0x3f) * 4;
  const protocol = view.getUint16(offset + 2);
  const isEthernet = protocol === ETHERNET;
  if (!isEthernet && protocol !== ETHER_TYPE.ipv4 && protocol !== ETHER_TYPE.ipv6) return -1;
  if (isEthernet ? !looksLikeEthernet(view, body, end, headers) : !looksLikeIp(view, body, end, headers)) return -1;
  headers.encapsulations |= ENCAPSULATION.geneve;
  const next = isEthernet ? NEXT.linkType | LINK.ethernet : NEXT.etherType | protocol;
  enterTunnel(headers, TUNNEL.geneve, view.getInt32(offset + 4) >>> 8, next);
  return body;
}
