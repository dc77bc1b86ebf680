import type { FlowKey } from './key.ts';
import { ROW_WORDS, W_A0, W_B0, W_EXTRA, W_HASH, W_PORTS, type FlowRows } from './rows.ts';

const FIRST_SLOTS = 1 << 12;

/**
 * From keys to row numbers: open addressing with linear probing, each slot holding row + 1 and the hash side by side, so
 * that a miss rarely touches a row. Half full at most; deletion shifts later entries back instead of leaving marks.
 */
export class HashTable {
  readonly #rows: FlowRows;
  /** For each slot, row + 1 (0 when it is free) and hash. Another array after an `insert` that made it grow. */
  slots = new Uint32Array(FIRST_SLOTS * 2);
  mask = FIRST_SLOTS - 1;
  #count = 0;

  constructor(rows: FlowRows) {
    this.#rows = rows;
  }

  /** The row with this key, or -1. */
  find(key: FlowKey): number {
    const slots = this.slots;
    const mask = this.mask;
    const hash = key.hash >>> 0;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot * 2]!;
      if (entry === 0) return -1;
      if (slots[slot * 2 + 1] === hash && this.#matches(entry - 1, key)) return entry - 1;
    }
  }

  #matches(row: number, key: FlowKey): boolean {
    const words = this.#rows.i32;
    const at = row * ROW_WORDS;
    return (
      words[at + W_PORTS] === key.ports &&
      words[at + W_EXTRA] === key.extra &&
      words[at + W_A0 + 3] === key.a3 &&
      words[at + W_B0 + 3] === key.b3 &&
      words[at + W_A0 + 2] === key.a2 &&
      words[at + W_B0 + 2] === key.b2 &&
      words[at + W_A0 + 1] === key.a1 &&
      words[at + W_B0 + 1] === key.b1 &&
      words[at + W_A0] === key.a0 &&
      words[at + W_B0] === key.b0
    );
  }

  /** Writes the key into `row` and makes the row findable. The key must not be in the table. */
  insert(key: FlowKey, row: number): void {
    this.#count += 1;
    if (this.#count * 2 > this.mask + 1) this.#grow();
    const words = this.#rows.i32;
    const at = row * ROW_WORDS;
    words[at + W_A0] = key.a0;
    words[at + W_A0 + 1] = key.a1;
    words[at + W_A0 + 2] = key.a2;
    words[at + W_A0 + 3] = key.a3;
    words[at + W_B0] = key.b0;
    words[at + W_B0 + 1] = key.b1;
    words[at + W_B0 + 2] = key.b2;
    words[at + W_B0 + 3] = key.b3;
    words[at + W_PORTS] = key.ports;
    words[at + W_EXTRA] = key.extra;
    words[at + W_HASH] = key.hash;
    this.#place(row + 1, key.hash >>> 0);
  }

  /** Makes `row` unfindable; its hash is still in it. */
  remove(row: number): void {
    const slots = this.slots;
    const mask = this.mask;
    let hole = this.#rows.u32[row * ROW_WORDS + W_HASH]! & mask;
    while (slots[hole * 2] !== row + 1) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; slots[slot * 2] !== 0; slot = (slot + 1) & mask) {
      const home = slots[slot * 2 + 1]! & mask;
      // An entry may move back into the hole unless its home lies cyclically in (hole, slot].
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole * 2] = slots[slot * 2]!;
      slots[hole * 2 + 1] = slots[slot * 2 + 1]!;
      hole = slot;
    }
    slots[hole * 2] = 0;
    slots[hole * 2 + 1] = 0;
    this.#count -= 1;
  }

  #place(entry: number, hash: number): void {
    const slots = this.slots;
    let slot = hash & this.mask;
    while (slots[slot * 2] !== 0) slot = (slot + 1) & this.mask;
    slots[slot * 2] = entry;
    slots[slot * 2 + 1] = hash;
  }

  #grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    this.mask = old.length - 1;
    for (let i = 0; i < old.length; i += 2) if (old[i] !== 0) this.#place(old[i]!, old[i + 1]!);
  }
}
