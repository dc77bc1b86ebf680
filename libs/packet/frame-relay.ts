import { ENCAPSULATION, type Headers } from './headers.ts';
import { ETHER_TYPE, LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const UNNUMBERED_INFORMATION = 0x03;
const NLPID_SNAP = 0x80;
const NLPID_IPV6 = 0x8e;
const NLPID_IPV4 = 0xcc;
const NLPID_PPP = 0xcf;
const OUI_ETHERNET = 0x000000;
const OUI_BRIDGED = 0x0080c2;
const BRIDGED_ETHERNET_WITH_FCS = 1;
const BRIDGED_ETHERNET = 7;

/** Frame Relay with the encapsulation of RFC 2427, or Cisco's, which has an EtherType behind the address. */
export function decodeFrameRelay(view: DataView, offset: number, end: number, headers: Headers): number {
  const control = endOfAddress(view, offset, end);
  if (control < 0 || control + 2 > end) return stop(headers, PROBLEM.frameRelayTruncated);
  headers.encapsulations |= ENCAPSULATION.frameRelay;
  if (view.getUint8(control) !== UNNUMBERED_INFORMATION) {
    headers.etherType = view.getUint16(control);
    headers.next = NEXT.etherType | headers.etherType;
    return control + 2;
  }
  // A zero byte may pad the header to an even length.
  const at = view.getUint8(control + 1) === 0 ? control + 2 : control + 1;
  if (at >= end) return stop(headers, PROBLEM.frameRelayTruncated);
  return decodeNlpid(view, at, end, headers);
}

/** Address of 2 to 4 bytes, the last of which has its lowest bit set (ITU-T Q.922 §3.3); -1 when there is no such end. */
function endOfAddress(view: DataView, offset: number, end: number): number {
  for (let at = offset; at < Math.min(offset + 4, end); at++) {
    if ((view.getUint8(at) & 1) === 1) return at + 1;
  }
  return -1;
}

function decodeNlpid(view: DataView, offset: number, end: number, headers: Headers): number {
  switch (view.getUint8(offset)) {
    case NLPID_IPV4:
      headers.next = NEXT.etherType | ETHER_TYPE.ipv4;
      return offset + 1;
    case NLPID_IPV6:
      headers.next = NEXT.etherType | ETHER_TYPE.ipv6;
      return offset + 1;
    case NLPID_PPP:
      headers.next = NEXT.linkType | LINK.ppp;
      return offset + 1;
    case NLPID_SNAP:
      return decodeSnap(view, offset + 1, end, headers);
    default:
      return offset;
  }
}

function decodeSnap(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 5 > end) return stop(headers, PROBLEM.frameRelayTruncated);
  const oui = view.getUint16(offset) * 256 + view.getUint8(offset + 2);
  const protocol = view.getUint16(offset + 3);
  if (oui === OUI_ETHERNET) {
    headers.etherType = protocol;
    headers.next = NEXT.etherType | protocol;
  } else if (oui === OUI_BRIDGED && (protocol === BRIDGED_ETHERNET || protocol === BRIDGED_ETHERNET_WITH_FCS)) {
    headers.next = NEXT.linkType | LINK.ethernet;
  }
  return offset + 5;
}
