import { PAGE_MASK, PAGE_SHIFT } from './pages.ts';
import { endOf, RecordTimes } from './record-times.ts';

/** Records whose groups lie on one page: those at `from` and further, below `to`. */
export interface Part {
  readonly page: number;
  readonly from: number;
  readonly to: number;
}

/** Records of one group, which has the place `at` on its page. */
export interface Run extends Part {
  readonly at: number;
  /** No record begins before this, nor ends behind that, as `RecordTimes` has `start` and `end`. */
  readonly startsFrom: number;
  readonly endsUntil: number;
  /** Rows that begin at the one, and end at the other: none where no record does. */
  readonly firsts: readonly number[];
  readonly lasts: readonly number[];
}

/** What is known of a group changes once for all of its records where these are at least so many a group. */
const RUN_ROWS = 16;
/** Records are brought together by group where there are at most so many groups for each. */
const SORTED_GROUPS = 4;

/** So many groups are rather found one after the other. */
const PARTED_GROUPS = 4;

/** Rows of a batch, and the groups that they belong to: `groups[i]` is that of `rows[i]`, `i` below `count`. */
export class Share {
  rows = new Uint32Array(0);
  groups = new Uint32Array(0);
  count = 0;
  /** All of it, page by page. */
  parts: Part[] = [];
  /** All of it, group by group; undefined where records do not lie like that. */
  runs: Run[] | undefined;
  /** Numbers of groups are below this, those of other records included. */
  groupsEnd = 0;
  /** Whether each group is new and has the number after that of the one before it. */
  readonly areNew: boolean;
  /** Of all rows of the batch. */
  readonly times: RecordTimes;
  #spareRows = new Uint32Array(0);
  #spareGroups = new Uint32Array(0);
  readonly #subsets: Subset[] = [];
  #subsetCount = 0;

  constructor(areNew: boolean, times = new RecordTimes()) {
    this.areNew = areNew;
    this.times = times;
  }

  /** Empties it. @param most rows that are added before the next time */
  begin(most: number): void {
    this.count = 0;
    this.parts.length = 0;
    this.runs = undefined;
    this.#subsetCount = 0;
    // One more, as `#part` puts a row down before it knows whether it belongs there.
    if (this.rows.length > most) return;
    this.rows = new Uint32Array(most + 1);
    this.groups = new Uint32Array(most + 1);
  }

  add(row: number, group: number): void {
    const { count } = this;
    this.rows[count] = row;
    this.groups[count] = group;
    this.count = count + 1;
  }

  /** Adds the first `count`, as the only ones. */
  addAll(rows: Uint32Array, groups: Int32Array, count: number): void {
    this.rows.set(rows.subarray(0, count));
    this.groups.set(groups.subarray(0, count));
    this.count = count;
  }

  /** All have been added: brings together what belongs to one group, or at least what lies on one page. */
  end(groupsEnd: number): void {
    this.groupsEnd = groupsEnd;
    const { count } = this;
    if (count === 0) return;
    if (!this.areNew) this.#order();
    this.#divide();
  }

