import { ENCAPSULATION, type Headers } from './headers.ts';
import { NEXT, LINK } from './numbers.ts';
import { nextOf } from './nsh.ts';
import { looksLikeEthernet, looksLikeIp } from './plausible.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 8;
const VALID_ID = 0x08;
const GPE_NEXT_PROTOCOL = 0x04;
const GPE_VERSION_MASK = 0x30;

/** VXLAN (RFC 7348 §5). */
export function decodeVxlan(view: DataView, offset: number, end: number, headers: Headers): number {
  const body = offset + HEADER_BYTES;
  if (body > end || (view.getUint8(offset) & VALID_ID) === 0) return -1;
  if (!looksLikeEthernet(view, body, end, headers)) return -1;
  headers.encapsulations |= ENCAPSULATION.vxlan;
  enterTunnel(headers, TUNNEL.vxlan, view.getInt32(offset + 4) >>> 8, NEXT.linkType | LINK.ethernet);
  return body;
}

/** VXLAN with the generic protocol extension (draft-ietf-nvo3-vxlan-gpe §3), which says what it carries. */
export function decodeVxlanGpe(view: DataView, offset: number, end: number, headers: Headers): number {
  const body = offset + HEADER_BYTES;
  if (body > end) return -1;
  const flags = view.getUint8(offset);
  if ((flags & (VALID_ID | GPE_VERSION_MASK)) !== VALID_ID) return -1;
  const hasNext = (flags & GPE_NEXT_PROTOCOL) !== 0;
  const next = hasNext ? nextOf(view.getUint8(offset + 3)) : NEXT.linkType | LINK.ethernet;
  if (next === 0) return -1;
  if (!hasNext && !looksLikeEthernet(view, body, end, headers)) return -1;
  if (hasNext && view.getUint8(offset + 3) <= 2 && !looksLikeIp(view, body, end, headers)) return -1;
  headers.encapsulations |= ENCAPSULATION.vxlan;
  enterTunnel(headers, TUNNEL.vxlangpe, view.getInt32(offset + 4) >>> 8, next);
  return body;
}
