import { IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { SINGLE, type FlowRecord } from './flow-record.ts';
import { KEY_DIRECTED, KEY_FAMILY, KEY_FORM, KEY_REVERSED, NETWORK, SECTION, TCP_STATUS } from './format.ts';
import { IS_MEANINGFUL, sectionTable, type SectionTable } from './sections.ts';
import { settle } from './settle.ts';

const IMMEDIATE = 0x80000000;
const LONG_LENGTH = 0x00800000;
export const ALL_SECTIONS = sectionTable(undefined);

/** @param head the first four bytes of a section */
export function sectionBytes(head: number): number {
  if ((head & IMMEDIATE) !== 0) return 4;
  return ((head & LONG_LENGTH) !== 0 ? head & 0xffff : head & 0xff) * 4;
}

/**
 * Reads those of the sections in `[from, end)` that `sections` has a decoder for.
 * @param skipped counts sections without a meaning, by type
 * @returns where the last section NETWORK is that says something, 0 where there is none
 */
export function readSections(
  sections: SectionTable,
  record: FlowRecord,
  view: DataView,
  from: number,
  end: number,
  skipped: Float64Array | undefined,
): number {
  let networkAt = 0;
  for (let offset = from; offset + 4 <= end;) {
    const head = view.getUint32(offset);
    const next = offset + sectionBytes(head);
    if (next === offset || next > end) break;
    const type = (head >>> 24) & 0x7f;
    const decode = sections[type];
    if (type === SECTION.network && next - offset >= 8) networkAt = offset;
    if (decode !== undefined) decode(record, view, offset, next);
    else if (skipped !== undefined && IS_MEANINGFUL[type] === 0) skipped[type]! += 1;
    offset = next;
  }
  return networkAt;
}

/** Reads all sections in `[from, end)`, and counts nothing. */
export function readAll(record: FlowRecord, view: DataView, from: number, end: number): void {
  record.clear();
  readSections(ALL_SECTIONS, record, view, from, end, undefined);
  settle(record);
}

/** Whether sections that were perhaps not read decide which side is the initiator: see `settle`. */
export function mayBeTurned(
  { keySubtype, keyQualifier, values }: FlowRecord,
  view: DataView,
  networkAt: number,
): boolean {
  const form = keySubtype & 0x3f;
  if (form === KEY_FORM.arp) return (keySubtype & KEY_REVERSED) !== 0;
  if (networkAt === 0 || form !== KEY_FORM.fiveTuple || (keyQualifier & 0x1f) !== KEY_FAMILY.ipv4) return false;
  const isDirected = (keyQualifier & KEY_DIRECTED) !== 0;
  const protocol = values[SINGLE.protocol]!;
  const kind = view.getUint8(networkAt + 1);
  if (protocol === IP_PROTOCOL.icmp) return isDirected && kind === NETWORK.icmp;
  return protocol === IP_PROTOCOL.tcp && !isDirected && answersOnly(view, networkAt);
}

/** Whether a section NETWORK tells of the answer to a SYN, and of no SYN. */
export function answersOnly(view: DataView, networkAt: number): boolean {
  const kind = view.getUint8(networkAt + 1);
  if (kind !== NETWORK.tcpStatus && kind !== NETWORK.tcpPerformance) return false;
  return (view.getUint32(networkAt + 4) & (TCP_STATUS.syn | TCP_STATUS.synAck)) === TCP_STATUS.synAck;
}
