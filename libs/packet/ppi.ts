import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { dropCheckSequence } from './radiotap.ts';

const HEADER_BYTES = 8;
const FIELDS_MAX = 32;
const FIELD_WLAN_COMMON = 2;
/** Offset of the flags in that field, behind its type, length and a time stamp. */
const FLAGS_OFFSET = 4 + 8;
const FLAG_FCS_AT_END = 1;

/** Per-packet information (CACE PPI 1.0.7): fields, then a frame of the link type that the header names. Little-endian. */
export function decodePpi(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.ppiTruncated);
  const body = offset + view.getUint16(offset + 2, true);
  if (body < offset + HEADER_BYTES || body > headers.wireEnd) return stop(headers, PROBLEM.ppiTruncated);
  const linkType = view.getUint32(offset + 4, true);
  if (linkType === LINK.wlan && hasCheckSequence(view, offset + HEADER_BYTES, Math.min(body, end))) {
    dropCheckSequence(body, headers);
  }
  headers.next = linkType > 0xffff ? 0 : NEXT.linkType | linkType;
  return body;
}

function hasCheckSequence(view: DataView, offset: number, end: number): boolean {
  let at = offset;
  for (let count = 0; count < FIELDS_MAX && at + 4 <= end; count++) {
    if (view.getUint16(at, true) === FIELD_WLAN_COMMON) {
      return at + FLAGS_OFFSET + 2 <= end && (view.getUint16(at + FLAGS_OFFSET, true) & FLAG_FCS_AT_END) !== 0;
    }
    at += 4 + view.getUint16(at + 2, true);
  }
  return false;
}
