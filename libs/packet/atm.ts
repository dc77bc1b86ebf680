import { ENCAPSULATION, type Headers } from './headers.ts';
import { ETHER_TYPE, LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const SUN_HEADER_BYTES = 4;
const TYPE_MASK = 0x0f;
const TYPE_LANE = 1;
const TYPE_LLC = 2;
const LANE_HEADER_BYTES = 2;

/** AAL5 with LLC (RFC 2684 §5), LINKTYPE_ATM_RFC1483. */
export function decodeAtm(_view: DataView, offset: number, _end: number, headers: Headers): number {
  headers.encapsulations |= ENCAPSULATION.atm;
  headers.next = NEXT.etherType | ETHER_TYPE.llc;
  return offset;
}

/** AAL5 behind the header of SunATM: kind of traffic, path and circuit. */
export function decodeSunAtm(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + SUN_HEADER_BYTES > end) return stop(headers, PROBLEM.atmTruncated);
  headers.encapsulations |= ENCAPSULATION.atm;
  const type = view.getUint8(offset) & TYPE_MASK;
  const body = offset + SUN_HEADER_BYTES;
  if (type === TYPE_LLC) headers.next = NEXT.etherType | ETHER_TYPE.llc;
  if (type !== TYPE_LANE) return body;
  headers.next = NEXT.linkType | LINK.ethernet;
  return body + LANE_HEADER_BYTES;
}
