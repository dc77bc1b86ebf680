import type { Origin } from '../record/batch.ts';
import { checksumsIn, ELEMENTS_BEFORE, ELEMENTS_WITH } from './column-checksums.ts';
import type { Entry, Listed, Stream } from './directory.ts';
import { LIKE, OWN_BITMAP, SHARED_BITMAP } from './format.ts';

/** An envelope without a note. */
export interface SkimmedEnvelope {
  readonly origin: Origin;
  readonly first: number;
  readonly covers: number;
  readonly columns: readonly Listed[];
  /** CRC-32 of the stored bytes of each column; undefined where the frame does not say. */
  readonly checksums: readonly number[] | undefined;
}

/** More columns have not to be expected. */
const COLUMNS_MAX = 512;
const DEPTH_MAX = 5;
/** Irregular: leave it to others. */
const NONE = -1;

/**
 * Reads an envelope of the usual form without unpacking what it says of each column, which takes most of the time where few
 * columns of many frames are wanted.
 * @param entryIn unpacks the entry of a column once it is asked for
 * @returns undefined for all others, right or wrong
 */
export function skimEnvelope(bytes: Uint8Array, entryIn: (bytes: Uint8Array) => Entry): SkimmedEnvelope | undefined {
  const skimmer = new Skimmer(bytes);
  const elements = skimmer.list();
  if (elements < 5) return undefined;
  const source = skimmer.word();
  const run = skimmer.count();
  const first = skimmer.count();
  const covers = skimmer.count();
  const listed = skimmer.list();
  if (source === undefined || run < 0 || first < 0 || covers < 0 || first + covers > Number.MAX_SAFE_INTEGER)
    return undefined;
  if (listed < 0 || listed > COLUMNS_MAX) return undefined;
  const columns: Listed[] = [];
  for (let i = 0; i < listed; i++) {
    const column = skimmer.column(entryIn);
    if (column === undefined) return undefined;
    columns.push(column);
  }
  if (elements > 5 && skimmer.word() !== '') return undefined;
  const said = elements < ELEMENTS_WITH ? undefined : skimmer.bytes();
  const read = said === undefined ? ELEMENTS_BEFORE : ELEMENTS_BEFORE + 1;
  if (!skimmer.isEndAfter(Math.max(elements - read, 0))) return undefined;
  return { origin: { source, run }, first, covers, columns, checksums: checksumsIn(said, listed) };
}

/** The list that `bytes` are, of integers from 0 on and of lists; undefined for all others, right or wrong. */
export function skimList(bytes: Uint8Array): Stream | undefined {
  const skimmer = new Skimmer(bytes);
  const list = skimmer.stream(DEPTH_MAX);
  return list !== undefined && skimmer.isEndAfter(0) ? list : undefined;
}

/** Reads what of msgpack is in envelopes. */
class Skimmer {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Number of elements of the list that begins here. */
  list(): number {
    const head = this.#bytes[this.#at++];
    if (head === undefined) return NONE;
    if ((head & 0xf0) === 0x90) return head & 15;
    return head === 0xdc ? this.#big(2) : NONE;
  }

