import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 4;
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGEMENT = 0x0080;
const VERSION_MASK = 7;
const ROUTES_MAX = 16;
const ROUTE_BYTES = 4;
const ETHERNET = 0x6558;
const PPP = 0x880b;
const ERSPAN = 0x88be;
const ERSPAN_3 = 0x22eb;
const WCCP = 0x883e;
const WCCP_REDIRECT_BYTES = 4;
const IPV4_NIBBLE = 4;

/**
 * GRE (RFC 2784, RFC 2890), NVGRE (RFC 7637), which is GRE with a key in front of Ethernet, and the enhanced GRE of PPTP
 * (RFC 2637 §4.1). The source routing of RFC 1701 is passed over.
 */
export function decodeGre(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.greTruncated);
  const flags = view.getUint16(offset);
  const version = flags & VERSION_MASK;
  if (version > 1) return stop(headers, PROBLEM.greVersion);
  const protocol = view.getUint16(offset + 2);
  let at = offset + HEADER_BYTES;
  if ((flags & (CHECKSUM | ROUTING)) !== 0) at += 4;
  const key = at;
  if ((flags & KEY) !== 0) at += 4;
  if ((flags & SEQUENCE) !== 0) at += 4;
  if (version === 1 && (flags & ACKNOWLEDGEMENT) !== 0) at += 4;
  if (at > end) return stop(headers, PROBLEM.greTruncated);
  headers.encapsulations |= ENCAPSULATION.gre;
  if ((flags & ROUTING) !== 0) {
    at = endOfRouting(view, at, end);
    if (at < 0) return stop(headers, PROBLEM.greRouting);
  }
  const keyValue = (flags & KEY) === 0 ? -1 : view.getInt32(key);
  if (version === 1) return decodePptp(at, headers, keyValue);
  return enterByProtocol(view, at, end, headers, protocol, flags, keyValue);
}

/** Source route entries: address family, offset, length, and that many bytes; one of family and length zero is the last. */
function endOfRouting(view: DataView, offset: number, end: number): number {
  let at = offset;
  for (let count = 0; count < ROUTES_MAX && at + ROUTE_BYTES <= end; count++) {
    const bytes = view.getUint8(at + 3);
    const isLast = view.getUint16(at) === 0 && bytes === 0;
    at += ROUTE_BYTES + bytes;
    if (isLast) return at;
  }
  return -1;
}

/** The key of version 1 is the payload's length and the call's number; without payload the packet only acknowledges. */
function decodePptp(body: number, headers: Headers, key: number): number {
  if (key >>> 16 !== 0) enterTunnel(headers, TUNNEL.pptp, key & 0xffff, NEXT.linkType | LINK.ppp);
  return body;
}

function enterByProtocol(
  view: DataView,
  body: number,
  end: number,
  headers: Headers,
  protocol: number,
  flags: number,
  key: number,
): number {
  switch (protocol) {
    case ETHERNET:
      if ((flags & (CHECKSUM | KEY | SEQUENCE)) === KEY) {
        enterTunnel(headers, TUNNEL.nvgre, key >>> 8, NEXT.linkType | LINK.ethernet);
      } else {
        enterTunnel(headers, TUNNEL.gre, key, NEXT.linkType | LINK.ethernet);
      }
      return body;
    case PPP:
      enterTunnel(headers, TUNNEL.gre, key, NEXT.linkType | LINK.ppp);
      return body;
    case ERSPAN:
    case ERSPAN_3:
      // Without sequence number it is the first version, which has no header of its own; the decoder needs to know.
      if ((flags & SEQUENCE) !== 0) headers.next = NEXT.etherType | protocol;
      else enterErspan1(headers);
      return body;
    case WCCP: {
      const hasRedirect = body < end && view.getUint8(body) >> 4 !== IPV4_NIBBLE;
      enterTunnel(headers, TUNNEL.gre, key, NEXT.linkType | LINK.rawIp);
      return hasRedirect ? body + WCCP_REDIRECT_BYTES : body;
    }
    default:
      enterTunnel(headers, TUNNEL.gre, key, NEXT.etherType | protocol);
      return body;
  }
}

function enterErspan1(headers: Headers): void {
  headers.encapsulations |= ENCAPSULATION.erspan;
  enterTunnel(headers, TUNNEL.erspan1, -1, NEXT.linkType | LINK.ethernet);
}
