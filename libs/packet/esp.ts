import type { Headers } from './headers.ts';
import { PROBLEM, stop } from './problems.ts';

/** ESP (RFC 4303 §2): what is not encrypted. */
export function decodeEsp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 8 > end) return stop(headers, PROBLEM.espTruncated);
  headers.spi = view.getInt32(offset);
  headers.espSequence = view.getInt32(offset + 4);
  return offset + 8;
}
