import { ENCAPSULATION, IP_OPTION, IPV4_ADDRESS, MAC_ADDRESS, NO_ADDRESS } from '../../packet/headers.ts';
import { EVENT } from '../../record/fields/field.ts';
import { writeMac } from './encode-key.ts';
import { ADDRESS, SIDED, SINGLE } from './flow-record.ts';
import { SECTION } from './format.ts';
import { ADDRESSES_CHANGED, ATTRIBUTES, ENCAPSULATIONS, ICMP_ERROR, IP_OPTIONS, LABEL_SHIFT } from './link-sections.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import { writeHeader, writeZeros } from './write-section.ts';

/** The bit that each bit of ours is there, by its place; 0 where there is none. */
function inverse(meanings: readonly number[], except: number): Uint32Array {
  const bits = new Uint32Array(32);
  meanings.forEach((meaning, place) => {
    if (meaning !== except) bits[31 - Math.clz32(meaning)] = (1 << place) >>> 0;
  });
  return bits;
}

const ENCAPSULATION_BITS = inverse(ENCAPSULATIONS, ENCAPSULATION.other);
const IP_OPTION_BITS = inverse(IP_OPTIONS, 0);
/** A bit that means nothing to readers. */
IP_OPTION_BITS[31 - Math.clz32(IP_OPTION.unknown)] = 1 << IP_OPTIONS.length;

/** Each bit of `bits` as it is there. */
function translate(bits: number, table: Uint32Array): number {
  let result = 0;
  for (let rest = bits | 0; rest !== 0; rest &= rest - 1) result |= table[31 - Math.clz32(rest & -rest)]!;
  return result >>> 0;
}

const ENCAPSULATIONS_KNOWN = ENCAPSULATION_BITS.reduce(
  (known, bit, place) => (bit === 0 ? known : known | (1 << place)),
  0,
);

/** The section ENCAPS: a word of bits for each side. */
export function encodeEncapsulation(record: OutgoingRecord, view: DataView, at: number): number {
  if (!record.has(SIDED.encapsulations) && !record.has(SIDED.encapsulations + 1)) return at;
  for (const side of [0, 1] as const) {
    const bits = record.valueOr(SIDED.encapsulations + side, 0);
    if ((bits & ~ENCAPSULATIONS_KNOWN) !== 0) record.losses.add(side === 0 ? 'sencaps' : 'dencaps');
    view.setUint32(at + 4 + side * 4, translate(bits, ENCAPSULATION_BITS));
  }
  return writeHeader(view, at, SECTION.encapsulation, 0, 0, 3);
}

/** The section VLAN: a tag of each side. */
export function encodeVlan(record: OutgoingRecord, view: DataView, at: number): number {
  const sides = (record.has(SIDED.vlan) ? 1 : 0) | (record.has(SIDED.vlan + 1) ? 2 : 0);
  if (sides === 0) return at;
  view.setUint16(at + 4, record.valueOr(SIDED.vlan, 0));
  view.setUint16(at + 6, record.valueOr(SIDED.vlan + 1, 0));
  return writeHeader(view, at, SECTION.vlan, 0, sides, 2);
}

/** Qualifier: how many labels, of which there is the outermost alone. */
const ONE_LABEL = [0x10, 0x01] as const;
const LABEL_MAX = 0xfffff;
const BOTTOM_OF_STACK = 0x100;

/** The section MPLS: an entry of each side (RFC 3032 §2.1) whose label alone is known. */
export function encodeMpls(record: OutgoingRecord, view: DataView, at: number): number {
  let sides = 0;
  let depths = 0;
  let end = at + 4;
  for (const side of [0, 1] as const) {
    if (!record.has(SIDED.mpls + side)) continue;
    sides |= 1 << side;
    depths |= ONE_LABEL[side];
    const label = record.values[SIDED.mpls + side]! & LABEL_MAX;
    view.setUint32(end, ((label << LABEL_SHIFT) | BOTTOM_OF_STACK) >>> 0);
    end += 4;
  }
  return sides === 0 ? at : writeHeader(view, at, SECTION.mpls, sides, depths, (end - at) / 4);
}

