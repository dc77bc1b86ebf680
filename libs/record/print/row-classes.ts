import type { Batch } from '../batch.ts';
import { BLOCK_ROWS } from './block-cell.ts';
import { Keys, type Looks } from './keys.ts';

/** Classes that are known at once. */
const CLASSES_BITS = 14;
export const CLASSES_MAX = 1 << CLASSES_BITS;
/** Slots of the table that finds them, by the high bits of a hash: four for each. */
const SLOTS_BITS = CLASSES_BITS + 2;
const SLOTS = 1 << SLOTS_BITS;

const slots = new Uint16Array(BLOCK_ROWS);
const isOther = new Uint8Array(BLOCK_ROWS);

/**
 * Rows that have the same in some stored fields are of one class: whatever is made of these fields alone is made once for each class, by any
 * number of columns.
 */
export class RowClasses {
  /** Of the rows read last: the number of each one's class, below `CLASSES_MAX`. */
  readonly numbers = new Uint16Array(BLOCK_ROWS);
  readonly #keys: Keys;
  /** The numbers that make up the key of each class. */
  readonly #known: Float64Array[] = [];
  /** Number of the class in each slot plus one; 0 is a free slot. */
  readonly #slots = new Uint16Array(SLOTS);
  #count = 0;
  #edition = 0;

  /** @returns undefined when what is to be looked at is not integers of few bits */
  static of(looks: Looks): RowClasses | undefined {
    const keys = Keys.of(looks);
    return keys && new RowClasses(keys);
  }

  private constructor(keys: Keys) {
    this.#keys = keys;
  }

  /** Another one than before says that classes have been forgotten: their numbers are those of other ones now. */
  get edition(): number {
    return this.#edition;
  }

  /** Prepares for the rows of a batch; the result tells the classes of up to `BLOCK_ROWS` rows. */
  open(batch: Batch): (rows: Uint32Array) => void {
    const read = this.#keys.open(batch);
    return (rows) => {
      read(rows);
      if (this.#count + rows.length > CLASSES_MAX) this.#forget();
      this.#find(rows.length);
    };
  }

  #forget(): void {
    this.#count = 0;
    this.#slots.fill(0);
    this.#edition += 1;
  }

  #find(count: number): void {
    const { numbers } = this;
    const parts = this.#keys.numbers;
    while (this.#known.length < parts.length) this.#known.push(new Float64Array(CLASSES_MAX));
    hash(parts, count);
    const table = this.#slots;
    // The class in the slot is taken for the right one at first; that of a free slot is one that nobody is of.
    for (let i = 0; i < count; i++) {
      const number = table[slots[i]!]!;
      numbers[i] = number - Math.min(number, 1);
      isOther[i] = 1 - Math.min(number, 1);
    }
    for (let j = 0; j < parts.length; j++) compare(this.#known[j]!, parts[j]!, numbers, count);
    for (let i = 0; i < count; i++) if (isOther[i] === 1) numbers[i] = this.#search(i);
  }

  /** The class of the i-th key, which it is given if it is new. */
  #search(i: number): number {
    const table = this.#slots;
    let slot = slots[i]!;
    for (; table[slot] !== 0; slot = (slot + 1) & (SLOTS - 1)) {
      const number = table[slot]! - 1;
      if (this.#keys.numbers.every((part, j) => this.#known[j]![number] === part[i])) return number;
    }
    const number = this.#count++;
    table[slot] = number + 1;
    for (const [j, part] of this.#keys.numbers.entries()) this.#known[j]![number] = part[i]!;
    return number;
  }
}

/** Finds the slots of the first `count` keys. */
function hash(parts: readonly Float64Array[], count: number): void {
  slots.fill(0, 0, count);
  let salt = 0x9e3779b1;
  for (const part of parts) {
    addHash(part, salt, count);
    salt = Math.imul(salt, 0x2c1b3c6d);
  }
}

function addHash(part: Float64Array, salt: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const key = part[i]!;
    const hashed = Math.imul(key ^ Math.imul(key * 2 ** -32, 0x85ebca6b), salt);
    slots[i] = slots[i]! ^ (hashed >>> (32 - SLOTS_BITS));
  }
}

/** Marks the keys of which a number is not that of the class that was taken for theirs. */
function compare(known: Float64Array, part: Float64Array, numbers: Uint16Array, count: number): void {
  for (let i = 0; i < count; i++) if (known[numbers[i]!] !== part[i]) isOther[i] = 1;
}
