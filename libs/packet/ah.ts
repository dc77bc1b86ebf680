import { ENCAPSULATION, type Headers } from './headers.ts';
import { NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const HEADER_BYTES_MIN = 12;

/** AH (RFC 4302 §2): noted and passed over. */
export function decodeAh(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES_MIN > end) return stop(headers, PROBLEM.ahTruncated);
  const headerBytes = (view.getUint8(offset + 1) + 2) * 4;
  if (headerBytes < HEADER_BYTES_MIN) return stop(headers, PROBLEM.ahLength);
  if (offset + headerBytes > headers.wireEnd) return stop(headers, PROBLEM.ahTruncated);
  headers.encapsulations |= ENCAPSULATION.ah;
  headers.spi = view.getInt32(offset + 4);
  headers.espSequence = view.getInt32(offset + 8);
  headers.protocol = view.getUint8(offset);
  headers.next = NEXT.ipProtocol | headers.protocol;
  return offset + headerBytes;
}
