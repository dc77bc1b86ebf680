import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { Column } from '../record/columns.ts';
import { FIELDS_IN_WORD, type FieldPlace } from './row-layout.ts';

/*
 * Which fields a row has: in batches a bitmap for each field, which several have in common; in rows a bit for each field.
 */

/**
 * For each row of some columns the words that say which of these it has.
 * @param places of all fields
 * @param words of a row
 */
export function presenceOf(
  places: readonly FieldPlace[],
  words: number,
  columns: readonly (Column | undefined)[],
  rows: number,
): Uint32Array[] {
  const inAll = new Uint32Array(words);
  const inSome = new Map<Uint8Array, Uint32Array>();
  for (const { field, bit } of places) {
    const column = columns[field];
    if (column === undefined) continue;
    let masks: Uint32Array | undefined = inAll;
    if (column.valid !== undefined) {
      masks = inSome.get(column.valid);
      if (masks === undefined) inSome.set(column.valid, (masks = new Uint32Array(words)));
    }
    masks[wordOf(bit)]! |= maskOf(bit);
  }
  return Array.from(inAll, (mask, word) => {
    const present = new Uint32Array(rows).fill(mask);
    for (const [valid, masks] of inSome) if (masks[word] !== 0) addMask(present, valid, masks[word]!);
    return present;
  });
}

const wordOf = (bit: number): number => Math.floor(bit / FIELDS_IN_WORD);
const maskOf = (bit: number): number => 1 << (bit % FIELDS_IN_WORD);

function addMask(words: Uint32Array, valid: Uint8Array, mask: number): void {
  for (let row = 0; row < words.length; row++) {
    const bit = (valid[row >> 3]! >> (row & 7)) & 1;
    words[row] = words[row]! | (mask & -bit);
  }
}

/** Which rows have a field: by a bitmap, all (undefined), or none (null). */
export type Valid = Uint8Array | undefined | null;

/** Makes bitmaps of the words of some rows. Rows have few different ones: what is asked is asked of these. */
export class Presence {
  readonly #words: readonly Uint32Array[];
  /** By row: which of the different ones it has. */
  readonly #numbers: Uint16Array;
  /** A row that has it, for each of the different ones. */
  #examples: Uint16Array;
  readonly #known: { readonly flags: Uint8Array; readonly bitmap: Uint8Array }[] = [];

  /** @param words by their place in a row; at least one row */
  constructor(words: readonly Uint32Array[], rows: number) {
    this.#words = words;
    this.#numbers = new Uint16Array(rows);
    this.#examples = Uint16Array.of(0);
    for (const word of words) this.#examples = refine(this.#numbers, word);
  }

  /**
   * Which rows have a field; fields that the same rows have get the same bitmap.
   * @param take gives room for so many bytes
   */
  valid(bit: number, take: (bytes: number) => Uint8Array): Valid {
    const words = this.#words[wordOf(bit)]!;
    const flags = Uint8Array.from(this.#examples, (row) => (words[row]! >>> (bit % FIELDS_IN_WORD)) & 1);
    if (!flags.includes(0)) return undefined;
    if (!flags.includes(1)) return null;
    const known = this.#known.find((other) => Buffer.compare(other.flags, flags) === 0);
    if (known !== undefined) return known.bitmap;
    const bitmap = take((this.#numbers.length + 7) >> 3).fill(0);
    fillBitmap(bitmap, this.#numbers, flags);
    this.#known.push({ flags, bitmap });
    return bitmap;
  }
}

function fillBitmap(bitmap: Uint8Array, numbers: Uint16Array, flags: Uint8Array): void {
  for (let row = 0; row < numbers.length; row++) {
    const at = row >> 3;
    bitmap[at] = bitmap[at]! | (flags[numbers[row]!]! << (row & 7));
  }
}

const SLOTS_BITS = Math.log2(BATCH_ROWS_MAX) + 1;
const SLOTS = 1 << SLOTS_BITS;
/** Number of what is in the slot plus 1; 0 is a free slot. */
const slots = new Uint16Array(SLOTS);
const before = new Uint16Array(BATCH_ROWS_MAX);
const wordsFound = new Uint32Array(BATCH_ROWS_MAX);
const rowsFound = new Uint16Array(BATCH_ROWS_MAX);

/**
 * Gives rows with the same number and the same word the same new number, counted from 0.
 * @returns a row with each
 */
function refine(numbers: Uint16Array, words: Uint32Array): Uint16Array {
  slots.fill(0);
  let found = 0;
  let last = -1;
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row]!;
    const word = words[row]!;
    if (last < 0 || before[last] !== number || wordsFound[last] !== word) {
      let slot = (Math.imul(word, 0x9e37_79b1) ^ Math.imul(number, 0x85eb_ca6b)) >>> (32 - SLOTS_BITS);
      for (; slots[slot] !== 0; slot = (slot + 1) & (SLOTS - 1)) {
        last = slots[slot]! - 1;
        if (before[last] === number && wordsFound[last] === word) break;
      }
      if (slots[slot] === 0) {
        last = found++;
        slots[slot] = found;
        before[last] = number;
        wordsFound[last] = word;
        rowsFound[last] = row;
      }
    }
    numbers[row] = last;
  }
  return rowsFound.slice(0, found);
}
