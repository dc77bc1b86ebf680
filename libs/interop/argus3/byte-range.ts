import { fstatSync, readSync } from 'node:fs';
import { behindTheEnd, notABeginning, type ByteRange } from '../../archive/byte-range.ts';
import { beginsRecord, RECORD_HEADER_BYTES } from './format.ts';

const WINDOW_BYTES = 1 << 18;
/** So many records, one behind the other, begin nowhere by chance. */
const RECORDS_IN_A_ROW = 16;

export interface RecordRange {
  readonly range: ByteRange;
  /** Length of the first record where that is not in the range, 0 where it is. */
  readonly firstBytes: number;
}

/**
 * The bytes of a file of Argus that hold the records which begin in `range`, and those of the first record where that is none of them,
 * without which the others do not say from which probe they are.
 * @param name of the file, for messages
 * @throws {InputError} where no record begins at the start of the range
 */
export function argus3BytesOf(fd: number, { start, stop }: ByteRange, name: string): RecordRange {
  const { size } = fstatSync(fd);
  const walk = new RecordWalk(fd, size);
  const firstEnd = walk.next(0);
  if (start >= size) throw behindTheEnd(name, start, size);
  if (!walk.isBeginning(start)) throw notABeginning(name, 'record', start, walk.around(start));
  let end = start;
  while (end < Math.min(stop, size)) end = walk.next(end);
  return { range: { start, stop: end }, firstBytes: start === 0 ? 0 : firstEnd };
}

/** Goes from record to record by their lengths. */
class RecordWalk {
  readonly #fd: number;
  readonly #size: number;
  readonly #window = Buffer.alloc(WINDOW_BYTES);
  #start = 0;
  #end = 0;

  constructor(fd: number, size: number) {
    this.#fd = fd;
    this.#size = size;
  }

  /** Where the record behind the one at `offset` begins. */
  next(offset: number): number {
    const at = this.#at(offset);
    const bytes = at < 0 ? RECORD_HEADER_BYTES : this.#window.readUInt16BE(at + 2) * 4;
    return Math.min(offset + Math.max(bytes, RECORD_HEADER_BYTES), this.#size);
  }

  isBeginning(start: number): boolean {
    let offset = start;
    for (let i = 0; i < RECORDS_IN_A_ROW && offset < this.#size; i++) {
      if (!this.#looksLikeRecord(offset, i > 0)) return false;
      offset = this.next(offset);
    }
    return true;
  }

  /** The last record that begins before `offset`, and the next one. */
  around(offset: number): readonly [before: number, after: number] {
    let before = 0;
    let after = 0;
    while (after <= offset && after < this.#size) {
      before = after;
      after = this.next(after);
    }
    return [before, after];
  }

  /** @param isBehind whether there was a record before it, behind which there may be filler, or a record that is cut */
  #looksLikeRecord(offset: number, isBehind: boolean): boolean {
    const at = this.#at(offset);
    if (at < 0) return isBehind;
    const head = this.#window.readUInt32BE(at);
    const bytes = (head & 0xffff) * 4;
    if (bytes === 0 || offset + bytes > this.#size) return isBehind;
    return beginsRecord(head);
  }

  /** Where in the window the header at `offset` is; -1 where the file ends before. */
  #at(offset: number): number {
    if (offset < this.#start || offset + RECORD_HEADER_BYTES > this.#end) {
      this.#start = offset;
      this.#end = offset + readSync(this.#fd, this.#window, 0, WINDOW_BYTES, offset);
    }
    return offset + RECORD_HEADER_BYTES > this.#end ? -1 : offset - this.#start;
  }
}