/** The section MAC: the responder's address comes first, as on the wire. */
export function encodeMac(record: OutgoingRecord, view: DataView, at: number): number {
  const { families } = record;
  if (families[ADDRESS.sourceMac] !== MAC_ADDRESS && families[ADDRESS.destinationMac] !== MAC_ADDRESS) return at;
  writeMac(record, ADDRESS.destinationMac, view, at + 4);
  writeMac(record, ADDRESS.sourceMac, view, at + 10);
  view.setUint16(at + 16, record.valueOr(SINGLE.etherType, 0));
  view.setUint16(at + 18, 0);
  const several = record.tellEvents(EVENT.severalMacPairs);
  return writeHeader(view, at, SECTION.mac, 0, several === 0 ? 0 : ADDRESSES_CHANGED, 5);
}

/** The section IP ATTRIBUTES: a word for each side. Options are not known by side, and told of the first that spoke. */
export function encodeAttributes(record: OutgoingRecord, view: DataView, at: number): number {
  let present = 0;
  let end = at + 4;
  let options = translate(record.valueOr(SINGLE.ipOptions, 0), IP_OPTION_BITS);
  for (const side of [0, 1] as const) {
    const isKnown = record.has(SIDED.ttl + side) || record.has(SIDED.tos + side) || record.has(SIDED.ipId + side);
    if (isKnown) {
      present |= ATTRIBUTES.source << side;
      view.setUint8(end, record.valueOr(SIDED.ttl + side, 0));
      view.setUint8(end + 1, record.valueOr(SIDED.tos + side, 0));
      view.setUint16(end + 2, record.valueOr(SIDED.ipId + side, 0), true);
      end += 4;
    }
    if (options === 0 || !(isKnown || side === 1)) continue;
    present |= ATTRIBUTES.sourceOptions << side;
    view.setUint32(end, options);
    options = 0;
    end += 4;
  }
  present |= fragmentsOf(record);
  return present === 0 ? at : writeHeader(view, at, SECTION.attributes, 0, present, (end - at) / 4);
}

/** Fragments are told of all sides that spoke. */
function fragmentsOf(record: OutgoingRecord): number {
  if ((record.values[SINGLE.events]! & EVENT.laterFragmentsOnly) !== 0) return 0;
  if (record.tellEvents(EVENT.fragments) === 0) return 0;
  const [source, destination] = [record.values[SIDED.packets]! > 0, record.values[SIDED.packets + 1]! > 0];
  if (!source && !destination) return ATTRIBUTES.fragments;
  return (source ? ATTRIBUTES.sourceFragments : 0) | (destination ? ATTRIBUTES.destinationFragments : 0);
}

/** Each kind of error with its bit there and its ICMP type (RFC 792). */
const ICMP_ERRORS = [
  [EVENT.icmpUnreachable, ICMP_ERROR.unreachable, 3],
  [EVENT.icmpRedirect, ICMP_ERROR.redirect, 5],
  [EVENT.icmpTimeExceeded, ICMP_ERROR.timeExceeded, 11],
] as const;
const ANY_ICMP_ERROR = EVENT.icmpUnreachable | EVENT.icmpRedirect | EVENT.icmpTimeExceeded | EVENT.icmpOther;
const ICMP_WORDS = 8;

/** The section ICMP: an error that quoted this flow, and who sent it. Its code is not known. */
export function encodeIcmpError(record: OutgoingRecord, view: DataView, at: number): number {
  const errors = record.values[SINGLE.events]! & ANY_ICMP_ERROR;
  const node = record.families[ADDRESS.icmpNode]!;
  if (errors === 0) {
    if (node !== NO_ADDRESS) record.losses.add('inode');
    return at;
  }
  let kinds = 0;
  let type = 0;
  for (const [event, kind, number] of ICMP_ERRORS) {
    if ((errors & event) === 0) continue;
    kinds |= kind;
    if (type === 0) type = number;
  }
  record.tellEvents(kinds === 0 ? ANY_ICMP_ERROR : ANY_ICMP_ERROR & ~EVENT.icmpOther);
  const end = writeZeros(view, at, SECTION.icmp, 0, kinds, ICMP_WORDS);
  view.setUint8(at + 4, type);
  if (node === IPV4_ADDRESS) view.setUint32(at + 8, record.lanes[ADDRESS.icmpNode * 4 + 3]!);
  else if (node !== NO_ADDRESS) record.losses.add('inode');
  return end;
}
