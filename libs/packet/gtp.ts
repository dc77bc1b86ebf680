import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { looksLikeEthernet, looksLikeIp } from './plausible.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 8;
/** Version 1, protocol type GTP; the three bits below say whether the optional fields are there. */
const VERSION_MASK = 0xf0;
const VERSION_1_GTP = 0x30;
const HAS_OPTIONAL = 0x07;
const HAS_EXTENSION = 0x04;
const USER_PACKET = 0xff;
const OPTIONAL_BYTES = 4;
const EXTENSIONS_MAX = 8;
const VERSION_0_BYTES = 20;
const VERSION_0_MASK = 0xf0;
const VERSION_0_GTP = 0x10;

/** GTP-U (3GPP TS 29.281 §5): user packets; other messages stay with their UDP flow. */
export function decodeGtp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return -1;
  const flags = view.getUint8(offset);
  if ((flags & VERSION_MASK) !== VERSION_1_GTP || view.getUint8(offset + 1) !== USER_PACKET) return -1;
  let body = offset + HEADER_BYTES;
  if ((flags & HAS_OPTIONAL) !== 0) body += OPTIONAL_BYTES;
  if ((flags & HAS_EXTENSION) !== 0) body = endOfExtensions(view, body, end);
  if (body < 0) return -1;
  const isIp = looksLikeIp(view, body, end, headers);
  if (!isIp && !looksLikeEthernet(view, body, end, headers)) return -1;
  headers.encapsulations |= ENCAPSULATION.gtp;
  const next = NEXT.linkType | (isIp ? LINK.rawIp : LINK.ethernet);
  enterTunnel(headers, TUNNEL.gtpu, view.getInt32(offset + 4), next);
  return body;
}

/** Extension headers (§5.2.1) count their length in units of 4 bytes, and end with the type of the next one. */
function endOfExtensions(view: DataView, offset: number, end: number): number {
  let at = offset;
  for (let count = 0; count < EXTENSIONS_MAX; count++) {
    if (at > end || view.getUint8(at - 1) === 0) return at;
    if (at >= end) return -1;
    const bytes = view.getUint8(at) * 4;
    if (bytes === 0 || at + bytes > end) return -1;
    at += bytes;
  }
  return -1;
}

/** GTP version 0 (GSM 09.60 §6, §8): a fixed header of 20 bytes with a flow label where version 1 has the tunnel's id. */
export function decodeGtp0(view: DataView, offset: number, end: number, headers: Headers): number {
  const body = offset + VERSION_0_BYTES;
  if (body > end || (view.getUint8(offset) & VERSION_0_MASK) !== VERSION_0_GTP) return -1;
  if (view.getUint8(offset + 1) !== USER_PACKET || !looksLikeIp(view, body, end, headers)) return -1;
  headers.encapsulations |= ENCAPSULATION.gtp;
  enterTunnel(headers, TUNNEL.gtpu, view.getUint16(offset + 6), NEXT.linkType | LINK.rawIp);
  return body;
}
