import { Slab } from './slab.ts';

/** Ranges that are remembered of a datagram; fragments in order, or in reverse, need one. */
const RANGES_MAX = 8;
const COUNT = 0;
/** Length of the datagram; 0 is not known yet. */
const TOTAL = 1;
/** Ranges: `start << 16 | end`, apart from each other by at least a byte. */
const RANGES = 2;
const ROW = RANGES + RANGES_MAX;

/** No datagram is longer (RFC 791 §3.1, RFC 8200 §4.5); what claims to be counts as if it ended here. */
const DATAGRAM_BYTES_MAX = 0xffff;

/**
 * Which bytes of fragmented datagrams have come, to tell fragments that overlap: two that claim the same byte, repeated ones
 * included. Once a datagram is whole it is forgotten, so that its identification may be used again. Of a datagram with
 * more than `RANGES_MAX` pieces at a time the first is forgotten.
 */
export class FragmentRows {
  readonly slab: Slab;

  constructor(flowsMax: number) {
    this.slab = new Slab(ROW, flowsMax, 64);
  }

  /**
   * Takes the fragment [offset, offset + bytes) into account.
   * @returns whether it overlaps another one of the datagram
   */
  note(row: number, offset: number, bytes: number, moreFollow: boolean): boolean {
    const { u32 } = this.slab;
    const at = row * this.slab.rowWords;
    const ownStart = Math.min(offset, DATAGRAM_BYTES_MAX);
    const ownEnd = Math.min(offset + bytes, DATAGRAM_BYTES_MAX);
    if (ownStart >= ownEnd) return false;
    let start = ownStart;
    let end = ownEnd;
    let overlaps = false;
    for (let i = 0; i < u32[at + COUNT]!;) {
      const range = u32[at + RANGES + i]!;
      const otherStart = range >>> 16;
      const otherEnd = range & 0xffff;
      if (otherEnd < ownStart || ownEnd < otherStart) {
        i += 1;
        continue;
      }
      if (otherStart < ownEnd && ownStart < otherEnd) overlaps = true;
      start = Math.min(start, otherStart);
      end = Math.max(end, otherEnd);
      this.#remove(at, i);
    }
    if (!moreFollow) u32[at + TOTAL] = ownEnd;
    if (start === 0 && u32[at + TOTAL] !== 0 && end >= u32[at + TOTAL]!) this.#forget(at);
    else this.#add(at, start, end);
    return overlaps;
  }

  #add(at: number, start: number, end: number): void {
    const { u32 } = this.slab;
    if (u32[at + COUNT] === RANGES_MAX) this.#remove(at, 0);
    u32[at + RANGES + u32[at + COUNT]!] = (start << 16) | end;
    u32[at + COUNT]! += 1;
  }

  #remove(at: number, index: number): void {
    const { u32 } = this.slab;
    u32.copyWithin(at + RANGES + index, at + RANGES + index + 1, at + RANGES + RANGES_MAX);
    u32[at + COUNT]! -= 1;
  }

  #forget(at: number): void {
    this.slab.u32[at + COUNT] = 0;
    this.slab.u32[at + TOTAL] = 0;
  }
}
