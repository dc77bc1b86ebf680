import { ENCAPSULATION, type Headers } from './headers.ts';
import { NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const HEADER_BYTES = 4;
/** Cisco's keepalives, by a number that elsewhere is RARP. */
const SLARP = 0x8035;

/** Cisco HDLC (RFC 1547 §4.3.1): address, control and an EtherType. */
export function decodeCiscoHdlc(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.hdlcTruncated);
  const protocol = view.getUint16(offset + 2);
  headers.encapsulations |= ENCAPSULATION.ciscoHdlc;
  headers.etherType = protocol;
  if (protocol !== SLARP) headers.next = NEXT.etherType | protocol;
  return offset + HEADER_BYTES;
}
