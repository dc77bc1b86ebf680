import type { Headers } from './headers.ts';
import { note, PROBLEM, stop } from './problems.ts';

const HEADER_BYTES = 12;
const PORT_BYTES = 4;
const CHUNK_BYTES = 4;
/** Types from here on have no bit in `sctpChunks`. */
const CHUNK_TYPES = 15;
/** Chunks looked at: those that open and close an association come first. */
const CHUNKS_MAX = 16;

/** SCTP (RFC 9260 §3): ports, and which chunks the packet has. */
export function decodeSctp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + PORT_BYTES > end) return stop(headers, PROBLEM.sctpTruncated);
  headers.hasPorts = true;
  headers.sourcePort = view.getUint16(offset);
  headers.destinationPort = view.getUint16(offset + 2);
  const body = offset + HEADER_BYTES;
  if (body > end) {
    note(headers, PROBLEM.sctpTruncated);
    return body;
  }
  let at = body;
  for (let count = 0; count < CHUNKS_MAX && at + CHUNK_BYTES <= end; count++) {
    const type = view.getUint8(at);
    const bytes = view.getUint16(at + 2);
    if (count === 0) headers.sctpChunk = type;
    if (type < CHUNK_TYPES) headers.sctpChunks |= 1 << type;
    if (bytes < CHUNK_BYTES) break;
    at += (bytes + 3) & ~3;
  }
  return body;
}
