import { FIRST_FRAGMENT, IP_OPTION, IPV4_ADDRESS, LATER_FRAGMENT, NOT_FRAGMENTED, type Headers } from './headers.ts';
import { decodeIpv6 } from './ipv6.ts';
import { ETHER_TYPE, NEXT } from './numbers.ts';
import { note, PROBLEM, stop } from './problems.ts';
import { commitTunnel } from './tunnel.ts';

const HEADER_BYTES_MIN = 20;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;

/**
 * IPv4 (RFC 791 §3.1). The total length trims what a link padded; a total length of zero is that of a segment which the
 * interface has yet to cut, and means "to the end of the frame".
 */
export function decodeIpv4(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES_MIN > end) return stop(headers, PROBLEM.ipv4Truncated);
  const versionAndLength = view.getUint8(offset);
  if (versionAndLength >> 4 !== 4) return decodeOtherVersion(view, offset, end, headers, versionAndLength >> 4);
  const body = offset + (versionAndLength & 15) * 4;
  if (body < offset + HEADER_BYTES_MIN || body > headers.wireEnd) return stop(headers, PROBLEM.ipv4HeaderLength);
  const totalBytes = view.getUint16(offset + 2);
  if (totalBytes !== 0) {
    const wireEnd = offset + totalBytes;
    if (wireEnd < body) return stop(headers, PROBLEM.ipv4TotalLength);
    if (wireEnd > headers.wireEnd) note(headers, PROBLEM.ipv4LengthBeyond);
    else headers.wireEnd = wireEnd;
    if (wireEnd < end) headers.payloadEnd = wireEnd;
  }
  if (headers.tunnelsPending !== 0) commitTunnel(headers);
  headers.etherType = ETHER_TYPE.ipv4;
  headers.addressKind = IPV4_ADDRESS;
  headers.source0 = 0;
  headers.source1 = 0;
  headers.source2 = 0xffff;
  headers.source3 = view.getInt32(offset + 12);
  headers.destination0 = 0;
  headers.destination1 = 0;
  headers.destination2 = 0xffff;
  headers.destination3 = view.getInt32(offset + 16);
  headers.tos = view.getUint8(offset + 1);
  headers.ipId = view.getUint16(offset + 4);
  headers.ttl = view.getUint8(offset + 8);
  const protocol = view.getUint8(offset + 9);
  headers.protocol = protocol;
  headers.ipOptions =
    body === offset + HEADER_BYTES_MIN ? 0 : readOptions(view, offset + HEADER_BYTES_MIN, body, headers);
  headers.next = NEXT.ipProtocol | protocol;
  const fragment = view.getUint16(offset + 6);
  if ((fragment & (MORE_FRAGMENTS | OFFSET_MASK)) === 0) headers.fragment = NOT_FRAGMENTED;
  else setFragment(fragment, body, headers);
  return body;
}

/** What is announced as IPv4 and is IPv6: the first four bits know better than the link. */
function decodeOtherVersion(view: DataView, offset: number, end: number, headers: Headers, version: number): number {
  return version === 6 ? decodeIpv6(view, offset, end, headers) : stop(headers, PROBLEM.ipv4Version);
}

function setFragment(word: number, body: number, headers: Headers): void {
  const units = word & OFFSET_MASK;
  headers.fragment = units === 0 ? FIRST_FRAGMENT : LATER_FRAGMENT;
  headers.fragmentId = headers.ipId;
  headers.fragmentOffset = units * 8;
  headers.fragmentBytes = headers.wireEnd - body;
  headers.moreFragments = (word & MORE_FRAGMENTS) !== 0;
  if (units !== 0) headers.next = 0;
}

const LOOSE_ROUTE = 131;
const STRICT_ROUTE = 137;

/** The whole option octet, with the copied flag (IANA "ip-parameters"). */
function optionBit(type: number): number {
  switch (type) {
    case 7:
      return IP_OPTION.recordRoute;
    case 68:
      return IP_OPTION.timestamp;
    case 130:
    case 133:
      return IP_OPTION.security;
    case LOOSE_ROUTE:
      return IP_OPTION.looseSourceRoute;
    case 136:
      return IP_OPTION.satnet;
    case STRICT_ROUTE:
      return IP_OPTION.strictSourceRoute;
    case 148:
      return IP_OPTION.routerAlert;
    default:
      return IP_OPTION.unknown;
  }
}

/** Options of RFC 791 §3.1, at most 40 bytes; those that the capture cut off are not seen. */
function readOptions(view: DataView, offset: number, body: number, headers: Headers): number {
  const end = Math.min(body, headers.payloadEnd);
  let found = 0;
  for (let at = offset; at < end;) {
    const type = view.getUint8(at);
    if (type === 0) break;
    if (type === 1) {
      at += 1;
      continue;
    }
    found |= optionBit(type);
    if (at + 2 > end) break;
    const bytes = view.getUint8(at + 1);
    if (bytes < 2 || at + bytes > body) {
      note(headers, PROBLEM.ipv4Options);
      break;
    }
    if (type === LOOSE_ROUTE || type === STRICT_ROUTE) takeRoute(view, at, bytes, end, headers);
    at += bytes;
  }
  return found;
}

/** Until a source route is used up, the last of its addresses is where the packet is going (RFC 791 §3.1). */
function takeRoute(view: DataView, offset: number, bytes: number, end: number, headers: Headers): void {
  if (bytes < 7 || offset + bytes > end) return;
  const pointer = view.getUint8(offset + 2);
  if (pointer >= 4 && pointer + 3 <= bytes) headers.destination3 = view.getInt32(offset + bytes - 4);
}
