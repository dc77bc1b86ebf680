import { PAGE_SHIFT } from './pages.ts';
import { RecordTimes } from './record-times.ts';

/** Records whose groups lie on one page: those at `from` and further, below `to`. */
export interface Part {
  readonly page: number;
  readonly from: number;
  readonly to: number;
}

/** Rows of a batch, and the groups that they belong to: `groups[i]` is that of `rows[i]`, `i` below `count`. */
export class Share {
  rows = new Uint32Array(0);
  groups = new Uint32Array(0);
  count = 0;
  /** All of it, page by page. */
  parts: Part[] = [];
  /** Groups that are in use, those of other records included. */
  groupsInUse = 0;
  /** Whether each group is new and has the number after that of the one before it. */
  readonly isRun: boolean;
  /** Of all rows of the batch. */
  readonly times: RecordTimes;
  #isOrdered = true;
  #last = 0;
  readonly #subsets: Subset[] = [];
  #subsetCount = 0;

  constructor(isRun: boolean, times = new RecordTimes()) {
    this.isRun = isRun;
    this.times = times;
  }

  /** Empties it. @param most rows that are added before the next time */
  begin(most: number): void {
    this.count = 0;
    this.parts.length = 0;
    this.#isOrdered = true;
    this.#last = 0;
    this.#subsetCount = 0;
    if (this.rows.length >= most) return;
    this.rows = new Uint32Array(most);
    this.groups = new Uint32Array(most);
  }

  add(row: number, group: number): void {
    const { count } = this;
    this.rows[count] = row;
    this.groups[count] = group;
    this.count = count + 1;
    const page = group >>> PAGE_SHIFT;
    if (page < this.#last) this.#isOrdered = false;
    this.#last = page;
  }

  /** All have been added: brings together what lies on one page. */
  end(groupsInUse: number): void {
    this.groupsInUse = groupsInUse;
    if (!this.#isOrdered) this.#order();
    const { groups, count, parts } = this;
    for (let from = 0; from < count;) {
      const page = groups[from]! >>> PAGE_SHIFT;
      let to = count;
      if (groups[count - 1]! >>> PAGE_SHIFT !== page) {
        to = from + 1;
        while (groups[to]! >>> PAGE_SHIFT === page) to += 1;
      }
      parts.push({ page, from, to });
      from = to;
    }
  }

  /** Sorts by page, and leaves those of one page in their order. */
  #order(): void {
    const { rows, groups, count } = this;
    let pages = 0;
    for (let i = 0; i < count; i++) pages = Math.max(pages, (groups[i]! >>> PAGE_SHIFT) + 1);
    const places = new Uint32Array(pages + 1);
    for (let i = 0; i < count; i++) places[(groups[i]! >>> PAGE_SHIFT) + 1]! += 1;
    for (let page = 1; page < pages; page++) places[page]! += places[page - 1]!;
    this.rows = new Uint32Array(rows.length);
    this.groups = new Uint32Array(rows.length);
    for (let i = 0; i < count; i++) {
      const group = groups[i]!;
      const place = places[group >>> PAGE_SHIFT]!++;
      this.rows[place] = rows[i]!;
      this.groups[place] = group;
    }
  }

  /** Those whose rows have a value, as a column's bitmap has it. Columns often have the same one. */
  present(valid: Uint8Array | undefined): Share {
    if (valid === undefined) return this;
    for (let k = 0; k < this.#subsetCount; k++) {
      const known = this.#subsets[k]!;
      if (known.valid === valid || Buffer.compare(known.valid, valid) === 0) return known.share;
    }
    const subset = (this.#subsets[this.#subsetCount++] ??= { valid, share: new Share(false, this.times) });
    subset.valid = valid;
    this.#choose(valid, subset.share);
    return subset.share;
  }

  #choose(valid: Uint8Array, chosen: Share): void {
    const { rows, groups } = this;
    chosen.begin(this.rows.length);
    chosen.groupsInUse = this.groupsInUse;
    const { rows: toRows, groups: toGroups } = chosen;
    let count = 0;
    for (const { page, from, to } of this.parts) {
      const start = count;
      for (let i = from; i < to; i++) {
        const row = rows[i]!;
        toRows[count] = row;
        toGroups[count] = groups[i]!;
        count += (valid[row >> 3]! >> (row & 7)) & 1;
      }
      if (count > start) chosen.parts.push({ page, from: start, to: count });
    }
    chosen.count = count;
  }
}

interface Subset {
  valid: Uint8Array;
  readonly share: Share;
}
