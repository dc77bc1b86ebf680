import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { mix, SEED } from './hash.ts';
import type { KeyPiece } from './key-piece.ts';

/** Pieces of a narrow key that are computed for each row. */
const WIDTH = 2;
const FIRST_SLOTS = 1 << 10;
const SLOTS_MAX = 1 << 16;
/** Of a slot: group + 1, and two words. */
const SLOT_WORDS = 4;

/**
 * The groups of keys that consist of few words, such as one address: of that the family and the last lane, as long as the other lanes of
 * each family are the same in all batches. They are found without making, mixing and comparing whole keys.
 */
export class NarrowKeys {
  readonly #pieces: readonly KeyPiece[];
  readonly #byFamily: readonly KeyPiece[];
  readonly #words = Array.from({ length: WIDTH }, () => new Uint32Array(BATCH_ROWS_MAX));
  #slots = new Uint32Array(0);
  #mask = 0;
  #count = 0;
  /** What the other lanes are for the keys that are known. */
  #lanes: string | undefined;
  /** Whether the batch that is looked at has no others. */
  #isNarrow = false;

  /** @returns undefined where keys have more pieces than that */
  static of(pieces: readonly KeyPiece[]): NarrowKeys | undefined {
    const keys = new NarrowKeys(pieces);
    return keys.#pieces.length > WIDTH ? undefined : keys;
  }

  private constructor(pieces: readonly KeyPiece[]) {
    this.#pieces = pieces.filter(({ byFamily }) => byFamily === undefined);
    this.#byFamily = pieces.filter(({ byFamily }) => byFamily !== undefined);
    this.forget();
  }

  /** To be called when numbers of groups may stand for other keys. */
  forget(): void {
    this.#slots = new Uint32Array(FIRST_SLOTS * SLOT_WORDS);
    this.#mask = FIRST_SLOTS - 1;
    this.#count = 0;
  }

  /** Whether there are too many to be remembered. */
  get isFull(): boolean {
    return this.#count * 2 >= SLOTS_MAX;
  }

  /**
   * Sets the groups of the first `count` of `rows`, -1 where they are not known.
   * @returns how many are not; undefined where keys of this batch are not narrow
   */
  find(batch: Batch, rows: Uint32Array, count: number, groups: Int32Array): number | undefined {
    const lanes = this.#byFamily.map((piece) => piece.byFamily?.(batch));
    this.#isNarrow = !lanes.includes(undefined);
    if (!this.#isNarrow) return undefined;
    const now = lanes.join(' ');
    if (now !== this.#lanes) this.forget();
    this.#lanes = now;
    for (const [k, words] of this.#words.entries()) {
      const same = this.#pieces[k]?.fill(batch, rows, count, { words, from: 0, step: 1 });
      if (same !== undefined || k >= this.#pieces.length) words.fill(same ?? 0, 0, count);
    }
    return this.#findAll(count, groups);
  }

  #findAll(count: number, groups: Int32Array): number {
    const [one, two] = this.#words as [Uint32Array, Uint32Array];
    const slots = this.#slots;
    const mask = this.#mask;
    let missing = 0;
    for (let i = 0; i < count; i++) {
      const a = one[i]!;
      const b = two[i]!;
      let at = (hashOf(a, b) & mask) * SLOT_WORDS;
      while (slots[at] !== 0 && (slots[at + 1] !== a || slots[at + 2] !== b))
        at = (at + SLOT_WORDS) & (mask * SLOT_WORDS);
      const group = slots[at]! - 1;
      groups[i] = group;
      missing += group >>> 31;
    }
    return missing;
  }

  /** The `i`th of the rows that were looked up last belongs to a group. */
  learn(i: number, group: number): void {
    if (!this.#isNarrow || this.isFull) return;
    if (this.#count * 2 > this.#mask) this.#grow();
    const [one, two] = this.#words as [Uint32Array, Uint32Array];
    if (this.#place(group + 1, one[i]!, two[i]!)) this.#count += 1;
  }

  /** @returns whether it was not there */
  #place(entry: number, a: number, b: number): boolean {
    const slots = this.#slots;
    const mask = this.#mask;
    let at = (hashOf(a, b) & mask) * SLOT_WORDS;
    for (; slots[at] !== 0; at = (at + SLOT_WORDS) & (mask * SLOT_WORDS))
      if (slots[at + 1] === a && slots[at + 2] === b) return false;
    slots[at] = entry;
    slots[at + 1] = a;
    slots[at + 2] = b;
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#mask = this.#slots.length / SLOT_WORDS - 1;
    for (let at = 0; at < old.length; at += SLOT_WORDS)
      if (old[at] !== 0) this.#place(old[at]!, old[at + 1]!, old[at + 2]!);
  }
}

/** The multiplier is not known to others either, or two words could be chosen so that they cancel out. */
const hashOf = (a: number, b: number): number => mix(a ^ SEED ^ Math.imul(b, SEED | 1));