  /** An integer from 0 on. */
  count(): number {
    const head = this.#bytes[this.#at++];
    if (head === undefined) return NONE;
    if (head < 0x80) return head;
    if (head === 0xcc) return this.#big(1);
    if (head === 0xcd) return this.#big(2);
    if (head === 0xce) return this.#big(4);
    if (head !== 0xcb || this.#at + 8 > this.#bytes.length) return NONE;
    const value = this.#view.getFloat64(this.#at);
    this.#at += 8;
    return Number.isSafeInteger(value) && value >= 0 ? value : NONE;
  }

  /** An integer from 0 on, or a list of such and of lists. */
  stream(depth: number): Stream | undefined {
    const head = this.#bytes[this.#at] ?? 0;
    if ((head & 0xf0) !== 0x90 && head !== 0xdc) {
      const count = this.count();
      return count < 0 ? undefined : count;
    }
    const length = this.list();
    if (length < 0 || depth === 0) return undefined;
    const list: Stream[] = [];
    for (let i = 0; i < length; i++) {
      const element = this.stream(depth - 1);
      if (element === undefined) return undefined;
      list.push(element);
    }
    return list;
  }

  #big(length: 1 | 2 | 4): number {
    const at = this.#at;
    if ((this.#at += length) > this.#bytes.length) return NONE;
    if (length === 1) return this.#bytes[at]!;
    return length === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  /** A short text of ASCII. */
  word(): string | undefined {
    const head = this.#bytes[this.#at++];
    if (head === undefined || (head & 0xe0) !== 0xa0) return undefined;
    const length = head & 31;
    if (this.#at + length > this.#bytes.length) return undefined;
    let text = '';
    for (let i = 0; i < length; i++) {
      const code = this.#bytes[this.#at++]!;
      if (code >= 0x80) return undefined;
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** A byte string; nothing is passed over where there is none. */
  bytes(): Uint8Array | undefined {
    const start = this.#at;
    const head = this.#bytes[this.#at++] ?? 0;
    const length = head === 0xc4 || head === 0xc5 || head === 0xc6 ? this.#lengthOf(head) : NONE;
    if (length >= 0 && this.#at + length <= this.#bytes.length) {
      this.#at += length;
      return this.#bytes.subarray(this.#at - length, this.#at);
    }
    this.#at = start;
    return undefined;
  }

  column(entryIn: (bytes: Uint8Array) => Entry): Listed | undefined {
    const start = this.#at;
    const elements = this.list();
    const field = this.count();
    const code = this.count();
    const chunks = this.list();
    if (elements < 3 || field < 0 || code < 0 || chunks < 0) return undefined;
    let stored = 0;
    for (let i = 0; i < chunks; i++) {
      const length = this.count();
      if (length < 0) return undefined;
      stored += length;
    }
    const hasValue = (code & (OWN_BITMAP | SHARED_BITMAP)) !== 0;
    const value = hasValue ? this.count() : 0;
    const isLike = (code & LIKE) !== 0;
    const like = isLike ? this.count() : 0;
    const read = 3 + Number(hasValue) + Number(isLike);
    if (value < 0 || like < 0 || elements < read) return undefined;
    for (let i = read; i < elements; i++) if (!this.#skip(DEPTH_MAX)) return undefined;
    const end = this.#at;
    return { field, code, stored, value, like, entry: () => entryIn(this.#bytes.subarray(start, end)) };
  }

  /** Whether no more than so many values follow. */
  isEndAfter(values: number): boolean {
    for (let i = 0; i < values; i++) if (!this.#skip(DEPTH_MAX)) return false;
    return this.#at === this.#bytes.length;
  }

  /** Passes over numbers, bytes and lists of them. */
  #skip(depth: number): boolean {
    const head = this.#bytes[this.#at++];
    if (head === undefined || depth === 0) return false;
    if (head < 0x80 || head >= 0xe0) return true;
    if ((head & 0xf0) === 0x90) {
      for (let i = head & 15; i > 0; i--) if (!this.#skip(depth - 1)) return false;
      return true;
    }
    const length = this.#lengthOf(head);
    if (length < 0) return false;
    return (this.#at += length) <= this.#bytes.length;
  }

  /** Bytes of a number, or of a byte string, whose length has been read. */
  #lengthOf(head: number): number {
    switch (head) {
      case 0xc4:
        return this.#big(1);
      case 0xc5:
        return this.#big(2);
      case 0xc6:
        return this.#big(4);
      case 0xcc:
      case 0xd0:
        return 1;
      case 0xcd:
      case 0xd1:
        return 2;
      case 0xca:
      case 0xce:
      case 0xd2:
        return 4;
      case 0xcb:
        return 8;
      default:
        return NONE;
    }
  }
}
