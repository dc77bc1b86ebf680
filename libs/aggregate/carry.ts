import { f64Pages, PAGE_MASK, PAGE_SHIFT, type Pages } from './pages.ts';

/** Whole numbers below this are exact in a double. */
export const EXACT_LIMIT = 2 ** 53;

/**
 * What sums of whole numbers are beyond `EXACT_LIMIT`, as a multiple of it, so that they are exact, and do not depend on the order
 * in which they are added up.
 */
export class Carry {
  readonly #low: Pages<Float64Array>;
  /** Undefined until a sum is so large. */
  #high: Pages<Float64Array> | undefined;
  #room = 0;

  /** @param low the sums, until they are that large, and the rest of them after that */
  constructor(low: Pages<Float64Array>) {
    this.#low = low;
  }

  get isUsed(): boolean {
    return this.#high !== undefined;
  }

  grow(room: number): void {
    this.#room = room;
    this.#high?.grow(room);
  }

  add(group: number, value: number): void {
    const sum = this.#low.get(group) + value;
    if (sum < EXACT_LIMIT) this.#low.set(group, sum);
    else this.addLarge(group, value);
  }

  /** Adds a value to a sum that is `EXACT_LIMIT` or more with it. */
  addLarge(group: number, value: number): void {
    const known = this.#low.get(group);
    if (!(known + value < Infinity)) {
      this.#low.set(group, Infinity);
      return;
    }
    if (this.#high === undefined) {
      this.#high = f64Pages();
      this.#high.grow(this.#room);
    }
    const page = group >>> PAGE_SHIFT;
    const at = group & PAGE_MASK;
    const knownTimes = Math.floor(known / EXACT_LIMIT);
    const times = Math.floor(value / EXACT_LIMIT);
    const low = known - knownTimes * EXACT_LIMIT;
    const rest = value - times * EXACT_LIMIT;
    const isOver = low >= EXACT_LIMIT - rest;
    this.#low.pages[page]![at] = isOver ? low - (EXACT_LIMIT - rest) : low + rest;
    this.#high.pages[page]![at]! += knownTimes + times + (isOver ? 1 : 0);
  }

  /** The whole sum. */
  get(group: number): number {
    const low = this.#low.get(group);
    return this.#high === undefined ? low : this.#high.get(group) * EXACT_LIMIT + low;
  }

  /** Adds a sum of another table. */
  merge(to: number, other: Carry, from: number): void {
    this.add(to, other.#low.get(from));
    const high = other.#high?.get(from) ?? 0;
    if (high > 0) this.addLarge(to, high * EXACT_LIMIT);
  }

  /** Pages of what is beyond, none where nothing is. */
  get pages(): readonly Float64Array[] {
    return this.#high?.pages ?? [];
  }

  adopt(pages: readonly Float64Array[]): void {
    if (pages.length === 0) return;
    this.#high = f64Pages();
    this.#high.adopt(pages);
  }

  clear(group: number): void {
    this.#low.set(group, 0);
    this.#high?.set(group, 0);
  }
}
