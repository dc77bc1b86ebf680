/** What is due next, first things first: a binary heap whose times lie side by side. */
export class Agenda<T> {
  readonly #times: number[] = [];
  readonly #items: T[] = [];

  /** When the first item is due; Infinity when there is none. */
  get dueUs(): number {
    return this.#times.length === 0 ? Infinity : this.#times[0]!;
  }

  /** The first item. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(dueUs: number, item: T): void {
    let at = this.#times.length;
    this.#times.push(dueUs);
    this.#items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#times[parent]! <= dueUs) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#set(at, dueUs, item);
  }

  /** The first item is due again, later. */
  postpone(dueUs: number): void {
    if (this.#items.length > 0) this.#sink(dueUs, this.#items[0]!);
  }

  /** The first item is done with. */
  drop(): void {
    const dueUs = this.#times.pop();
    const item = this.#items.pop();
    if (dueUs !== undefined && item !== undefined && this.#items.length > 0) this.#sink(dueUs, item);
  }

  /** Finds the place of `item` from the top down. */
  #sink(dueUs: number, item: T): void {
    const times = this.#times;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && times[child + 1]! < times[child]!) child += 1;
      if (times[child]! >= dueUs) break;
      this.#move(child, at);
      at = child;
    }
    this.#set(at, dueUs, item);
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#times[from]!, this.#items[from]!);
  }

  #set(at: number, dueUs: number, item: T): void {
    this.#times[at] = dueUs;
    this.#items[at] = item;
  }
}
