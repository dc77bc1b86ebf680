import { ENCAPSULATION, IP_OPTION } from '../../packet/headers.ts';
import { EVENT } from '../../record/fields/field.ts';
import { ADDRESS, LOST, SIDED, SINGLE, type FlowRecord } from './flow-record.ts';
import { setMac } from './key-section.ts';

/** Encapsulations from the lowest bit up. */
export const ENCAPSULATIONS = [
  ENCAPSULATION.mpls,
  ENCAPSULATION.ethernet,
  ENCAPSULATION.vlan,
  ENCAPSULATION.llc,
  ENCAPSULATION.pppoe,
  ENCAPSULATION.isl,
  ENCAPSULATION.gre,
  ENCAPSULATION.ah,
  ENCAPSULATION.ipTunnel,
  ENCAPSULATION.ipv6Tunnel,
  ENCAPSULATION.hdlc,
  ENCAPSULATION.ciscoHdlc,
  ENCAPSULATION.atm,
  ENCAPSULATION.linuxCooked,
  ENCAPSULATION.fddi,
  ENCAPSULATION.slip,
  ENCAPSULATION.arcnet,
  ENCAPSULATION.wlan,
  ENCAPSULATION.prism,
  ENCAPSULATION.avs,
  ENCAPSULATION.other, // InfiniBand, local and global
  ENCAPSULATION.other,
  ENCAPSULATION.teredo,
  ENCAPSULATION.other, // UDT
  ENCAPSULATION.other, // an SPI
  ENCAPSULATION.juniper,
  ENCAPSULATION.erspan,
] as const;

/** IP options from the lowest bit up; 0 where a bit means nothing. */
export const IP_OPTIONS = [
  IP_OPTION.recordRoute,
  IP_OPTION.timestamp,
  IP_OPTION.security,
  IP_OPTION.looseSourceRoute,
  IP_OPTION.satnet,
  IP_OPTION.strictSourceRoute,
  IP_OPTION.routerAlert,
] as const;

/** Each bit of `bits` as the meaning at its place; what has none becomes `unknown`. */
export function translate(bits: number, meanings: readonly number[], unknown: number): number {
  let result = 0;
  for (let rest = bits | 0; rest !== 0; rest &= rest - 1) result |= meanings[31 - Math.clz32(rest & -rest)] ?? unknown;
  return result;
}

/** The section ENCAPS: a word of bits for each side. */
export function decodeEncapsulation(record: FlowRecord, view: DataView, at: number, end: number): void {
  if (at + 12 > end) return;
  const source = view.getUint32(at + 4);
  const destination = view.getUint32(at + 8);
  const { values } = record;
  values[SIDED.encapsulations] = translate(source, ENCAPSULATIONS, ENCAPSULATION.other);
  values[SIDED.encapsulations + 1] =
    source === destination
      ? values[SIDED.encapsulations]!
      : translate(destination, ENCAPSULATIONS, ENCAPSULATION.other);
}

const SOURCE = 0x01;
const DESTINATION = 0x02;

/** The section VLAN: a tag of each side. */
export function decodeVlan(record: FlowRecord, view: DataView, at: number, end: number): void {
  if (at + 8 > end) return;
  const present = view.getUint8(at + 2);
  if ((present & SOURCE) !== 0) record.values[SIDED.vlan] = view.getUint16(at + 4);
  if ((present & DESTINATION) !== 0) record.values[SIDED.vlan + 1] = view.getUint16(at + 6);
}

export const LABEL_SHIFT = 12;

/** The section MPLS: the outermost entry of each side (RFC 3032 §2.1). */
export function decodeMpls(record: FlowRecord, view: DataView, at: number, end: number): void {
  const present = view.getUint8(at + 1);
  const depths = view.getUint8(at + 2);
  if (depths >>> 4 > 1 || (depths & 0x0f) > 1) record.lost |= LOST.mplsStack;
  let offset = at + 4;
  for (const [side, bit] of [SOURCE, DESTINATION].entries()) {
    if ((present & bit) === 0 || offset + 4 > end) continue;
    record.values[SIDED.mpls + side] = view.getUint32(offset) >>> LABEL_SHIFT;
    offset += 4;
  }
}

export const ADDRESSES_CHANGED = 0x03;

/** The section MAC: the responder's address comes first, as on the wire. */
export function decodeMac(record: FlowRecord, view: DataView, at: number, end: number): void {
  if (at + 16 > end) return;
  setMac(record, ADDRESS.destinationMac, view, at + 4);
  setMac(record, ADDRESS.sourceMac, view, at + 10);
  if ((view.getUint8(at + 2) & ADDRESSES_CHANGED) !== 0) record.addEvents(EVENT.severalMacPairs);
}

export const ATTRIBUTES = {
  source: 0x01,
  destination: 0x02,
  sourceOptions: 0x04,
  destinationOptions: 0x08,
  sourceFragments: 0x10,
  destinationFragments: 0x20,
  fragments: 0x30,
} as const;

/** The section IP ATTRIBUTES: a word for each side and one for its options, which its qualifier announces. */
export function decodeAttributes(record: FlowRecord, view: DataView, at: number, end: number): void {
  const present = view.getUint8(at + 2);
  if ((present & ATTRIBUTES.fragments) !== 0) record.addEvents(EVENT.fragments);
  let offset = at + 4;
  for (let side = 0; side < 2; side++) {
    if ((present & (ATTRIBUTES.source << side)) !== 0 && offset + 4 <= end) {
      record.values[SIDED.ttl + side] = view.getUint8(offset);
      record.values[SIDED.tos + side] = view.getUint8(offset + 1);
      record.values[SIDED.ipId + side] = view.getUint16(offset + 2, true);
      offset += 4;
    }
    if ((present & (ATTRIBUTES.sourceOptions << side)) !== 0 && offset + 4 <= end) {
      const options = translate(view.getUint32(offset), IP_OPTIONS, IP_OPTION.unknown);
      record.values[SINGLE.ipOptions] = (record.values[SINGLE.ipOptions]! | 0) | options; // prettier-ignore
      offset += 4;
    }
  }
}

export const ICMP_ERROR = { unreachable: 0x01, redirect: 0x02, timeExceeded: 0x04 } as const;

/** The section ICMP: an error that quoted this flow, and who sent it. */
export function decodeIcmpError(record: FlowRecord, view: DataView, at: number, end: number): void {
  const kind = view.getUint8(at + 2);
  record.hasIcmpError = true;
  if ((kind & ICMP_ERROR.unreachable) !== 0) record.addEvents(EVENT.icmpUnreachable);
  if ((kind & ICMP_ERROR.redirect) !== 0) record.addEvents(EVENT.icmpRedirect);
  if ((kind & ICMP_ERROR.timeExceeded) !== 0) record.addEvents(EVENT.icmpTimeExceeded);
  if ((kind & 0x07) === 0) record.addEvents(EVENT.icmpOther);
  if (at + 12 <= end) record.setIPv4(ADDRESS.icmpNode, view.getUint32(at + 8));
}
