import { IPV4_ADDRESS, IPV6_ADDRESS, type QuotedPacket } from './headers.ts';
import { IP_PROTOCOL } from './numbers.ts';

const IPV4_BYTES_MIN = 20;
const IPV6_BYTES = 40;
const EXTENSIONS_MAX = 8;
const DNS_PORT = 53;

/**
 * Reads the packet that an ICMP error quotes (RFC 792, RFC 4443 §2.4): as much of addresses, ports or identifiers as is
 * there. Addresses are needed; what else is missing is left at "unknown".
 * @returns false when not even the addresses are there; `quoted.present` is then left as it was
 */
export function readQuoted(view: DataView, offset: number, end: number, quoted: QuotedPacket): boolean {
  if (offset + IPV4_BYTES_MIN > end) return false;
  const version = view.getUint8(offset) >> 4;
  if (version === 4) return readIpv4(view, offset, end, quoted);
  if (version === 6 && offset + IPV6_BYTES <= end) return readIpv6(view, offset, end, quoted);
  return false;
}

function readIpv4(view: DataView, offset: number, end: number, quoted: QuotedPacket): boolean {
  const headerBytes = (view.getUint8(offset) & 15) * 4;
  if (headerBytes < IPV4_BYTES_MIN) return false;
  quoted.present = true;
  quoted.addressKind = IPV4_ADDRESS;
  quoted.source0 = 0;
  quoted.source1 = 0;
  quoted.source2 = 0xffff;
  quoted.source3 = view.getInt32(offset + 12);
  quoted.destination0 = 0;
  quoted.destination1 = 0;
  quoted.destination2 = 0xffff;
  quoted.destination3 = view.getInt32(offset + 16);
  quoted.protocol = view.getUint8(offset + 9);
  const isLaterFragment = (view.getUint16(offset + 6) & 0x1fff) !== 0;
  readTransport(view, isLaterFragment ? end : offset + headerBytes, end, quoted);
  return true;
}

function readIpv6(view: DataView, offset: number, end: number, quoted: QuotedPacket): boolean {
  quoted.present = true;
  quoted.addressKind = IPV6_ADDRESS;
  quoted.source0 = view.getInt32(offset + 8);
  quoted.source1 = view.getInt32(offset + 12);
  quoted.source2 = view.getInt32(offset + 16);
  quoted.source3 = view.getInt32(offset + 20);
  quoted.destination0 = view.getInt32(offset + 24);
  quoted.destination1 = view.getInt32(offset + 28);
  quoted.destination2 = view.getInt32(offset + 32);
  quoted.destination3 = view.getInt32(offset + 36);
  let protocol = view.getUint8(offset + 6);
  let at = offset + IPV6_BYTES;
  for (let count = 0; count < EXTENSIONS_MAX && isExtension(protocol) && at + 8 <= end; count++) {
    const isFragment = protocol === IP_PROTOCOL.ipv6Fragment;
    const isLaterFragment = isFragment && (view.getUint16(at + 2) & 0xfff8) !== 0;
    protocol = view.getUint8(at);
    at = isLaterFragment ? end : at + (isFragment ? 8 : (view.getUint8(at + 1) + 1) * 8);
  }
  quoted.protocol = protocol;
  readTransport(view, at, end, quoted);
  return true;
}

function isExtension(protocol: number): boolean {
  return (
    protocol === IP_PROTOCOL.hopByHop ||
    protocol === IP_PROTOCOL.ipv6Routing ||
    protocol === IP_PROTOCOL.ipv6Fragment ||
    protocol === IP_PROTOCOL.ipv6Destination
  );
}

function readTransport(view: DataView, offset: number, end: number, quoted: QuotedPacket): void {
  quoted.hasPorts = false;
  quoted.sourcePort = 0;
  quoted.destinationPort = 0;
  quoted.icmpType = -1;
  quoted.icmpId = 0;
  quoted.icmpSequence = 0;
  quoted.spi = 0;
  quoted.dnsId = -1;
  switch (quoted.protocol) {
    case IP_PROTOCOL.tcp:
    case IP_PROTOCOL.udp:
    case IP_PROTOCOL.udpLite:
    case IP_PROTOCOL.sctp:
    case IP_PROTOCOL.dccp:
      readPorts(view, offset, end, quoted);
      break;
    case IP_PROTOCOL.icmp:
    case IP_PROTOCOL.icmp6:
      if (offset + 8 > end) break;
      quoted.icmpType = view.getUint8(offset);
      quoted.icmpId = view.getUint16(offset + 4);
      quoted.icmpSequence = view.getUint16(offset + 6);
      break;
    case IP_PROTOCOL.esp:
      if (offset + 4 <= end) quoted.spi = view.getInt32(offset);
      break;
    default:
  }
}

function readPorts(view: DataView, offset: number, end: number, quoted: QuotedPacket): void {
  if (offset + 4 > end) return;
  quoted.hasPorts = true;
  quoted.sourcePort = view.getUint16(offset);
  quoted.destinationPort = view.getUint16(offset + 2);
  const isDns = quoted.sourcePort === DNS_PORT || quoted.destinationPort === DNS_PORT;
  if (isDns && quoted.protocol === IP_PROTOCOL.udp && offset + 10 <= end) quoted.dnsId = view.getUint16(offset + 8);
}
