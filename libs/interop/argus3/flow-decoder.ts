import { IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { SINGLE, type FlowRecord } from './flow-record.ts';
import { KEY_DIRECTED, KEY_FAMILY, KEY_FORM, KEY_REVERSED, NETWORK, RECORD_HEADER_BYTES, SECTION, TCP_STATUS } from './format.ts'; // prettier-ignore
import { decodeMetric } from './counter-sections.ts';
import { decodeKey } from './key-section.ts';
import { countLost, nothingLeftOut } from './left-out.ts';
import { IS_MEANINGFUL, sectionTable, type SectionTable } from './sections.ts';
import { settle, settleKey } from './settle.ts';
import { decodeTransport } from './transport-section.ts';

const IMMEDIATE = 0x80000000;
const LONG_LENGTH = 0x00800000;

/** @param head the first four bytes of a section */
function sectionBytes(head: number): number {
  if ((head & IMMEDIATE) !== 0) return 4;
  return ((head & LONG_LENGTH) !== 0 ? head & 0xffff : head & 0xff) * 4;
}

/** Sections that tell without the others, but for which side is the initiator. */
const LIGHT_SECTIONS: ReadonlySet<number> = new Set([SECTION.transport, SECTION.flow, SECTION.metric]);
const ALL_SECTIONS = sectionTable(undefined);

/** Reads flow records, or as much of them as some fields need. */
export class FlowDecoder {
  /** What had no meaning in our fields. */
  readonly leftOut = nothingLeftOut();
  readonly #sections: SectionTable;
  readonly #isPartial: boolean;
  readonly #isLight: boolean;
  /** Whether counters are read, without which nothing is left to draw together. */
  readonly #isCounted: boolean;

  /** @param isWanted tells by name which fields are needed; undefined for all */
  constructor(isWanted: ((field: string) => boolean) | undefined) {
    this.#sections = isWanted === undefined ? ALL_SECTIONS : sectionTable(isWanted);
    this.#isPartial = isWanted !== undefined;
    this.#isLight = this.#sections.every((decode, type) => decode === undefined || LIGHT_SECTIONS.has(type));
    this.#isCounted = this.#sections[SECTION.metric] !== undefined;
  }

  /** Reads the flow record in `[at, end)`. */
  decode(record: FlowRecord, view: DataView, at: number, end: number): void {
    if (this.#isLight) return decodeLight(record, view, at, end, this.#isCounted);
    record.clear();
    record.version = view.getUint8(at) & 0x0f;
    record.causeByte = view.getUint8(at + 1);
    const from = at + RECORD_HEADER_BYTES;
    const networkAt = readSections(this.#sections, record, view, from, end, this.leftOut.sections);
    if (record.lost !== 0) countLost(this.leftOut, record.lost);
    if (!this.#isPartial) return settle(record);
    if (mayBeTurned(record, view, networkAt)) decodeAll(record, view, from, end);
    else if (this.#isCounted) settle(record);
    else settleKey(record);
  }
}

/** The cause and what TRANSPORT, FLOW and perhaps METRIC say, without a look at what comes after these and NETWORK. */
function decodeLight(record: FlowRecord, view: DataView, at: number, end: number, isCounted: boolean): void {
  record.clearKey();
  if (isCounted) record.clearCounters();
  record.version = view.getUint8(at) & 0x0f;
  record.causeByte = view.getUint8(at + 1);
  const from = at + RECORD_HEADER_BYTES;
  let networkAt = 0;
  let missing = isCounted ? 4 : 3;
  for (let offset = from; missing > 0 && offset + 4 <= end;) {
    const head = view.getUint32(offset);
    const next = offset + sectionBytes(head);
    if (next === offset || next > end) break;
    const type = (head >>> 24) & 0x7f;
    if (type === SECTION.transport) {
      decodeTransport(record, view, offset, next);
      missing -= 1;
    } else if (type === SECTION.flow) {
      decodeKey(record, view, offset, next);
      missing -= 1;
    } else if (type === SECTION.metric) {
      if (isCounted) {
        decodeMetric(record, view, offset, next);
        missing -= 1;
      }
    } else if (type === SECTION.network) {
      if (next - offset >= 8) networkAt = offset;
      missing -= 1;
    }
    offset = next;
  }
  if (mayBeTurned(record, view, networkAt)) decodeAll(record, view, from, end);
  else settleKey(record);
}

function decodeAll(record: FlowRecord, view: DataView, from: number, end: number): void {
  record.clear();
  readSections(ALL_SECTIONS, record, view, from, end, undefined);
  settle(record);
}

/**
 * @param skipped counts sections without a meaning, by type
 * @returns where the last section NETWORK is that says something, 0 where there is none
 */
function readSections(
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

/** Whether sections that were perhaps not read decide which side is the initiator: see `settle`. */
function mayBeTurned({ keySubtype, keyQualifier, values }: FlowRecord, view: DataView, networkAt: number): boolean {
  const form = keySubtype & 0x3f;
  if (form === KEY_FORM.arp) return (keySubtype & KEY_REVERSED) !== 0;
  if (networkAt === 0 || form !== KEY_FORM.fiveTuple || (keyQualifier & 0x1f) !== KEY_FAMILY.ipv4) return false;
  const isDirected = (keyQualifier & KEY_DIRECTED) !== 0;
  const protocol = values[SINGLE.protocol]!;
  const kind = view.getUint8(networkAt + 1);
  if (protocol === IP_PROTOCOL.icmp) return isDirected && kind === NETWORK.icmp;
  if (protocol !== IP_PROTOCOL.tcp || isDirected) return false;
  if (kind !== NETWORK.tcpStatus && kind !== NETWORK.tcpPerformance) return false;
  return (view.getUint32(networkAt + 4) & (TCP_STATUS.syn | TCP_STATUS.synAck)) === TCP_STATUS.synAck;
}
