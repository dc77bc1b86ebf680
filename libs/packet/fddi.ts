import { ENCAPSULATION, type Headers } from './headers.ts';
import { ETHER_TYPE, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { setStations } from './stations.ts';

const HEADER_BYTES = 13;
/** Frame control of an asynchronous LLC frame, but for its priority. */
const TYPE_MASK = 0xf0;
const TYPE_LLC = 0x50;

/** FDDI (ISO 9314-2 §7.3), frame control first. */
export function decodeFddi(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.fddiTruncated);
  headers.encapsulations |= ENCAPSULATION.fddi;
  setStations(view, offset + 1, offset + 7, headers);
  if ((view.getUint8(offset) & TYPE_MASK) === TYPE_LLC) headers.next = NEXT.etherType | ETHER_TYPE.llc;
  return offset + HEADER_BYTES;
}
