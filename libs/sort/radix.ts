/** Bits that one pass sorts by, at most. */
const DIGIT_BITS = 11;

/** Sorts by words of up to 32 bits, stably and without comparing. Its memory serves all words, the least significant first. */
export class RadixSorter {
  #order: Uint32Array;
  #spareOrder: Uint32Array;
  #words: Uint32Array;
  #spareWords: Uint32Array;
  #isFresh = true;

  /** Begins with the order 0, 1, 2 …. */
  constructor(count: number) {
    this.#order = new Uint32Array(count);
    for (let i = 0; i < count; i++) this.#order[i] = i;
    this.#spareOrder = new Uint32Array(count);
    this.#words = new Uint32Array(count);
    this.#spareWords = new Uint32Array(count);
  }

  /** Positions in the order reached so far; not to be kept beyond the next `by`. */
  get order(): Uint32Array {
    return this.#order;
  }

  /**
   * @param words by position, as many as there are
   * @param bits from the lowest that are not the same in all
   */
  by(words: Uint32Array, bits = 32): void {
    if (bits === 0) return;
    const passes = Math.ceil(bits / DIGIT_BITS);
    const digitBits = Math.ceil(bits / passes);
    if (this.#isFresh) this.#words.set(words);
    else take(words, this.#order, this.#words);
    this.#isFresh = false;
    for (let shift = 0; shift < bits; shift += digitBits) this.#pass(shift, (1 << digitBits) - 1);
  }

  #pass(shift: number, mask: number): void {
    const starts = startsOf(this.#words, shift, mask);
    move(this.#words, this.#order, this.#spareWords, this.#spareOrder, starts, shift, mask);
    [this.#words, this.#spareWords] = [this.#spareWords, this.#words];
    [this.#order, this.#spareOrder] = [this.#spareOrder, this.#order];
  }
}

function take(words: Uint32Array, order: Uint32Array, to: Uint32Array): void {
  for (let i = 0; i < order.length; i++) to[i] = words[order[i]!]!;
}

/** Where the words with each digit begin when they are sorted. */
function startsOf(words: Uint32Array, shift: number, mask: number): Uint32Array {
  const counts = new Uint32Array(mask + 1);
  for (let i = 0; i < words.length; i++) counts[(words[i]! >>> shift) & mask]! += 1;
  let start = 0;
  for (let digit = 0; digit <= mask; digit++) {
    const here = counts[digit]!;
    counts[digit] = start;
    start += here;
  }
  return counts;
}

/** Words and their positions move together, since what is looked up in no order has to be waited for. */
function move(
  words: Uint32Array,
  order: Uint32Array,
  toWords: Uint32Array,
  toOrder: Uint32Array,
  starts: Uint32Array,
  shift: number,
  mask: number,
): void {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const at = starts[(word >>> shift) & mask]!++;
    toWords[at] = word;
    toOrder[at] = order[i]!;
  }
}
