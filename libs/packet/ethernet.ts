import { ENCAPSULATION, type Headers } from './headers.ts';
import { decodeIsl, isIslAddress } from './isl.ts';
import { ETHER_TYPE, NEXT } from './numbers.ts';
import { note, PROBLEM, stop } from './problems.ts';
import { setStations } from './stations.ts';

const HEADER_BYTES = 14;
/** Largest value of the type field that is a length (IEEE 802.3 §3.2.6); types begin at 0x600, between lies nothing. */
const LENGTH_MAX = 1500;

/** Ethernet II and IEEE 802.3. */
export function decodeEthernet(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.ethernetTruncated);
  headers.encapsulations |= ENCAPSULATION.ethernet;
  setStations(view, offset, offset + 6, headers);
  if (isIslAddress(view.getUint16(offset), view.getInt32(offset + 2))) return decodeIsl(view, offset, end, headers);
  return takeType(view.getUint16(offset + 12), offset + HEADER_BYTES, headers);
}

/**
 * Goes on after a field that is an EtherType or a length (IEEE 802.3 §3.2.6). A length trims the padding.
 * @returns `offset`, where the payload begins
 */
export function takeType(typeOrLength: number, offset: number, headers: Headers): number {
  if (typeOrLength > LENGTH_MAX) {
    headers.etherType = typeOrLength;
    headers.next = NEXT.etherType | typeOrLength;
    return offset;
  }
  headers.etherType = 0;
  headers.next = NEXT.etherType | ETHER_TYPE.llc;
  const wireEnd = offset + typeOrLength;
  if (wireEnd > headers.wireEnd) {
    note(headers, PROBLEM.ethernetLength);
  } else {
    headers.wireEnd = wireEnd;
    if (wireEnd < headers.payloadEnd) headers.payloadEnd = wireEnd;
  }
  return offset;
}
