import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import type { AddressColumn } from '../record/columns.ts';

/** With five bits of ten for each address, one in a hundred that is not there seems to be. */
const BITS_PER_ADDRESS = 10;
const PROBES = 5;

/** The hashes of a column by row. */
const hashes = new Uint32Array(BATCH_ROWS_MAX);
/** Different ones of a batch, and an open table of them with at least twice as many slots as there can be. */
const SLOTS_BITS_MAX = 16;
const found = new Uint32Array(2 * BATCH_ROWS_MAX);
const table = new Uint32Array(1 << SLOTS_BITS_MAX);

/**
 * A Bloom filter over the addresses of some columns: 10 bits for each different address, of which each sets 5. Bit `i` is
 * bit `i & 7` of byte `i >> 3`; an address' bits are those at `(h + k × g) mod 2^32 × bits ÷ 2^32`, rounded down, for `k`
 * from 0 to 4, with the two hashes `h` and `g` of its family and lanes.
 */
export class AddressFilter {
  readonly #bytes: Uint8Array;

  /** @param bytes at least one, as `encode` gave them */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** No bytes when the columns are not there. */
  static encode(batch: Batch, fields: readonly number[]): Uint8Array {
    const slotsBits = Math.min(35 - Math.clz32(batch.rows), SLOTS_BITS_MAX);
    table.fill(0, 0, 1 << slotsBits);
    let count = 0;
    for (const field of fields) {
      const column = batch.columns[field];
      if (column?.kind !== 'address') continue;
      takeHashes(column, batch.rows);
      count = addHashes(column.valid, batch.rows, count, slotsBits);
    }
    const bytes = new Uint8Array((count * BITS_PER_ADDRESS + 7) >> 3);
    const bits = bytes.length * 8;
    for (let i = 0; i < count; i++) {
      let hash = found[i]!;
      const step = second(hash);
      for (let k = 0; k < PROBES; k++, hash = (hash + step) >>> 0) {
        const bit = bitAt(hash, bits);
        bytes[bit >> 3]! |= 1 << (bit & 7);
      }
    }
    return bytes;
  }

  /** False when no row has this address. */
  mayHave(family: number, [a, b, c, d]: readonly [number, number, number, number]): boolean {
    let hash = first(family, a, b, c, d);
    const step = second(hash);
    const bytes = this.#bytes;
    const bits = bytes.length * 8;
    for (let k = 0; k < PROBES; k++, hash = (hash + step) >>> 0) {
      const bit = bitAt(hash, bits);
      if (((bytes[bit >> 3]! >> (bit & 7)) & 1) === 0) return false;
    }
    return true;
  }
}

/** Of all rows, for to ask which of them have an address takes longer than to mix. */
function takeHashes({ lanes, strides, family, familyStride }: AddressColumn, rows: number): void {
  const [a, b, c, d] = lanes;
  const [sa, sb, sc, sd] = strides;
  let front = frontOf(family[0]!, a[0]!, b[0]!, c[0]!);
  if (familyStride + sa + sb + sc === 0) {
    for (let row = 0; row < rows; row++) hashes[row] = last(front, d[row * sd]!);
    return;
  }
  for (let row = 0, latest = 0; row < rows; row++) {
    const isSame =
      family[row * familyStride] === family[latest * familyStride] &&
      c[row * sc] === c[latest * sc] &&
      b[row * sb] === b[latest * sb] &&
      a[row * sa] === a[latest * sa];
    if (!isSame) front = frontOf(family[row * familyStride]!, a[row * sa]!, b[row * sb]!, c[row * sc]!);
    latest = row;
    hashes[row] = last(front, d[row * sd]!);
  }
}

/** Adds those of rows with an address to `found`, each once. @returns how many there are */
function addHashes(valid: Uint8Array | undefined, rows: number, count: number, slotsBits: number): number {
  const shift = 32 - slotsBits;
  const mask = (1 << slotsBits) - 1;
  let end = count;
  for (let row = 0; row < rows; row++) {
    if (valid !== undefined && ((valid[row >> 3]! >> (row & 7)) & 1) === 0) continue;
    const hash = hashes[row]!;
    let slot = hash >>> shift;
    while (table[slot] !== 0 && table[slot] !== hash) slot = (slot + 1) & mask;
    if (table[slot] === hash) continue;
    table[slot] = hash;
    found[end++] = hash;
  }
  return end;
}

function first(family: number, a: number, b: number, c: number, d: number): number {
  return last(frontOf(family, a, b, c), d);
}

/** Of all but the last lane. */
function frontOf(family: number, a: number, b: number, c: number): number {
  let hash = Math.imul(family ^ 0x9e37_79b9, 0x85eb_ca6b);
  hash = mix(hash ^ a);
  hash = mix(hash ^ b);
  return mix(hash ^ c);
}

/** Never 0, which marks a free slot. */
function last(front: number, d: number): number {
  return mix(front ^ d) >>> 0 || 1;
}

function second(hash: number): number {
  return (mix(hash ^ 0x5bd1_e995) | 1) >>> 0;
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}

function bitAt(hash: number, bits: number): number {
  return (hash * (bits / 2 ** 32)) | 0;
}
