import type { Batch } from '../record/batch.ts';
import type { AddressColumn } from '../record/columns.ts';

/** With five bits of ten for each address, one in a hundred that is not there seems to be. */
const BITS_PER_ADDRESS = 10;
const PROBES = 5;

/** Different addresses of a batch, as hashes: an open table of twice as many slots as there can be. */
const SLOTS = 1 << 16;
const table = new Uint32Array(SLOTS);
const found = new Uint32Array(SLOTS >> 1);

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
    table.fill(0);
    let count = 0;
    for (const field of fields) {
      const column = batch.columns[field];
      if (column?.kind === 'address') count = addHashes(column, batch.rows, count);
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

/** Adds the hashes of a column to `found`, each once. @returns how many there are */
function addHashes(column: AddressColumn, rows: number, count: number): number {
  const { lanes: [a, b, c, d], strides: [sa, sb, sc, sd], family, familyStride, valid } = column; // prettier-ignore
  let end = count;
  // Neighbours mostly have all but the last lane in common.
  let [ofFamily, ofA, ofB, ofC, front] = [-1, 0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    if (valid !== undefined && ((valid[row >> 3]! >> (row & 7)) & 1) === 0) continue;
    const [f, x, y, z] = [family[row * familyStride]!, a[row * sa]!, b[row * sb]!, c[row * sc]!];
    if (f !== ofFamily || x !== ofA || y !== ofB || z !== ofC) {
      front = frontOf(f, x, y, z);
      [ofFamily, ofA, ofB, ofC] = [f, x, y, z];
    }
    const hash = last(front, d[row * sd]!);
    let slot = hash >>> 16;
    while (table[slot] !== 0 && table[slot] !== hash) slot = (slot + 1) & (SLOTS - 1);
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
  return Math.floor((hash / 2 ** 32) * bits);
}
