import { ENCAPSULATION, type Headers } from './headers.ts';
import { ETHER_TYPE, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

/** Sender, receiver; Linux puts two bytes of offset behind them. */
const BSD_ADDRESS_BYTES = 2;
const LINUX_ADDRESS_BYTES = 4;
/** Split flag and sequence number of RFC 1201 §2.3. */
const SPLIT_BYTES = 3;
/** A flag that marks a packet padded to a length that the link can send; the true header follows its 4 bytes. */
const EXCEPTION = 0xff;
const EXCEPTION_BYTES = 4;

/** ARCNET with BSD's header. */
export function decodeArcnet(view: DataView, offset: number, end: number, headers: Headers): number {
  return decodeFrom(view, offset + BSD_ADDRESS_BYTES, end, headers, true);
}

/** ARCNET with Linux's header. */
export function decodeLinuxArcnet(view: DataView, offset: number, end: number, headers: Headers): number {
  return decodeFrom(view, offset + LINUX_ADDRESS_BYTES, end, headers, false);
}

/** @param offset of the protocol's number */
function decodeFrom(view: DataView, offset: number, end: number, headers: Headers, hasExceptions: boolean): number {
  if (offset >= end) return stop(headers, PROBLEM.arcnetTruncated);
  headers.encapsulations |= ENCAPSULATION.arcnet;
  const protocol = view.getUint8(offset);
  const etherType = etherTypeOf(protocol);
  let at = offset + 1;
  if (!isPlain(protocol)) {
    if (at + SPLIT_BYTES > end) return stop(headers, PROBLEM.arcnetTruncated);
    if (hasExceptions && view.getUint8(at) === EXCEPTION) at += EXCEPTION_BYTES;
    if (at + SPLIT_BYTES > end) return stop(headers, PROBLEM.arcnetTruncated);
    const split = view.getUint8(at);
    at += SPLIT_BYTES;
    // Zero is a whole packet, odd the first part of one, even a later part (RFC 1201 §2.3).
    if (split !== 0 && (split & 1) === 0) return at;
  }
  headers.etherType = etherType;
  headers.next = NEXT.etherType | etherType;
  return at;
}

/** Protocols of RFC 1051 are sent without split flag. */
function isPlain(protocol: number): boolean {
  return protocol === 0xf0 || protocol === 0xf1;
}

function etherTypeOf(protocol: number): number {
  switch (protocol) {
    case 0xd4:
    case 0xf0:
      return ETHER_TYPE.ipv4;
    case 0xd5:
    case 0xf1:
      return ETHER_TYPE.arp;
    case 0xd6:
      return ETHER_TYPE.rarp;
    case 0xc4:
      return ETHER_TYPE.ipv6;
    default:
      return 0;
  }
}
