import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

/** Direction, kind of compression and a compressed header, or what would stand for one: as BSD writes it. */
const BSD_HEADER_BYTES = 16;

/** SLIP (RFC 1055): an IP packet, in captures of BSD behind a header of its own. */
export function decodeSlip(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset >= end) return stop(headers, PROBLEM.slipTruncated);
  headers.encapsulations |= ENCAPSULATION.slip;
  headers.next = NEXT.linkType | LINK.rawIp;
  const version = view.getUint8(offset) >> 4;
  return version === 4 || version === 6 ? offset : offset + BSD_HEADER_BYTES;
}
