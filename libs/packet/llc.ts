import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const SNAP_SAP = 0xaa;
const UNNUMBERED_INFORMATION = 0x03;
const SNAP_BYTES = 5;
const OUI_ETHERNET = 0x000000;
/** Bridge tunnelling of AppleTalk and IPX (IEEE 802.1H); the protocol number is an EtherType there as well. */
const OUI_BRIDGE_TUNNEL = 0x0000f8;
/** Whole frames in LLC (RFC 2684 §5.2), on ATM behind two bytes of padding. */
const OUI_BRIDGED = 0x0080c2;
const BRIDGED_ETHERNET_WITH_FCS = 1;
const BRIDGED_ETHERNET = 7;

/** Logical link control (IEEE 802.2) and the subnetwork access protocol (IEEE 802 §9.2, RFC 1042). */
export function decodeLlc(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 3 > end) return stop(headers, PROBLEM.llcTruncated);
  const dsap = view.getUint8(offset);
  const ssap = view.getUint8(offset + 1);
  const control = view.getUint8(offset + 2);
  headers.encapsulations |= ENCAPSULATION.llc;
  headers.dsap = dsap;
  headers.ssap = ssap;
  headers.etherType = 0;
  headers.next = NEXT.llcSap | dsap;
  const isUnnumbered = (control & 3) === 3;
  const body = offset + (isUnnumbered ? 3 : 4);
  if (dsap !== SNAP_SAP || ssap !== SNAP_SAP || control !== UNNUMBERED_INFORMATION) return body;
  return decodeSnap(view, body, end, headers);
}

/** A vendor's own protocols keep their access points, so that their numbers are not mistaken for EtherTypes. */
function decodeSnap(view: DataView, offset: number, end: number, headers: Headers): number {
  headers.next = 0;
  if (offset + SNAP_BYTES > end) return stop(headers, PROBLEM.llcTruncated);
  const oui = view.getUint16(offset) * 256 + view.getUint8(offset + 2);
  const protocol = view.getUint16(offset + 3);
  headers.etherType = protocol;
  if (oui === OUI_ETHERNET || oui === OUI_BRIDGE_TUNNEL) {
    headers.dsap = -1;
    headers.ssap = -1;
    headers.next = NEXT.etherType | protocol;
  } else if (oui === OUI_BRIDGED && (protocol === BRIDGED_ETHERNET || protocol === BRIDGED_ETHERNET_WITH_FCS)) {
    headers.next = NEXT.linkType | LINK.ethernet;
    const isPadded = (headers.encapsulations & ENCAPSULATION.atm) !== 0;
    return offset + SNAP_BYTES + (isPadded ? 2 : 0);
  }
  return offset + SNAP_BYTES;
}
