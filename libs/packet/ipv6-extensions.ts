import { FIRST_FRAGMENT, IP_OPTION, IPV6_ADDRESS, LATER_FRAGMENT, type Headers } from './headers.ts';
import { trimTo } from './ipv6.ts';
import { IP_PROTOCOL, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const FRAGMENT_BYTES = 8;
const OPTION_PAD1 = 0;
const OPTION_ROUTER_ALERT = 5;
const OPTION_JUMBO = 0xc2;
/** Options looked at in one header, so that a header full of one-byte padding costs no more than any other. */
const OPTIONS_MAX = 64;
/** A header of these without a successor is what the packet is about (RFC 6275 §6.1, RFC 7401 §5.1, RFC 5533 §5.1). */
const isOwnPurpose = (protocol: number): boolean =>
  protocol === IP_PROTOCOL.mobility || protocol === IP_PROTOCOL.hip || protocol === IP_PROTOCOL.shim6;

/** One extension header (RFC 8200 §4); which, says `headers.protocol`. */
export function decodeIpv6Extension(view: DataView, offset: number, end: number, headers: Headers): number {
  if (headers.addressKind !== IPV6_ADDRESS) return stop(headers, PROBLEM.ipv6ExtensionMisplaced);
  if (offset + 8 > end) return stop(headers, PROBLEM.ipv6ExtensionTruncated);
  const protocol = headers.protocol;
  const nextHeader = view.getUint8(offset);
  if (protocol === IP_PROTOCOL.ipv6Fragment) return decodeFragment(view, offset, nextHeader, headers);
  const body = offset + (view.getUint8(offset + 1) + 1) * 8;
  if (body > headers.wireEnd) return stop(headers, PROBLEM.ipv6ExtensionTruncated);
  if (protocol === IP_PROTOCOL.hopByHop) readOptions(view, offset, Math.min(body, end), headers);
  if (nextHeader !== IP_PROTOCOL.noNext || !isOwnPurpose(protocol)) headers.protocol = nextHeader;
  headers.next = NEXT.ipProtocol | nextHeader;
  return body;
}

/** RFC 8200 §4.5; a fragment that is the whole packet (RFC 6946) is none. */
function decodeFragment(view: DataView, offset: number, nextHeader: number, headers: Headers): number {
  const word = view.getUint16(offset + 2);
  const fragmentOffset = word & 0xfff8;
  const moreFragments = (word & 1) !== 0;
  headers.protocol = nextHeader;
  headers.next = NEXT.ipProtocol | nextHeader;
  if (fragmentOffset !== 0 || moreFragments) {
    headers.fragment = fragmentOffset === 0 ? FIRST_FRAGMENT : LATER_FRAGMENT;
    headers.fragmentId = view.getInt32(offset + 4);
    headers.fragmentOffset = fragmentOffset;
    headers.moreFragments = moreFragments;
    if (fragmentOffset !== 0) headers.next = 0;
  }
  return offset + FRAGMENT_BYTES;
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
