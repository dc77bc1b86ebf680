import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { HEADER_BYTES } from '../codec/format.ts';
import type { FrameSummary, MayHold, ValueRange } from '../codec/zones.ts';
import type { BatchKind } from '../record/batch.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';

/*
 * A file of many frames may end with an index, which tells for each of them how long it is and of what time its records are, so that a
 * reader who looks for a time need not look at the heads of all. It is the content of the only column of a frame without rows, behind
 * which the file ends; `docs/formats/records.md` describes it byte by byte.
 */

/** Number of the column that holds an index; no stored field will have it. */
export const INDEX_COLUMN = 999;
/** `PIDX`, read as a little-endian u32. */
export const INDEX_MAGIC = 0x5844_4950;
export const ENTRY_BYTES = 40;
export const INDEX_END_BYTES = 28;
/** In the third byte of an entry: it tells the times of the frame's records. */
export const TELLS_TIMES = 1;
/** Fields of which an entry tells least and greatest value, in this order. */
export const INDEXED_FIELDS: readonly number[] = [STORED_FIELDS.stime.number, STORED_FIELDS.dur.number];
/** Most frames of one index. */
export const INDEXED_FRAMES_MAX = 1 << 16;

/** What the index at the end of a file says of its frames, which are asked for in their order. */
export class FrameIndex {
  readonly #view: DataView;
  readonly #frames: number;
  readonly #entry: Entry;
  /** The frame that is looked at, and where it begins. */
  #next = 0;
  #offset: number;

  private constructor(view: DataView, frames: number, start: number) {
    this.#view = view;
    this.#frames = frames;
    this.#offset = start;
    this.#entry = new Entry(view);
  }

  /**
   * @param fileBytes length of the file
   * @returns undefined where the file ends with none, or with one that is damaged or was made for another file
   * @throws as `fs` does
   */
  static of(fd: number, fileBytes: number): FrameIndex | undefined {
    const end = readAt(fd, fileBytes - INDEX_END_BYTES, INDEX_END_BYTES);
    if (end?.getUint32(20, true) !== INDEX_MAGIC || end.getFloat64(8, true) !== fileBytes) return undefined;
    const start = end.getFloat64(0, true);
    const frames = end.getUint32(16, true);
    if (!Number.isSafeInteger(start) || start < 0 || frames > INDEXED_FRAMES_MAX) return undefined;
    const bytes = frames * ENTRY_BYTES + INDEX_END_BYTES;
    const view = readAt(fd, fileBytes - bytes, bytes);
    return view === undefined || !isSealed(view) ? undefined : new FrameIndex(view, frames, start);
  }

  /**
   * Length in bytes of the frame that begins at `at`, if surely nothing in it is wanted; 0 where it may be, or nothing is known of it.
   * @param at no less than the last time
   */
  unwanted(at: number, mayHold: MayHold): number {
    while (this.#offset < at && this.#next < this.#frames) this.#pass();
    if (this.#offset !== at || this.#next === this.#frames) return 0;
    const entry = this.#entry;
    entry.at = this.#next * ENTRY_BYTES;
    return entry.tellsTimes && !mayHold(entry, entry.kind, at) ? this.#pass() : 0;
  }

  #pass(): number {
    const bytes = this.#view.getUint32(this.#next++ * ENTRY_BYTES, true);
    this.#offset += bytes;
    return bytes;
  }
}

/** One frame in an index: of its records it knows the times and nothing else. */
class Entry implements FrameSummary {
  at = 0;
  readonly #view: DataView;

  constructor(view: DataView) {
    this.#view = view;
  }

  get kind(): BatchKind {
    return this.#view.getUint8(this.at + 4) as BatchKind;
  }

  get tellsTimes(): boolean {
    return (this.#view.getUint8(this.at + 5) & TELLS_TIMES) !== 0 && this.#view.getUint32(this.at, true) > HEADER_BYTES;
  }

  tells(field: number): boolean {
    return INDEXED_FIELDS.includes(field);
  }

  range(field: number): ValueRange | undefined {
    const at = this.at + 8 + 16 * INDEXED_FIELDS.indexOf(field);
    const least = this.#view.getFloat64(at, true);
    const greatest = this.#view.getFloat64(at + 8, true);
    return least <= greatest ? { least, greatest, isComplete: false } : undefined;
  }

  mayHaveAddress(): boolean {
    return true;
  }
}

function readAt(fd: number, at: number, bytes: number): DataView | undefined {
  if (at < 0) return undefined;
  const view = new DataView(new ArrayBuffer(bytes));
  return readSync(fd, view, 0, bytes, at) === bytes ? view : undefined;
}

/** Checksum of all but itself. */
export function indexChecksum(view: DataView): number {
  return crc32(new Uint8Array(view.buffer, view.byteOffset, view.byteLength - 4));
}

function isSealed(view: DataView): boolean {
  return view.getUint32(view.byteLength - 4, true) === indexChecksum(view);
}
