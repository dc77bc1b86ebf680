import type { Headers } from './headers.ts';
import { note, PROBLEM, stop } from './problems.ts';

const HEADER_BYTES = 8;
const PORT_BYTES = 4;

/** UDP-Lite (RFC 3828 §3.1). */
export function decodeUdpLite(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + PORT_BYTES > end) return stop(headers, PROBLEM.udpLiteTruncated);
  headers.hasPorts = true;
  headers.sourcePort = view.getUint16(offset);
  headers.destinationPort = view.getUint16(offset + 2);
  if (offset + HEADER_BYTES > end) note(headers, PROBLEM.udpLiteTruncated);
  return offset + HEADER_BYTES;
}
