/** Small fast counter, 32 bits wide: Chris Doty-Humphrey's sfc32. The same seed gives the same numbers everywhere. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed any number; its lower 32 bits and what lies above them both count */
  constructor(seed: number) {
    this.#a = 0x9e3779b9 | 0;
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0;
    this.#c = seed | 0;
    for (let round = 0; round < 16; round++) this.bits();
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum;
  }

  /** A fraction, 0 included and 1 not. */
  fraction(): number {
    return (this.bits() >>> 0) / 0x1_0000_0000;
  }

  /** An integer from `least` to `most`, both included; they lie less than 2^32 apart. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** 16 random bits. */
  half(): number {
    return this.bits() >>> 16;
  }
}

/**
 * A permutation of the numbers below `2 ** bits`: neighbours land far apart, and no two land on one.
 * @param bits 1 to 32
 */
export function shuffled(index: number, bits: number, seed: number): number {
  const mask = bits === 32 ? -1 : (1 << bits) - 1;
  const half = (bits + 1) >> 1;
  let value = (index ^ seed) & mask;
  for (const factor of [0x2c1b3c6d, 0x297a2d39]) {
    value = Math.imul(value, factor) & mask;
    value ^= (value >>> 0) >>> half;
  }
  return (value & mask) >>> 0;
}
