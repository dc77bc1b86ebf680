/** Bits that one pass sorts by. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const SHIFTS = [0, DIGIT_BITS, 2 * DIGIT_BITS] as const;

/** Sorts by words of 32 bits, stably and without comparing. Its memory serves all words of all keys, the least significant first. */
export class RadixSorter {
  #order: Uint32Array;
  #spare: Uint32Array;
  readonly #histograms = SHIFTS.map(() => new Uint32Array(DIGITS));

  /** Begins with the order 0, 1, 2 …. */
  constructor(count: number) {
    this.#order = new Uint32Array(count);
    for (let i = 0; i < count; i++) this.#order[i] = i;
    this.#spare = new Uint32Array(count);
  }

  /** Positions in the order reached so far; not to be kept beyond the next `by`. */
  get order(): Uint32Array {
    return this.#order;
  }

  /** @param words by position, as many as there are */
  by(words: Uint32Array): void {
    this.#count(words);
    for (const [i, shift] of SHIFTS.entries()) this.#pass(words, shift, this.#histograms[i]!);
  }

  #count(words: Uint32Array): void {
    const [low, middle, high] = this.#histograms as [Uint32Array, Uint32Array, Uint32Array];
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

  #pass(words: Uint32Array, shift: number, histogram: Uint32Array): void {
    const from = this.#order;
    const to = this.#spare;
    const count = from.length;
    if (count === 0 || histogram[(words[0]! >>> shift) & (DIGITS - 1)] === count) return; // the same digit everywhere
    let start = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const here = histogram[digit]!;
      histogram[digit] = start;
      start += here;
    }
    for (let i = 0; i < count; i++) {
      const position = from[i]!;
      const digit = (words[position]! >>> shift) & (DIGITS - 1);
      to[histogram[digit]!++] = position;
    }
    this.#order = to;
    this.#spare = from;
  }
}
