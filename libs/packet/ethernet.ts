import { ENCAPSULATION, MAC_ADDRESS, type Headers } from './headers.ts';
import { ETHER_TYPE, NEXT } from './numbers.ts';
import { note, PROBLEM, stop } from './problems.ts';

const HEADER_BYTES = 14;
/** Largest value of the type field that is a length (IEEE 802.3 §3.2.6); types begin at 0x600, between lies nothing. */
const LENGTH_MAX = 1500;

/** Ethernet II and IEEE 802.3. Inside a tunnel the addresses become those of the flow, unless an inner layer decodes. */
export function decodeEthernet(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.ethernetTruncated);
  headers.encapsulations |= ENCAPSULATION.ethernet;
  if (headers.tunnelDepth !== 0) {
    setInnerAddresses(view, offset, headers);
  } else {
    headers.hasMacs = true;
    headers.destinationMacHigh = view.getUint16(offset);
    headers.destinationMacLow = view.getInt32(offset + 2);
    headers.sourceMacHigh = view.getUint16(offset + 6);
    headers.sourceMacLow = view.getInt32(offset + 8);
  }
  return takeType(view.getUint16(offset + 12), offset + HEADER_BYTES, headers);
}

function setInnerAddresses(view: DataView, offset: number, headers: Headers): void {
  headers.addressKind = MAC_ADDRESS;
  headers.destination0 = 0;
  headers.destination1 = 0;
  headers.destination2 = view.getUint16(offset);
  headers.destination3 = view.getInt32(offset + 2);
  headers.source0 = 0;
  headers.source1 = 0;
  headers.source2 = view.getUint16(offset + 6);
  headers.source3 = view.getInt32(offset + 8);
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