  /** By group, if these are not too many for that, so that what lanes write goes from one end of their memory to the other. */
  #order(): void {
    const { count } = this;
    const [least, greatest] = this.groupsEnd * RUN_ROWS <= count ? [0, this.groupsEnd - 1] : this.#range();
    const groups = greatest - least + 1;
    if (groups > SORTED_GROUPS * count) this.#sort(least >>> PAGE_SHIFT, greatest >>> PAGE_SHIFT, PAGE_SHIFT);
    else {
      const ends = groups <= PARTED_GROUPS ? this.#part(least, greatest) : this.#sort(least, greatest, 0);
      if (groups * RUN_ROWS <= count) this.runs = this.#runsUntil(ends);
    }
  }

  /** The least and the greatest group. */
  #range(): [number, number] {
    const { groups, count } = this;
    let least = groups[0]!;
    let greatest = least;
    for (let i = 1; i < count; i++) {
      const group = groups[i]!;
      if (group < least) least = group;
      if (group > greatest) greatest = group;
    }
    return [least, greatest];
  }

  #runsUntil(ends: Uint32Array): Run[] {
    const runs: Run[] = [];
    for (let k = 0, from = 0; k < ends.length; k++) {
      const to = ends[k]!;
      if (to > from) runs.push(this.#runOf(from, to));
      from = to;
    }
    return runs;
  }

  #runOf(from: number, to: number): Run {
    const { rows, groups } = this;
    const { start, startUs, startNs, duration } = this.times;
    const group = groups[from]!;
    let startsFrom = Infinity;
    let endsUntil = -Infinity;
    // Rows whose times are no numbers neither begin first nor end last.
    let first = -1;
    let last = -1;
    let firstTies = 0;
    let lastTies = 0;
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      const began = start[row]!;
      if (began <= startsFrom) {
        firstTies += Number(began === startsFrom);
        startsFrom = began;
        first = row;
      }
      const ended = endOf(startUs[row]!, startNs[row]!, duration[row]!);
      if (ended >= endsUntil) {
        lastTies += Number(ended === endsUntil);
        endsUntil = ended;
        last = row;
      }
    }
    const only = (row: number): number[] => (row < 0 ? [] : [row]);
    const firsts = firstTies === 0 ? only(first) : this.#rowsAt(start, startsFrom, from, to);
    const lasts = lastTies === 0 ? only(last) : this.#rowsAt(this.times.end, endsUntil, from, to);
    return { page: group >>> PAGE_SHIFT, at: group & PAGE_MASK, from, to, startsFrom, endsUntil, firsts, lasts };
  }

  #rowsAt(times: Float64Array, time: number, from: number, to: number): number[] {
    const found: number[] = [];
    for (let i = from; i < to; i++) if (times[this.rows[i]!] === time) found.push(this.rows[i]!);
    return found;
  }

  #divide(): void {
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

  /**
   * Sorts by what groups are when shifted to the right, and leaves those where that is the same in their order.
   * @returns the ends of these
   */
  #sort(least: number, greatest: number, shift: number): Uint32Array {
    const { rows, groups, count } = this;
    const places = new Uint32Array(greatest - least + 2);
    for (let i = 0; i < count; i++) places[(groups[i]! >>> shift) - least + 1]! += 1;
    for (let k = 1; k < places.length; k++) places[k]! += places[k - 1]!;
    const [toRows, toGroups] = this.#spare();
    for (let i = 0; i < count; i++) {
      const group = groups[i]!;
      const place = places[(group >>> shift) - least]!++;
      toRows[place] = rows[i]!;
      toGroups[place] = group;
    }
    this.#swap();
    return places.subarray(0, -1);
  }

  /** Sorts by group. @returns the ends of groups */
  #part(least: number, greatest: number): Uint32Array {
    const { groups, rows, count } = this;
    const [toRows, toGroups] = this.#spare();
    const ends = new Uint32Array(greatest - least + 1);
    let end = 0;
    for (let group = least; group <= greatest; group++) {
      const from = end;
      end = rowsOf(group, groups, rows, count, toRows, end);
      toGroups.fill(group, from, end);
      ends[group - least] = end;
    }
    this.#swap();
    return ends;
  }

  #spare(): [Uint32Array, Uint32Array] {
    if (this.#spareRows.length < this.rows.length) {
      this.#spareRows = new Uint32Array(this.rows.length);
      this.#spareGroups = new Uint32Array(this.rows.length);
    }
    return [this.#spareRows, this.#spareGroups];
  }

  #swap(): void {
    [this.rows, this.#spareRows] = [this.#spareRows, this.rows];
    [this.groups, this.#spareGroups] = [this.#spareGroups, this.groups];
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
    chosen.begin(this.rows.length);
    chosen.groupsEnd = this.groupsEnd;
    if (this.runs === undefined) {
      for (const { page, from, to } of this.parts) {
        const start = chosen.count;
        this.#chooseRows(valid, from, to, chosen);
        this.#chooseGroups(valid, from, to, chosen.groups, start);
        if (chosen.count > start) chosen.parts.push({ page, from: start, to: chosen.count });
      }
      return;
    }
    chosen.runs = [];
    for (const run of this.runs) {
      const from = chosen.count;
      this.#chooseRows(valid, run.from, run.to, chosen);
      if (chosen.count === from) continue;
      chosen.groups.fill(this.groups[run.from]!, from, chosen.count);
      const has = (row: number): boolean => (valid[row >> 3]! & (1 << (row & 7))) !== 0;
      chosen.runs.push({
        ...run,
        from,
        to: chosen.count,
        firsts: run.firsts.filter(has),
        lasts: run.lasts.filter(has),
      });
    }
    chosen.#divide();
  }

  #chooseRows(valid: Uint8Array, from: number, to: number, chosen: Share): void {
    const { rows } = this;
    const { rows: toRows } = chosen;
    let { count } = chosen;
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      toRows[count] = row;
      count += (valid[row >> 3]! >> (row & 7)) & 1;
    }
    chosen.count = count;
  }

  #chooseGroups(valid: Uint8Array, from: number, to: number, toGroups: Uint32Array, start: number): void {
    const { rows, groups } = this;
    for (let i = from, count = start; i < to; i++) {
      const row = rows[i]!;
      toGroups[count] = groups[i]!;
      count += (valid[row >> 3]! >> (row & 7)) & 1;
    }
  }
}

/** Puts down the rows of a group from `end` on, without a branch for each. @returns the end of these */
function rowsOf(
  group: number,
  groups: Uint32Array,
  rows: Uint32Array,
  count: number,
  to: Uint32Array,
  end: number,
): number {
  let next = end;
  for (let i = 0; i < count; i++) {
    to[next] = rows[i]!;
    next += ((groups[i]! ^ group) - 1) >>> 31;
  }
  return next;
}

interface Subset {
  valid: Uint8Array;
  readonly share: Share;
}
