import { ETHERTYPE, IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { decodeCounters } from './counter-sections.ts';
import { SINGLE_FIELDS, type FlowColumns } from './flow-columns.ts';
import { ADDRESS, SIDED, SINGLE } from './flow-record.ts';
import { KEY_DIRECTED, KEY_FAMILY, KEY_FORM, KEY_FRAGMENT, KEY_REVERSED, RECORD_HEADER_BYTES, RECORD_TYPE, SECTION } from './format.ts'; // prettier-ignore
import { answersOnly, sectionBytes } from './read-sections.ts';
import { causeOf } from './settle.ts';
import { hasSequence, SEQUENCE_BYTES } from './transport-section.ts';

/** Of the head of a section FLOW: an IPv4 key of whole packets. */
const KEY_MASK = (0xff << 24) | 0x003f_1f00 | (KEY_FRAGMENT << 8);
const KEY = (SECTION.flow << 24) | (KEY_FORM.fiveTuple << 16) | (KEY_FAMILY.ipv4 << 8);
const KEY_BYTES = 20;
const ID_WORDS_MAX = 5;
const COUNTERS = ['spkts', 'dpkts', 'sbytes', 'dbytes', 'sappbytes', 'dappbytes'];
/** What keys of other protocols tell. */
const OTHERS: readonly (readonly [slot: number, field: string])[] = SINGLE_FIELDS.filter(([slot]) =>
  [SINGLE.spi, SINGLE.icmpType, SINGLE.icmpCode, SINGLE.icmpId, SINGLE.icmpSequence].some((other) => other === slot),
);

/**
 * A short way through the records that most are: TCP and UDP over IPv4, with the sections TRANSPORT and FLOW first. Tells
 * what `LightDecoder` tells, and leaves all other records to it.
 */
export class PlainRecords {
  readonly #isCounted: boolean;
  readonly #hasAddresses: boolean;
  /** Slots that are wanted, and that such records do not have. */
  readonly #others: readonly number[];
  #transportHead = 0;
  /** Where the key is, from the beginning of a record. */
  #keyAt = 0;
  #hasSequence = false;
  #idWords = 0;
  readonly #id = new Uint32Array(ID_WORDS_MAX);

  /** @param isWanted tells by name which fields are needed: see `LightDecoder` */
  constructor(isWanted: (field: string) => boolean) {
    this.#isCounted = COUNTERS.some(isWanted);
    this.#hasAddresses = isWanted('saddr') || isWanted('daddr');
    this.#others = OTHERS.filter(([, field]) => isWanted(field)).map(([slot]) => slot);
  }

  /** Whether there is a short way through records of the source that the one at `at` has; `fits` asks for that source. */
  follow(view: DataView, at: number, end: number): boolean {
    const transportAt = at + RECORD_HEADER_BYTES;
    if (transportAt + 4 > end) return false;
    const head = view.getUint32(transportAt);
    const bytes = sectionBytes(head);
    if (head >>> 24 !== SECTION.transport || bytes < 4 || transportAt + bytes > end) return false;
    this.#hasSequence = hasSequence(view, transportAt, transportAt + bytes);
    const words = bytes / 4 - 1 - (this.#hasSequence ? 1 : 0);
    if (words < 0 || words > ID_WORDS_MAX) return false;
    this.#transportHead = head;
    this.#keyAt = RECORD_HEADER_BYTES + bytes;
    this.#idWords = words;
    for (let i = 0; i < words; i++) this.#id[i] = view.getUint32(transportAt + 4 + 4 * i);
    return true;
  }

  /**
   * Reads the record in `[at, end)`, but for its addresses, if it is such a one of that source.
   * @returns where its key is, 0 when it is none
   */
  read(values: Float64Array, view: DataView, at: number, end: number): number {
    const keyAt = at + this.#keyAt;
    if (keyAt + KEY_BYTES > end || !this.#isOfSource(view, at)) return 0;
    const head = view.getUint32(keyAt);
    const protocol = view.getUint8(keyAt + 12);
    if ((head & KEY_MASK) !== KEY || (protocol !== IP_PROTOCOL.tcp && protocol !== IP_PROTOCOL.udp)) return 0;
    const next = keyAt + sectionBytes(head);
    if (next < keyAt + KEY_BYTES || next > end) return 0;
    const mayBeTurned = protocol === IP_PROTOCOL.tcp && (head & (KEY_DIRECTED << 8)) === 0;
    if ((mayBeTurned || this.#isCounted) && !this.#readRest(values, view, next, end, mayBeTurned)) return 0;
    const reversed = isReversed(head) ? 1 : 0;
    values[SIDED.port + reversed] = view.getUint16(keyAt + 14);
    values[SIDED.port + 1 - reversed] = view.getUint16(keyAt + 16);
    values[SINGLE.etherType] = ETHERTYPE.ipv4;
    values[SINGLE.protocol] = protocol;
    values[SINGLE.cause] = causeOf(view.getUint8(at + 1));
    values[SINGLE.sequence] = this.#hasSequence ? view.getUint32(keyAt - SEQUENCE_BYTES) : NaN;
    for (const slot of this.#others) values[slot] = NaN;
    return keyAt;
  }

  /** @param keyAt what `read` returned */
  addAddresses(columns: FlowColumns, row: number, view: DataView, keyAt: number): void {
    if (!this.#hasAddresses) return;
    const reversed = isReversed(view.getUint32(keyAt)) ? 1 : 0;
    columns.addIPv4(row, ADDRESS.source + reversed, view.getUint32(keyAt + 4));
    columns.addIPv4(row, ADDRESS.destination - reversed, view.getUint32(keyAt + 8));
  }

  #isOfSource(view: DataView, at: number): boolean {
    if ((view.getUint8(at) & 0xf0) !== RECORD_TYPE.flow) return false;
    if (view.getUint32(at + RECORD_HEADER_BYTES) !== this.#transportHead) return false;
    const id = this.#id;
    const words = this.#idWords;
    for (let i = 0; i < words; i++) if (view.getUint32(at + RECORD_HEADER_BYTES + 4 + 4 * i) !== id[i]) return false;
    return true;
  }

  /** Counters, and whether the initiator is who the key says. */
  #readRest(values: Float64Array, view: DataView, from: number, end: number, mayBeTurned: boolean): boolean {
    let isCounted = !this.#isCounted;
    let isSettled = !mayBeTurned;
    if (!isCounted) {
      values[SIDED.packets] = values[SIDED.packets + 1] = values[SIDED.bytes] = values[SIDED.bytes + 1] = 0;
      values[SIDED.appBytes] = values[SIDED.appBytes + 1] = NaN;
    }
    for (let offset = from; !(isCounted && isSettled) && offset + 4 <= end;) {
      const head = view.getUint32(offset);
      const next = offset + sectionBytes(head);
      if (next === offset || next > end) break;
      const type = (head >>> 24) & 0x7f;
      if (type === SECTION.metric && !isCounted) {
        decodeCounters(values, view, offset, next);
        isCounted = true;
      } else if (type === SECTION.network) {
        if (mayBeTurned && next - offset >= 8 && answersOnly(view, offset)) return false;
        isSettled = true;
      } else if (type === SECTION.transport || type === SECTION.flow) return false;
      offset = next;
    }
    return true;
  }
}

/** @param head of a section FLOW */
function isReversed(head: number): boolean {
  return (head & (KEY_REVERSED << 16)) !== 0;
}
