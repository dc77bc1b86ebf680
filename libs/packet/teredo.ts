import { ENCAPSULATION, type Headers } from './headers.ts';
import { ETHER_TYPE, IP_PROTOCOL, NEXT } from './numbers.ts';
import { looksLikeIpv6 } from './plausible.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const AUTHENTICATION = 0x0001;
const AUTHENTICATION_BYTES = 13;
const ORIGIN = 0x0000;
const ORIGIN_BYTES = 8;

/** Teredo (RFC 4380 §5.1.1): IPv6, behind an authentication and an origin indication where they are sent. */
export function decodeTeredo(view: DataView, offset: number, end: number, headers: Headers): number {
  let at = offset;
  if (at + 4 <= end && view.getUint16(at) === AUTHENTICATION) {
    at += AUTHENTICATION_BYTES + view.getUint8(at + 2) + view.getUint8(at + 3);
  }
  if (at + 2 <= end && view.getUint16(at) === ORIGIN) at += ORIGIN_BYTES;
  if (!looksLikeIpv6(view, at, end, headers)) return -1;
  // A bubble (§2.8) keeps the translator's door open and carries nothing: it belongs to the flow outside.
  if (view.getUint8(at + 6) === IP_PROTOCOL.noNext) return -1;
  headers.encapsulations |= ENCAPSULATION.teredo;
  enterTunnel(headers, TUNNEL.teredo, -1, NEXT.etherType | ETHER_TYPE.ipv6);
  return at;
}
