import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { note, PROBLEM, stop } from './problems.ts';

const HEADER_BYTES = 6;

/** PPPoE (RFC 2516 §4); code 0 is a session's PPP frame, others are discovery. The length trims the padding. */
export function decodePppoe(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.pppoeTruncated);
  headers.encapsulations |= ENCAPSULATION.pppoe;
  const body = offset + HEADER_BYTES;
  const wireEnd = body + view.getUint16(offset + 4);
  if (wireEnd > headers.wireEnd) {
    note(headers, PROBLEM.pppoeLength);
  } else {
    headers.wireEnd = wireEnd;
    if (wireEnd < headers.payloadEnd) headers.payloadEnd = wireEnd;
  }
  if (view.getUint8(offset + 1) === 0) headers.next = NEXT.linkType | LINK.ppp;
  return body;
}
