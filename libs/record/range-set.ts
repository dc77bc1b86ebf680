/** `[first, count]`, in the order of `first`, none touching the next. */
export type Ranges = readonly (readonly [first: number, count: number])[];

/** A set of whole numbers as ranges. Cheap where most numbers come in ascending order. */
export class RangeSet {
  /** Starts and ends (exclusive) in turn, ascending. */
  #edges: number[] = [];

  static from(ranges: Ranges): RangeSet {
    const set = new RangeSet();
    for (const [first, count] of ranges) set.add(first, count);
    return set;
  }

  get ranges(): Ranges {
    const found: [number, number][] = [];
    for (let i = 0; i < this.#edges.length; i += 2)
      found.push([this.#edges[i]!, this.#edges[i + 1]! - this.#edges[i]!]);
    return found;
  }

  /** How many ranges there are. */
  get size(): number {
    return this.#edges.length / 2;
  }

  /** How many numbers it holds. */
  get total(): number {
    let total = 0;
    for (let i = 0; i < this.#edges.length; i += 2) total += this.#edges[i + 1]! - this.#edges[i]!;
    return total;
  }

  /** The number after the largest that it holds; 0 when it is empty. */
  get end(): number {
    return this.#edges.at(-1) ?? 0;
  }

  has(number: number): boolean {
    return (this.#after(number) & 1) === 1;
  }

  /** Whether it holds all of `first … first + count - 1`. */
  hasAll(first: number, count: number): boolean {
    const i = this.#after(first);
    return count === 0 || ((i & 1) === 1 && this.#edges[i]! >= first + count);
  }

  /** The smallest number from `number` on that it does not hold. */
  firstMissing(number: number): number {
    const i = this.#after(number);
    return (i & 1) === 1 ? this.#edges[i]! : number;
  }

  add(first: number, count = 1): void {
    if (count <= 0) return;
    const edges = this.#edges;
    const end = first + count;
    const last = edges.length - 1;
    if (last < 0 || first > edges[last]!) {
      edges.push(first, end);
    } else if (first === edges[last]) {
      edges[last] = end;
    } else {
      this.#insert(first, end);
    }
  }

  addAll(other: RangeSet): void {
    for (const [first, count] of other.ranges) this.add(first, count);
  }

  #insert(first: number, end: number): void {
    const from = this.#firstFrom(first);
    const to = this.#after(end);
    const added: number[] = [];
    if ((from & 1) === 0) added.push(first);
    if ((to & 1) === 0) added.push(end);
    this.#edges.splice(from, to - from, ...added);
  }

  /** Fills the narrowest spaces until at most `max` ranges are left; the set then holds more than was added. */
  coarsen(max: number): void {
    if (this.size <= max) return;
    const edges = this.#edges;
    const spaces: number[] = [];
    for (let i = 1; i + 1 < edges.length; i += 2) spaces.push(edges[i + 1]! - edges[i]!);
    const widths = spaces.toSorted((a, b) => a - b);
    let left = this.size - max;
    const limit = widths[left - 1] ?? 0;
    const kept = [edges[0]!];
    for (const [i, space] of spaces.entries()) {
      if (space <= limit && left-- > 0) continue;
      kept.push(edges[2 * i + 1]!, edges[2 * i + 2]!);
    }
    kept.push(edges.at(-1)!);
    this.#edges = kept;
  }

  /** How many edges are at or before `number`: odd when it is within a range. */
  #after(number: number): number {
    return this.#search((edge) => edge > number);
  }

  /** How many edges are before `number`: odd when it is within a range or touches its end. */
  #firstFrom(number: number): number {
    return this.#search((edge) => edge >= number);
  }

  #search(isBehind: (edge: number) => boolean): number {
    let low = 0;
    let high = this.#edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBehind(this.#edges[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
