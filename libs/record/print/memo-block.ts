import type { Format } from '../fields/field.ts';
import { BLOCK_ROWS, plainBlock, type BlockCell, type Image } from './block-cell.ts';
import type { Cell } from './cell.ts';
import { Keys } from './keys.ts';
import { copyWords, viewOf } from './words.ts';

/** Images that are kept of a column, by the high bits of a hash. */
const SLOTS_BITS = 12;
const SLOTS = 1 << SLOTS_BITS;
/** Longest image that is kept, bytes. */
const SIZE_MAX = 64;

const NONE: ReadonlySet<string> = new Set();

/** Stored fields of which a cell looks no further than whether they are there, and more than zero. */
const SIGNS: Readonly<Partial<Record<Format, ReadonlySet<string>>>> = {
  protocol: new Set(['sport']),
  direction: new Set(['spkts', 'dpkts']),
  state: new Set(['spkts', 'dpkts']),
  flags: new Set(['sretrans', 'slost', 'dretrans', 'dlost', 'sgap', 'dgap']),
};

const slots = new Uint16Array(BLOCK_ROWS);
const isMissing = new Uint8Array(BLOCK_ROWS);
const missing = new Uint16Array(BLOCK_ROWS);

/** Images of values, found by the keys of their rows. */
class Images {
  readonly #keys: Keys;
  readonly #size: number;
  /** The numbers of the key of each slot; NaN is none. */
  readonly #known: readonly Float64Array[];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(keys: Keys, size: number) {
    this.#keys = keys;
    this.#size = size;
    this.#known = keys.numbers.map(() => new Float64Array(SLOTS).fill(NaN));
    this.#bytes = new Uint8Array(SLOTS * size);
    this.#view = viewOf(this.#bytes);
  }

  /** Finds the slots of the first `count` keys. */
  find(count: number): void {
    const { numbers } = this.#keys;
    slots.fill(0, 0, count);
    let salt = 0x9e3779b1;
    for (const number of numbers) {
      for (let i = 0; i < count; i++) {
        const key = number[i]!;
        const hash = Math.imul(key ^ Math.imul(key * 2 ** -32, 0x85ebca6b), salt);
        slots[i] = slots[i]! ^ (hash >>> (32 - SLOTS_BITS));
      }
      salt = Math.imul(salt, 0x2c1b3c6d);
    }
  }

  /**
   * Copies the images of the first `count` keys to their places, but for those that are not known, whose numbers go into
   * `missing`.
   * @returns how many these are
   */
  take(count: number, bytes: Uint8Array, first: number, stride: number): number {
    this.#mark(count);
    const view = viewOf(bytes);
    const images = this.#view;
    const size = this.#size;
    let misses = 0;
    for (let i = 0; i < count; i++) {
      if (isMissing[i] === 1) {
        missing[misses++] = i;
        continue;
      }
      copyWords(view, first + i * stride, images, slots[i]! * size, size);
    }
    return misses;
  }

  /** Tells which of the first `count` keys are not known. */
  #mark(count: number): void {
    isMissing.fill(0, 0, count);
    for (let j = 0; j < this.#known.length; j++) {
      const known = this.#known[j]!;
      const number = this.#keys.numbers[j]!;
      for (let i = 0; i < count; i++) if (known[slots[i]!] !== number[i]) isMissing[i] = 1;
    }
  }

  /** Keeps the image of the i-th key. */
  keep(i: number, image: Image): void {
    const slot = slots[i]!;
    for (const [j, known] of this.#known.entries()) known[slot] = this.#keys.numbers[j]![i]!;
    image.copyTo(this.#bytes, slot * this.#size);
  }
}

/**
 * A cell whose values come from few stored numbers, in few combinations: those of late are kept.
 * @param inputs numbers of all stored fields that the cell looks at
 */
export function memoBlock(inputs: ReadonlySet<number>, format: Format, cell: Cell, image: Image): BlockCell {
  const keys = Keys.of(inputs, SIGNS[format] ?? NONE);
  if (image.size > SIZE_MAX || keys === undefined) return plainBlock(cell, image);
  let images: Images | undefined;
  return (batch) => {
    const kept = (images ??= new Images(keys, image.size));
    const write = cell(batch);
    const read = keys.open(batch);
    return (bytes, first, stride, rows) => {
      const count = rows.length;
      read(rows);
      kept.find(count);
      const misses = kept.take(count, bytes, first, stride);
      for (let k = 0; k < misses; k++) {
        const i = missing[k]!;
        if (!image.make(write, rows[i]!)) return false;
        image.copyTo(bytes, first + i * stride);
        kept.keep(i, image);
      }
      return true;
    };
  };
}
