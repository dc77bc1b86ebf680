import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const ALL_STATIONS_UNNUMBERED = 0xff03;
/** First byte of a Cisco HDLC frame, unicast and multicast; the same serial link types carry both. */
const CISCO_UNICAST = 0x0f;
const CISCO_MULTICAST = 0x8f;
const MULTILINK = 0x003d;
/** A multilink fragment that is a whole packet, with the header of 4 bytes (RFC 1990 §3). */
const WHOLE_PACKET = 0xc0;
const BRIDGED = 0x0031;
const BRIDGED_ETHERNET = 1;

/** PPP with or without address and control (RFC 1662 §3.1), with a protocol field of two bytes or one (RFC 1661 §6.5). */
export function decodePpp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 2 > end) return stop(headers, PROBLEM.pppTruncated);
  let at = view.getUint16(offset) === ALL_STATIONS_UNNUMBERED ? offset + 2 : offset;
  if (at >= end) return stop(headers, PROBLEM.pppTruncated);
  let protocol = view.getUint8(at);
  at += 1;
  if ((protocol & 1) === 0) {
    if (at >= end) return stop(headers, PROBLEM.pppTruncated);
    protocol = (protocol << 8) | view.getUint8(at);
    at += 1;
  }
  headers.encapsulations |= ENCAPSULATION.ppp;
  if (protocol === MULTILINK) return decodeMultilink(view, at, end, headers);
  if (protocol === BRIDGED) return decodeBridged(view, at, end, headers);
  headers.next = NEXT.pppProtocol | protocol;
  return at;
}

/** PPP in HDLC-like framing (RFC 1662) or, by its first byte, Cisco HDLC: both run on serial lines. */
export function decodeSerial(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset >= end) return stop(headers, PROBLEM.pppTruncated);
  const address = view.getUint8(offset);
  if (address === CISCO_UNICAST || address === CISCO_MULTICAST) {
    headers.next = NEXT.linkType | LINK.ciscoHdlc;
    return offset;
  }
  headers.encapsulations |= ENCAPSULATION.hdlc;
  return decodePpp(view, offset, end, headers);
}

/** Only a packet that was not split can be told. */
function decodeMultilink(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 4 > end) return stop(headers, PROBLEM.pppTruncated);
  if ((view.getUint8(offset) & WHOLE_PACKET) === WHOLE_PACKET) headers.next = NEXT.linkType | LINK.ppp;
  return offset + 4;
}

/** Bridging control protocol (RFC 3518 §4.2). */
function decodeBridged(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 2 > end) return stop(headers, PROBLEM.pppTruncated);
  if (view.getUint8(offset + 1) === BRIDGED_ETHERNET) headers.next = NEXT.linkType | LINK.ethernet;
  return offset + 2;
}
