import type { RadixSorter } from './radix.ts';

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const SHIFTS = [0, DIGIT_BITS, 2 * DIGIT_BITS] as const;

/**
 * Makes few words of many: of the digits of a word only as many bits are kept as tell those apart that there are. Addresses, of which
 * most lanes have few values, and numbers that are doubles are sorted in a third of the passes.
 */
export class WordPacker {
  readonly #sorter: RadixSorter;
  readonly #packed: Uint32Array;
  #bits = 0;
  readonly #histograms = SHIFTS.map(() => new Uint32Array(DIGITS));

  constructor(sorter: RadixSorter, count: number) {
    this.#sorter = sorter;
    this.#packed = new Uint32Array(count);
  }

  /** Sorts by one more word, the least significant first; the order stands after `flush`. */
  by(words: Uint32Array): void {
    const [low, middle, high] = this.#histograms as [Uint32Array, Uint32Array, Uint32Array];
    countDigits(words, low, middle, high);
    for (const [i, shift] of SHIFTS.entries()) {
      const bits = rankDigits(this.#histograms[i]!);
      if (bits === 0) continue;
      if (this.#bits + bits > 32) this.flush();
      pack(words, shift, this.#histograms[i]!, this.#packed, this.#bits);
      this.#bits += bits;
    }
  }

  flush(): void {
    this.#sorter.by(this.#packed, this.#bits);
    this.#packed.fill(0);
    this.#bits = 0;
  }
}

function countDigits(words: Uint32Array, low: Uint32Array, middle: Uint32Array, high: Uint32Array): void {
  low.fill(0);
  middle.fill(0);
  high.fill(0);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    low[word & (DIGITS - 1)]! += 1;
    middle[(word >>> DIGIT_BITS) & (DIGITS - 1)]! += 1;
    high[word >>> (2 * DIGIT_BITS)]! += 1;
  }
}

/**
 * Puts in the place of how often a digit occurs which one of those it is that do.
 * @returns bits that these numbers take
 */
function rankDigits(histogram: Uint32Array): number {
  let ranks = 0;
  for (let digit = 0; digit < DIGITS; digit++) histogram[digit] = histogram[digit] === 0 ? 0 : ranks++;
  return ranks < 2 ? 0 : 32 - Math.clz32(ranks - 1);
}

function pack(words: Uint32Array, shift: number, ranks: Uint32Array, packed: Uint32Array, at: number): void {
  for (let i = 0; i < words.length; i++) packed[i] = packed[i]! | (ranks[(words[i]! >>> shift) & (DIGITS - 1)]! << at);
}
