import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { looksLikeEthernet, looksLikeIp } from './plausible.ts';
import { note, PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const CONTROL = 0x8000;
const HAS_LENGTH = 0x4000;
const HAS_SEQUENCE = 0x0800;
const HAS_OFFSET = 0x0200;
const VERSION_MASK = 0x000f;
/** Reserved bits of version 2, which a random datagram to the port seldom has all clear. */
const RESERVED_2 = 0x34f0;
const SESSION_BYTES = 4;
const PPP_START = 0xff03;

/** L2TP over UDP, both versions (RFC 2661 §3.1, RFC 3931 §4.1.2.1). Control messages stay with their UDP flow. */
export function decodeL2tp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 6 > end) return -1;
  const flags = view.getUint16(offset);
  if ((flags & CONTROL) !== 0) return -1;
  if ((flags & VERSION_MASK) === 2 && (flags & RESERVED_2) === 0)
    return decodeVersion2(view, offset, end, headers, flags);
  if (flags === 3) return decodeVersion3(view, offset + 4, end, headers);
  return -1;
}

function decodeVersion2(view: DataView, offset: number, end: number, headers: Headers, flags: number): number {
  const ids = offset + ((flags & HAS_LENGTH) === 0 ? 2 : 4);
  let body = ids + 4 + ((flags & HAS_SEQUENCE) === 0 ? 0 : 4);
  if ((flags & HAS_OFFSET) !== 0) {
    if (body + 2 > end) return -1;
    body += 2 + view.getUint16(body);
  }
  if (body + 2 > end) return -1;
  headers.encapsulations |= ENCAPSULATION.l2tp;
  enterTunnel(headers, TUNNEL.l2tp, view.getInt32(ids), NEXT.linkType | LINK.ppp);
  return body;
}

/** L2TPv3 over IP (RFC 3931 §4.1.1.1); session 0 is that of control messages. */
export function decodeL2tpOverIp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + SESSION_BYTES > end) return stop(headers, PROBLEM.l2tpTruncated);
  const body = decodeVersion3(view, offset, end, headers);
  if (body < 0 && view.getInt32(offset) !== 0) note(headers, PROBLEM.l2tpPayload);
  return body < 0 ? offset + SESSION_BYTES : body;
}

/**
 * What a session carries, how long its cookie is (0, 4 or 8 bytes) and whether 4 bytes of a sublayer follow, only the
 * control connection tells: the first place where a packet fits is taken.
 */
function decodeVersion3(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + SESSION_BYTES > end) return -1;
  const session = view.getInt32(offset);
  if (session === 0) return -1;
  for (let body = offset + SESSION_BYTES; body <= offset + SESSION_BYTES + 12; body += 4) {
    const link = linkAt(view, body, end, headers);
    if (link < 0) continue;
    headers.encapsulations |= ENCAPSULATION.l2tp;
    enterTunnel(headers, TUNNEL.l2tp3, session, NEXT.linkType | link);
    return body;
  }
  return -1;
}

function linkAt(view: DataView, offset: number, end: number, headers: Headers): number {
  if (looksLikeEthernet(view, offset, end, headers)) return LINK.ethernet;
  if (looksLikeIp(view, offset, end, headers)) return LINK.rawIp;
  if (offset + 2 <= end && view.getUint16(offset) === PPP_START) return LINK.ppp;
  return -1;
}
