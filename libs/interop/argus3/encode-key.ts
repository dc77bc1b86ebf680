import { IPV4_ADDRESS, IPV6_ADDRESS, MAC_ADDRESS, NO_ADDRESS } from '../../packet/headers.ts';
import { EVENT, TCP_STATE } from '../../record/fields/field.ts';
import { ETHERTYPE, IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { ADDRESS, SIDED, SINGLE } from './flow-record.ts';
import { KEY_DIRECTED, KEY_FAMILY, KEY_FORM, KEY_FRAGMENT, KEY_MASKS, SECTION } from './format.ts';
import { encodeIPv4Masks, encodeIPv6Masks, isMasked, loseMasks } from './key-masks.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import { writeHeader, writeZeros } from './write-section.ts';

/** The section FLOW, with the initiator first. What is neither IP nor ARP goes by MAC addresses, which may be zero. */
export function encodeKey(record: OutgoingRecord, view: DataView, at: number): number {
  const family = record.families[ADDRESS.source]!;
  const isOne = family === record.families[ADDRESS.destination]!;
  const etherType = record.values[SINGLE.etherType]!;
  if (isOne && family === IPV4_ADDRESS && etherType !== ETHERTYPE.arp) return encodeIPv4(record, view, at);
  if (isOne && family === IPV6_ADDRESS) return encodeIPv6(record, view, at);
  loseMasks(record);
  if (isOne && family === IPV4_ADDRESS) return encodeArp(record, view, at);
  if (isOne && family === MAC_ADDRESS && etherType === ETHERTYPE.rarp) return encodeRarp(record, view, at);
  return encodeEthernet(record, view, at);
}

/** Fragments of which the first was not seen. */
function isFragmentFlow(record: OutgoingRecord): boolean {
  return record.tellEvents(EVENT.laterFragmentsOnly) !== 0;
}

/**
 * A connection of which only the answer to the SYN was seen: readers are told that its direction has been settled, else
 * they would turn it round.
 */
function directed(record: OutgoingRecord): number {
  const state = record.valueOr(SINGLE.tcpState, 0);
  return (state & (TCP_STATE.syn | TCP_STATE.synAck)) === TCP_STATE.synAck ? KEY_DIRECTED : 0;
}

const IPV4_WORDS = 5;
const IPV6_WORDS = 11;
const MASKED_IPV6_WORDS = 12;

function encodeIPv4(record: OutgoingRecord, view: DataView, at: number): number {
  const isFragment = isFragmentFlow(record);
  const protocol = record.valueOr(SINGLE.protocol, 0);
  // The security parameters index lies where its masks would be.
  const hasMasks = isMasked(record) && protocol !== IP_PROTOCOL.esp;
  const qualifier = KEY_FAMILY.ipv4 | (isFragment ? KEY_FRAGMENT : 0) | (hasMasks ? KEY_MASKS : 0) | directed(record);
  const end = writeZeros(view, at, SECTION.flow, KEY_FORM.fiveTuple, qualifier, IPV4_WORDS);
  view.setUint32(at + 4, record.lanes[ADDRESS.source * 4 + 3]!);
  view.setUint32(at + 8, record.lanes[ADDRESS.destination * 4 + 3]!);
  view.setUint8(at + 12, protocol);
  if (hasMasks) encodeIPv4Masks(record, view, at, protocol);
  else loseMasks(record);
  if (isFragment) return end;
  if (protocol === IP_PROTOCOL.icmp) {
    view.setUint8(at + 14, record.valueOr(SINGLE.icmpType, 0));
    view.setUint8(at + 15, record.valueOr(SINGLE.icmpCode, 0));
    view.setUint16(at + 16, record.valueOr(SINGLE.icmpId, 0), true);
    if (!hasMasks) view.setUint16(at + 18, record.valueOr(SINGLE.icmpSequence, 0), true);
    else if (record.has(SINGLE.icmpSequence)) record.losses.add('icmpseq');
  } else if (protocol === IP_PROTOCOL.esp) view.setUint32(at + 16, record.valueOr(SINGLE.spi, 0));
  else writePorts(record, view, at + 14);
  return end;
}

function encodeIPv6(record: OutgoingRecord, view: DataView, at: number): number {
  const isFragment = isFragmentFlow(record);
  const hasMasks = isMasked(record);
  const qualifier = KEY_FAMILY.ipv6 | (isFragment ? KEY_FRAGMENT : 0) | (hasMasks ? KEY_MASKS : 0) | directed(record);
  const words = hasMasks ? MASKED_IPV6_WORDS : IPV6_WORDS;
  const end = writeZeros(view, at, SECTION.flow, KEY_FORM.fiveTuple, qualifier, words);
  if (hasMasks) encodeIPv6Masks(record, view, at);
  const protocol = record.valueOr(SINGLE.protocol, 0);
  for (let lane = 0; lane < 4; lane++) {
    view.setUint32(at + 4 + lane * 4, record.lanes[ADDRESS.source * 4 + lane]!);
    view.setUint32(at + 20 + lane * 4, record.lanes[ADDRESS.destination * 4 + lane]!);
  }
  view.setUint8(at + 36, protocol);
  if (isFragment) return end;
  if (protocol === IP_PROTOCOL.icmp6) {
    view.setUint8(at + 40, record.valueOr(SINGLE.icmpType, 0));
    view.setUint8(at + 41, record.valueOr(SINGLE.icmpCode, 0));
    view.setUint16(at + 42, record.valueOr(SINGLE.icmpId, 0), true);
    if (record.has(SINGLE.icmpSequence)) record.losses.add('icmpseq');
  } else if (protocol === IP_PROTOCOL.esp) view.setUint32(at + 40, record.valueOr(SINGLE.spi, 0));
  else writePorts(record, view, at + 40);
  return end;
}

function writePorts(record: OutgoingRecord, view: DataView, at: number): void {
  view.setUint16(at, record.valueOr(SIDED.port, 0));
  view.setUint16(at + 2, record.valueOr(SIDED.port + 1, 0));
}

const ETHERNET_WORDS = 5;

function encodeEthernet(record: OutgoingRecord, view: DataView, at: number): number {
  const end = writeZeros(view, at, SECTION.flow, KEY_FORM.fiveTuple, KEY_FAMILY.ethernet, ETHERNET_WORDS);
  writeMac(record, ADDRESS.destination, view, at + 4);
  writeMac(record, ADDRESS.source, view, at + 10);
  view.setUint16(at + 16, record.valueOr(SINGLE.etherType, 0));
  view.setUint8(at + 18, record.valueOr(SIDED.port + 1, 0));
  view.setUint8(at + 19, record.valueOr(SIDED.port, 0));
  for (const [address, name] of [[ADDRESS.source, 'saddr'], [ADDRESS.destination, 'daddr']] as const) {
    const family = record.families[address]!;
    if (family !== NO_ADDRESS && family !== MAC_ADDRESS) record.losses.add(name);
  } // prettier-ignore
  if (record.has(SINGLE.protocol)) record.losses.add('ipproto');
  return end;
}

/** Six bytes; zeros where the address is none of these. */
export function writeMac(record: OutgoingRecord, address: number, view: DataView, at: number): void {
  const isMac = record.families[address] === MAC_ADDRESS;
  view.setUint16(at, isMac ? record.lanes[address * 4 + 2]! : 0);
  view.setUint32(at + 2, isMac ? record.lanes[address * 4 + 3]! : 0);
}

const ARP_WORDS = 7;
const HARDWARE_ETHERNET = 1;
/** Bytes of a hardware address, and of a protocol address. */
const ARP_LENGTHS = 0x0604;
const ARP_REQUEST = 1;
const RARP_REQUEST = 3;

/** RFC 826: the asker, whom it asks for, and the asker's MAC address. */
function encodeArp(record: OutgoingRecord, view: DataView, at: number): number {
  const end = writeArpHeader(view, at, KEY_FAMILY.arp, ARP_REQUEST);
  view.setUint32(at + 12, record.lanes[ADDRESS.source * 4 + 3]!);
  view.setUint32(at + 16, record.lanes[ADDRESS.destination * 4 + 3]!);
  writeMac(record, ADDRESS.sourceMac, view, at + 20);
  view.setUint16(at + 26, 0);
  return end;
}

/** RFC 903: no address yet; the answerer's MAC address comes first. */
function encodeRarp(record: OutgoingRecord, view: DataView, at: number): number {
  const end = writeArpHeader(view, at, KEY_FAMILY.rarp, RARP_REQUEST);
  view.setUint32(at + 12, 0);
  writeMac(record, ADDRESS.destination, view, at + 16);
  writeMac(record, ADDRESS.source, view, at + 22);
  return end;
}

function writeArpHeader(view: DataView, at: number, family: number, operation: number): number {
  view.setUint16(at + 4, HARDWARE_ETHERNET);
  view.setUint16(at + 6, ETHERTYPE.ipv4);
  view.setUint16(at + 8, ARP_LENGTHS);
  view.setUint16(at + 10, operation);
  return writeHeader(view, at, SECTION.flow, KEY_FORM.arp, family, ARP_WORDS);
}
