import { ENCAPSULATION, type Headers } from './headers.ts';
import { ETHER_TYPE, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { setStations } from './stations.ts';

const TYPE_DATA = 2;
/** Bits of the subtype of data frames. */
const NO_DATA = 4;
const QOS = 8;
/** Bits of the second byte of frame control. */
const TO_DISTRIBUTION = 1;
const FROM_DISTRIBUTION = 2;
const PROTECTED = 0x40;
const ORDER = 0x80;
/** Fragment number in sequence control: the first fragment alone begins with LLC. */
const FRAGMENT_MASK = 0x0f;
const AGGREGATE = 0x80;
const HEADER_BYTES = 24;
const SHORT_HEADER_BYTES = 10;
const SUBFRAME_BYTES = 14;

/** IEEE 802.11 (§9.2): data frames that are not encrypted are opened, others lie between their stations. */
export function decodeWlan(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + SHORT_HEADER_BYTES > end) return stop(headers, PROBLEM.wlanTruncated);
  headers.encapsulations |= ENCAPSULATION.wlan;
  const type = (view.getUint8(offset) >> 2) & 3;
  if (offset + HEADER_BYTES > end) return decodeShort(view, offset, end, headers);
  if (type !== TYPE_DATA) {
    setStations(view, offset + 4, offset + 10, headers);
    return offset + HEADER_BYTES;
  }
  return decodeData(view, offset, end, headers);
}

/** Acknowledgements and the like have the receiver's address only, or that and the sender's. */
function decodeShort(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 16 <= end) {
    setStations(view, offset + 4, offset + 10, headers);
    return offset + 16;
  }
  headers.hasMacs = headers.tunnelDepth === 0;
  headers.destinationMacHigh = view.getUint16(offset + 4);
  headers.destinationMacLow = view.getInt32(offset + 6);
  return offset + SHORT_HEADER_BYTES;
}

/** Where the addresses lie depends on whether the frame enters or leaves the distribution system (§9.3.2.1, table 9-30). */
function decodeData(view: DataView, offset: number, end: number, headers: Headers): number {
  const subtype = view.getUint8(offset) >> 4;
  const flags = view.getUint8(offset + 1);
  const ways = flags & (TO_DISTRIBUTION | FROM_DISTRIBUTION);
  const isRelayed = ways === (TO_DISTRIBUTION | FROM_DISTRIBUTION);
  const body = offset + HEADER_BYTES + (isRelayed ? 6 : 0);
  const destination = (flags & TO_DISTRIBUTION) === 0 ? offset + 4 : offset + 16;
  const source = isRelayed ? offset + HEADER_BYTES : ways === FROM_DISTRIBUTION ? offset + 16 : offset + 10;
  if (body > end) return stop(headers, PROBLEM.wlanTruncated);
  setStations(view, destination, source, headers);
  if ((subtype & NO_DATA) !== 0 || (flags & PROTECTED) !== 0) return body;
  if ((view.getUint8(offset + 22) & FRAGMENT_MASK) !== 0) return body;
  headers.next = NEXT.etherType | ETHER_TYPE.llc;
  if ((subtype & QOS) === 0) return body;
  if (body + 2 > end) return stop(headers, PROBLEM.wlanTruncated);
  const isAggregate = (view.getUint8(body) & AGGREGATE) !== 0;
  // Of an aggregate the first frame stands for all: each has addresses and a length before its LLC.
  return body + 2 + ((flags & ORDER) === 0 ? 0 : 4) + (isAggregate ? SUBFRAME_BYTES : 0);
}
