import type { Headers } from './headers.ts';
import { note, PROBLEM, stop } from './problems.ts';
import { openUdpTunnel } from './udp-tunnels.ts';

const HEADER_BYTES = 8;
const PORT_BYTES = 4;
const DNS_PORT = 53;

/** UDP (RFC 768). A datagram cut after its ports still belongs to its flow. */
export function decodeUdp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + PORT_BYTES > end) return stop(headers, PROBLEM.udpTruncated);
  const sourcePort = view.getUint16(offset);
  const destinationPort = view.getUint16(offset + 2);
  const body = offset + HEADER_BYTES;
  headers.hasPorts = true;
  headers.sourcePort = sourcePort;
  headers.destinationPort = destinationPort;
  if (body > end) {
    note(headers, PROBLEM.udpTruncated);
    return body;
  }
  // Zero is the length of a jumbogram (RFC 2675 §4) or is left to the interface to fill in.
  const datagramBytes = view.getUint16(offset + 4);
  if (datagramBytes !== 0 && datagramBytes < HEADER_BYTES) note(headers, PROBLEM.udpLength);
  if ((sourcePort === DNS_PORT || destinationPort === DNS_PORT) && body + 2 <= end) {
    headers.dnsId = view.getUint16(body);
  }
  return openUdpTunnel(view, body, end, headers);
}
