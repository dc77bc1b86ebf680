import { Slab } from './slab.ts';

/** Holes that are remembered for each direction. */
const HOLES_MAX = 4;
// Words of a row, for each direction: four holes (start, end), how many there are, how many of them were reported.
const SIDE_WORDS = HOLES_MAX * 2 + 2;
const COUNT = HOLES_MAX * 2;
const REPORTED = COUNT + 1;
const ROW = SIDE_WORDS * 2 + 4;
/** Doubles behind the sides: bytes of holes that were forgotten unfilled. */
const LOST = SIDE_WORDS;

/**
 * Ranges of sequence numbers that were jumped over, for connections that have some. A late segment that touches one
 * fills it; what stays open when a record is written is that record's gap, once.
 */
export class SequenceHoles {
  readonly slab: Slab;

  constructor(flowsMax: number) {
    this.slab = new Slab(ROW, flowsMax);
  }

  /** Remembers [start, end). The oldest of too many is given up as lost. */
  open(row: number, direction: number, start: number, end: number): void {
    const { u32 } = this.slab;
    const at = row * ROW + direction * SIDE_WORDS;
    if (u32[at + COUNT] === HOLES_MAX) this.#forget(row, direction, 0);
    const hole = at + u32[at + COUNT]! * 2;
    u32[hole] = start;
    u32[hole + 1] = end;
    u32[at + COUNT]! += 1;
  }

  /** Takes [start, end) out of the holes; whether it touched one. */
  fill(row: number, direction: number, start: number, end: number): boolean {
    const { u32, i32 } = this.slab;
    const at = row * ROW + direction * SIDE_WORDS;
    for (let i = 0; i < u32[at + COUNT]!; i++) {
      const holeStart = i32[at + i * 2]!;
      const holeEnd = i32[at + i * 2 + 1]!;
      if (((end - holeStart) | 0) <= 0 || ((start - holeEnd) | 0) >= 0) continue;
      const before = ((start - holeStart) | 0) > 0;
      const after = ((holeEnd - end) | 0) > 0;
      if (before && after) {
        // Splits; with no room for a fifth hole the rest is given up as lost.
        u32[at + i * 2 + 1] = start;
        if (u32[at + COUNT]! < HOLES_MAX) this.open(row, direction, end, holeEnd);
        else if (i >= u32[at + REPORTED]!) this.slab.f64[this.#lostAt(row, direction)]! += (holeEnd - end) >>> 0;
      } else if (before) u32[at + i * 2 + 1] = start;
      else if (after) u32[at + i * 2] = end;
      else this.#remove(at, i);
      return true;
    }
    return false;
  }

  /** Bytes jumped over and not filled since the last call; what is open now is not counted again. */
  takeGap(row: number, direction: number): number {
    const { u32, f64 } = this.slab;
    const at = row * ROW + direction * SIDE_WORDS;
    let bytes = f64[this.#lostAt(row, direction)]!;
    f64[this.#lostAt(row, direction)] = 0;
    for (let i = u32[at + REPORTED]!; i < u32[at + COUNT]!; i++)
      bytes += (u32[at + i * 2 + 1]! - u32[at + i * 2]!) >>> 0;
    u32[at + REPORTED] = u32[at + COUNT]!;
    return bytes;
  }

  reverse(row: number): void {
    const side = this.slab.u32.slice(row * ROW, row * ROW + SIDE_WORDS);
    this.slab.u32.copyWithin(row * ROW, row * ROW + SIDE_WORDS, row * ROW + 2 * SIDE_WORDS);
    this.slab.u32.set(side, row * ROW + SIDE_WORDS);
    const lost = this.#lostAt(row, 0);
    const first = this.slab.f64[lost]!;
    this.slab.f64[lost] = this.slab.f64[lost + 1]!;
    this.slab.f64[lost + 1] = first;
  }

  #lostAt(row: number, direction: number): number {
    return (row * ROW) / 2 + LOST + direction;
  }

  #forget(row: number, direction: number, hole: number): void {
    const { u32, f64 } = this.slab;
    const at = row * ROW + direction * SIDE_WORDS;
    if (hole >= u32[at + REPORTED]!) {
      f64[this.#lostAt(row, direction)]! += (u32[at + hole * 2 + 1]! - u32[at + hole * 2]!) >>> 0;
    }
    this.#remove(at, hole);
  }

  #remove(at: number, hole: number): void {
    const { u32 } = this.slab;
    u32.copyWithin(at + hole * 2, at + hole * 2 + 2, at + COUNT);
    u32[at + COUNT]! -= 1;
    if (hole < u32[at + REPORTED]!) u32[at + REPORTED]! -= 1;
  }
}
