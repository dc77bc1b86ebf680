import { FIRST_FRAGMENT, IP_OPTION, IPV6_ADDRESS, LATER_FRAGMENT, type Headers } from './headers.ts';
import { trimTo } from './ipv6.ts';
import { IP_PROTOCOL, NEXT } from './numbers.ts';
import { note, PROBLEM, stop } from './problems.ts';

const UNIT_BYTES = 8;
/** In one packet, over all its tunnels. More than any sender has a use for; captures of packets with a hundred exist. */
const EXTENSIONS_MAX = 128;
const OPTION_PAD1 = 0;
const OPTION_ROUTER_ALERT = 5;
const OPTION_JUMBO = 0xc2;
/** Options looked at, so that a header full of one-byte padding costs no more than any other. */
const OPTIONS_MAX = 64;

/** Extension headers of the common form, and the fragment header; AH has a decoder of its own. */
const IS_EXTENSION = new Uint8Array(256);
for (const protocol of [
  IP_PROTOCOL.hopByHop,
  IP_PROTOCOL.ipv6Routing,
  IP_PROTOCOL.ipv6Fragment,
  IP_PROTOCOL.ipv6Destination,
  IP_PROTOCOL.mobility,
  IP_PROTOCOL.hip,
  IP_PROTOCOL.shim6,
]) {
  IS_EXTENSION[protocol] = 1;
}

/** A header of these without a successor is what the packet is about (RFC 6275 §6.1, RFC 7401 §5.1, RFC 5533 §5.1). */
const isOwnPurpose = (protocol: number): boolean =>
  protocol === IP_PROTOCOL.mobility || protocol === IP_PROTOCOL.hip || protocol === IP_PROTOCOL.shim6;

/** A run of extension headers (RFC 8200 §4); what the first one is, says `headers.protocol`. */
export function decodeIpv6Extensions(view: DataView, offset: number, end: number, headers: Headers): number {
  if (headers.addressKind !== IPV6_ADDRESS) return stop(headers, PROBLEM.ipv6ExtensionMisplaced);
  let at = offset;
  let protocol = headers.protocol;
  for (let count = 0; IS_EXTENSION[protocol] === 1; count++) {
    if (at + UNIT_BYTES > end) return broken(at, PROBLEM.ipv6ExtensionTruncated, headers);
    if (headers.extensions === EXTENSIONS_MAX) return broken(at, PROBLEM.ipv6ExtensionCount, headers);
    headers.extensions += 1;
    const nextHeader = view.getUint8(at);
    if (protocol === IP_PROTOCOL.ipv6Fragment) {
      headers.protocol = nextHeader;
      at += UNIT_BYTES;
      if (!takeFragment(view, at - UNIT_BYTES, headers)) return at;
    } else {
      const body = at + (view.getUint8(at + 1) + 1) * UNIT_BYTES;
      if (body > headers.wireEnd) return broken(at, PROBLEM.ipv6ExtensionTruncated, headers);
      if (protocol === IP_PROTOCOL.hopByHop && count === 0) readOptions(view, at, Math.min(body, end), headers);
      if (nextHeader !== IP_PROTOCOL.noNext || !isOwnPurpose(protocol)) headers.protocol = nextHeader;
      at = body;
    }
    protocol = nextHeader;
  }
  headers.next = NEXT.ipProtocol | protocol;
  return at;
}

/** What the headers before this one said holds. */
function broken(at: number, problem: number, headers: Headers): number {
  note(headers, problem);
  headers.next = 0;
  return at;
}

/**
 * RFC 8200 §4.5; a fragment that is the whole packet (RFC 6946) is none.
 * @returns whether headers follow
 */
function takeFragment(view: DataView, offset: number, headers: Headers): boolean {
  const word = view.getUint16(offset + 2);
  const fragmentOffset = word & 0xfff8;
  const moreFragments = (word & 1) !== 0;
  if (fragmentOffset === 0 && !moreFragments) return true;
  headers.fragment = fragmentOffset === 0 ? FIRST_FRAGMENT : LATER_FRAGMENT;
  headers.fragmentId = view.getInt32(offset + 4);
  headers.fragmentOffset = fragmentOffset;
  headers.fragmentBytes = Math.max(0, headers.wireEnd - offset - UNIT_BYTES);
  headers.moreFragments = moreFragments;
  return fragmentOffset === 0;
}

/** Hop-by-hop options: the router alert (RFC 2711) and the length of a jumbogram (RFC 2675 §2). */
function readOptions(view: DataView, offset: number, end: number, headers: Headers): void {
  let at = offset + 2;
  for (let count = 0; count < OPTIONS_MAX && at + 2 <= end; count++) {
    const type = view.getUint8(at);
    if (type === OPTION_PAD1) {
      at += 1;
      continue;
    }
    const bytes = view.getUint8(at + 1);
    if (type === OPTION_ROUTER_ALERT) headers.ipOptions |= IP_OPTION.routerAlert;
    if (type === OPTION_JUMBO && bytes === 4 && at + 6 <= end) {
      trimTo(offset + Math.min(view.getUint32(at + 2), 1 << 29), headers);
    }
    at += 2 + bytes;
  }
}
