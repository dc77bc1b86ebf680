import { IPV6_ADDRESS, MAC_ADDRESS } from '../../packet/headers.ts';
import { ETHERTYPE, IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { EVENT } from '../../record/fields/field.ts';
import { ADDRESS, SIDED, SINGLE, type FlowRecord } from './flow-record.ts';
import { KEY_FAMILY, KEY_FORM, KEY_FRAGMENT, KEY_MASKS, KEY_REVERSED } from './format.ts';
import { decodeIPv4Masks, decodeIPv6Masks, hasIPv6Masks } from './key-masks.ts';

/** By protocol: 1 where the key holds ports, 2 where only some probes fill them. */
const WITH_PORTS = new Uint8Array(256);
for (const protocol of [IP_PROTOCOL.tcp, IP_PROTOCOL.udp]) WITH_PORTS[protocol] = 1;
for (const protocol of [33, IP_PROTOCOL.sctp, 136]) WITH_PORTS[protocol] = 2;

/** The section FLOW: who talks with whom. What the writer stored in the opposite order is turned round. */
export function decodeKey(record: FlowRecord, view: DataView, at: number, end: number): void {
  const subtype = view.getUint8(at + 1);
  const qualifier = view.getUint8(at + 2);
  record.keySubtype = subtype;
  record.keyQualifier = qualifier;
  const form = subtype & 0x3f;
  const family = qualifier & 0x1f;
  const bytes = end - at;
  if (form === KEY_FORM.arp) {
    if (family === KEY_FAMILY.rarp) decodeRarp(record, view, at, bytes);
    else decodeArp(record, view, at, bytes);
  } else if (family === KEY_FAMILY.wlan && bytes >= 16) {
    setMac(record, ADDRESS.destination, view, at + 4);
    setMac(record, ADDRESS.source, view, at + 10);
  } else if (family === KEY_FAMILY.ipv4) decodeIPv4(record, view, at, bytes);
  else if (family === KEY_FAMILY.ipv6) decodeIPv6(record, view, at, bytes);
  else if (family === KEY_FAMILY.ethernet) decodeEthernet(record, view, at, bytes);
}

function decodeIPv4(record: FlowRecord, view: DataView, at: number, bytes: number): void {
  if (bytes < 12) return;
  const reversed = (record.keySubtype & KEY_REVERSED) !== 0;
  const { values } = record;
  values[SINGLE.etherType] = ETHERTYPE.ipv4;
  record.setIPv4(reversed ? ADDRESS.destination : ADDRESS.source, view.getUint32(at + 4));
  record.setIPv4(reversed ? ADDRESS.source : ADDRESS.destination, view.getUint32(at + 8));
  if (bytes < 20) return;
  const protocol = view.getUint8(at + 12);
  const hasMasks = (record.keyQualifier & KEY_MASKS) !== 0;
  values[SINGLE.protocol] = protocol;
  if ((record.keyQualifier & KEY_FRAGMENT) !== 0) record.addEvents(EVENT.fragments);
  else if (protocol === IP_PROTOCOL.icmp) {
    values[SINGLE.icmpType] = view.getUint8(at + 14);
    values[SINGLE.icmpCode] = view.getUint8(at + 15);
    values[SINGLE.icmpId] = view.getUint16(at + 16, true);
    if (!hasMasks) values[SINGLE.icmpSequence] = view.getUint16(at + 18, true);
  } else if (protocol === IP_PROTOCOL.esp) values[SINGLE.spi] = view.getUint32(at + 16);
  else setPorts(record, protocol, view.getUint16(at + 14), view.getUint16(at + 16), reversed);
  if (hasMasks) decodeIPv4Masks(record, view, at, protocol, reversed);
}

function decodeIPv6(record: FlowRecord, view: DataView, at: number, bytes: number): void {
  if (bytes < 44) return;
  const reversed = (record.keySubtype & KEY_REVERSED) !== 0;
  const { values } = record;
  values[SINGLE.etherType] = ETHERTYPE.ipv6;
  setIPv6(record, reversed ? ADDRESS.destination : ADDRESS.source, view, at + 4);
  setIPv6(record, reversed ? ADDRESS.source : ADDRESS.destination, view, at + 20);
  const protocol = view.getUint8(at + 36);
  values[SINGLE.protocol] = protocol;
  if ((record.keyQualifier & KEY_FRAGMENT) !== 0) record.addEvents(EVENT.fragments);
  else if (protocol === IP_PROTOCOL.icmp6) {
    values[SINGLE.icmpType] = view.getUint8(at + 40);
    values[SINGLE.icmpCode] = view.getUint8(at + 41);
    values[SINGLE.icmpId] = view.getUint16(at + 42, true);
  } else if (protocol === IP_PROTOCOL.esp) values[SINGLE.spi] = view.getUint32(at + 40);
  else setPorts(record, protocol, view.getUint16(at + 40), view.getUint16(at + 42), reversed);
  if ((record.keyQualifier & KEY_MASKS) !== 0 && hasIPv6Masks(bytes)) decodeIPv6Masks(record, view, at, reversed);
}

function setPorts(record: FlowRecord, protocol: number, a: number, b: number, reversed: boolean): void {
  const kind = WITH_PORTS[protocol]!;
  if (kind === 0 || (kind === 2 && (a | b) === 0)) return;
  record.values[SIDED.port] = reversed ? b : a;
  record.values[SIDED.port + 1] = reversed ? a : b;
}

function setIPv6(record: FlowRecord, address: number, view: DataView, at: number): void {
  const lane = (k: number): number => view.getUint32(at + k * 4);
  record.setLanes(address, IPV6_ADDRESS, lane(0), lane(1), lane(2), lane(3));
}

/** The destination comes first, as on the wire. */
function decodeEthernet(record: FlowRecord, view: DataView, at: number, bytes: number): void {
  if (bytes < 20) return;
  const reversed = (record.keySubtype & KEY_REVERSED) !== 0;
  setMac(record, reversed ? ADDRESS.source : ADDRESS.destination, view, at + 4);
  setMac(record, reversed ? ADDRESS.destination : ADDRESS.source, view, at + 10);
  const etherType = view.getUint16(at + 16);
  record.values[SINGLE.etherType] = etherType;
  if (etherType !== 0) return;
  record.values[SIDED.port + (reversed ? 0 : 1)] = view.getUint8(at + 18);
  record.values[SIDED.port + (reversed ? 1 : 0)] = view.getUint8(at + 19);
}

export function setMac(record: FlowRecord, address: number, view: DataView, at: number): void {
  record.setLanes(address, MAC_ADDRESS, 0, 0, view.getUint16(at), view.getUint32(at + 2));
}

/** Reversed or not, the asker comes first; then it is all else that has to be turned round. */
function decodeArp(record: FlowRecord, view: DataView, at: number, bytes: number): void {
  record.values[SINGLE.etherType] = ETHERTYPE.arp;
  if (bytes < 20) return;
  record.setIPv4(ADDRESS.source, view.getUint32(at + 12));
  record.setIPv4(ADDRESS.destination, view.getUint32(at + 16));
}

function decodeRarp(record: FlowRecord, view: DataView, at: number, bytes: number): void {
  record.values[SINGLE.etherType] = ETHERTYPE.rarp;
  if (bytes < 28) return;
  setMac(record, ADDRESS.source, view, at + 22);
  setMac(record, ADDRESS.destination, view, at + 16);
}
