import type { Headers } from './headers.ts';
import { note, PROBLEM, stop } from './problems.ts';

const HEADER_BYTES_MIN = 12;
const PORT_BYTES = 4;

/** DCCP (RFC 4340 §5.1). */
export function decodeDccp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + PORT_BYTES > end) return stop(headers, PROBLEM.dccpTruncated);
  headers.hasPorts = true;
  headers.sourcePort = view.getUint16(offset);
  headers.destinationPort = view.getUint16(offset + 2);
  const bytes = offset + HEADER_BYTES_MIN > end ? 0 : view.getUint8(offset + 4) * 4;
  if (bytes < HEADER_BYTES_MIN || offset + bytes > headers.wireEnd) {
    note(headers, PROBLEM.dccpTruncated);
    return offset + HEADER_BYTES_MIN;
  }
  return offset + bytes;
}
