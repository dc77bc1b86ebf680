import { IPV6_ADDRESS, NOT_FRAGMENTED, type Headers } from './headers.ts';
import { ETHER_TYPE, IP_PROTOCOL, NEXT } from './numbers.ts';
import { note, PROBLEM, stop } from './problems.ts';
import { commitTunnel } from './tunnel.ts';

const HEADER_BYTES = 40;

/**
 * IPv6 (RFC 8200 §3). A payload length of zero is that of a jumbogram (RFC 2675) or of a segment which the interface has
 * yet to cut: the frame's end holds, until a jumbo option says better. Extension headers come next, one by one.
 */
export function decodeIpv6(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.ipv6Truncated);
  const firstWord = view.getUint16(offset);
  if (firstWord >> 12 !== 6) return stop(headers, PROBLEM.ipv6Version);
  const body = offset + HEADER_BYTES;
  const payloadBytes = view.getUint16(offset + 4);
  const nextHeader = view.getUint8(offset + 6);
  if (payloadBytes !== 0 || nextHeader === IP_PROTOCOL.noNext) trimTo(body + payloadBytes, headers);
  if (headers.tunnelsPending !== 0) commitTunnel(headers);
  headers.etherType = ETHER_TYPE.ipv6;
  headers.addressKind = IPV6_ADDRESS;
  headers.source0 = view.getInt32(offset + 8);
  headers.source1 = view.getInt32(offset + 12);
  headers.source2 = view.getInt32(offset + 16);
  headers.source3 = view.getInt32(offset + 20);
  headers.destination0 = view.getInt32(offset + 24);
  headers.destination1 = view.getInt32(offset + 28);
  headers.destination2 = view.getInt32(offset + 32);
  headers.destination3 = view.getInt32(offset + 36);
  headers.tos = (firstWord >> 4) & 255;
  headers.ipId = 0;
  headers.ttl = view.getUint8(offset + 7);
  headers.ipOptions = 0;
  headers.fragment = NOT_FRAGMENTED;
  headers.protocol = nextHeader;
  headers.next = NEXT.ipProtocol | nextHeader;
  return body;
}

/** Ends the packet at `wireEnd`, which must not lie beyond the frame. */
export function trimTo(wireEnd: number, headers: Headers): void {
  if (wireEnd > headers.wireEnd) {
    note(headers, PROBLEM.ipv6LengthBeyond);
    return;
  }
  headers.wireEnd = wireEnd;
  if (wireEnd < headers.payloadEnd) headers.payloadEnd = wireEnd;
}
