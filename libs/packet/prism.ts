import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const FIXED_BYTES = 8;
/** Upper 24 bits of the AVS header's first word; the lowest byte is its version. */
const AVS_MAGIC = 0x802110;

/**
 * The Prism monitoring header, whose length lies in its second word in the byte order of the capturing machine, or the
 * AVS header, which the same link type may carry.
 */
export function decodePrism(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + FIXED_BYTES > end) return stop(headers, PROBLEM.prismTruncated);
  if (view.getUint32(offset) >>> 8 === AVS_MAGIC) return decodeAvs(view, offset, end, headers);
  const length = view.getUint32(offset + 4, true);
  const body = offset + (length <= 0xffff ? length : view.getUint32(offset + 4));
  if (body < offset + FIXED_BYTES || body > headers.wireEnd) return stop(headers, PROBLEM.prismTruncated);
  headers.encapsulations |= ENCAPSULATION.prism;
  headers.next = NEXT.linkType | LINK.wlan;
  return body;
}

/** The AVS monitoring header: magic number with version, then its length. Big-endian. */
export function decodeAvs(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + FIXED_BYTES > end) return stop(headers, PROBLEM.avsTruncated);
  const body = offset + view.getUint32(offset + 4);
  if (body < offset + FIXED_BYTES || body > headers.wireEnd) return stop(headers, PROBLEM.avsTruncated);
  headers.encapsulations |= ENCAPSULATION.avs;
  headers.next = NEXT.linkType | LINK.wlan;
  return body;
}
