import { BATCH_ROWS_MAX, emptyBatch, FLOW_BATCH, withAllColumns, type Batch, type Origin } from '../record/batch.ts';
import { replaceRows } from '../record/replace.ts';
import { copyRows, selectRows } from '../record/select.ts';
import type { Groups } from './groups.ts';
import { moreRoom, PAGE_MASK, PAGE_SHIFT, u32Pages } from './pages.ts';
import { Share } from './share.ts';

/** A row of several batches is named by one number: that of the batch above these bits, that of the row in them. */
const ROW_BITS = Math.log2(BATCH_ROWS_MAX);
const ROW_MASK = BATCH_ROWS_MAX - 1;
/** Of places: here lies the one record of the group, whose name follows. Below it are numbers of lanes' values. */
const LONE = 0x8000_0000;
/** The records of the group wait on the disk. */
const AWAY = 0xffff_ffff;
const GIVEN = emptyBatch(FLOW_BATCH, { source: '', run: 0 }, 0, 0);
const BATCHES_MAX = (AWAY - LONE) >>> ROW_BITS;
/** Records are kept as they come while at least this share of them begins a group. */
const LONE_SHARE = 1 / 8;

/** Records that wait on the disk instead, of one batch. */
interface Left {
  readonly batch: Batch;
  readonly rows: Uint32Array;
  readonly hashes: Uint32Array;
}

/** Groups that began with the records of one batch. */
interface Run {
  /** Of the batch. */
  readonly number: number;
  readonly origin: Origin;
  readonly first: number;
  readonly end: number;
}

/** Rows of a batch that came to be merged with others. */
interface Joined {
  readonly rows: number[];
  readonly slots: number[];
}

/**
 * Where most groups have one record, that lies as it came, among others of its batch, and becomes part of what lanes merge when there
 * is a second one: that costs less time and memory than a value of each lane. So groups have places: in lanes, where
 * they have a number of their own, or in a batch.
 */
export class LoneRecords {
  readonly #rowsMin: number;
  readonly #groups: Groups;
  readonly #places = u32Pages();
  readonly #batches: Batch[] = [];
  /** By batch. */
  readonly #joined: Joined[] = [];
  /** By batch; its groups follow each other. */
  readonly #runs: Run[] = [];
  /** The run that is looked at. */
  #run = 0;
  /** Rows of the batch that is being shared out which begin a group. */
  readonly #rows = new Uint32Array(BATCH_ROWS_MAX);
  #count = 0;
  #first = 0;
  #isKeeping = false;
  #share = 1;
  #slots = 0;
  #slotRoom = 0;
  #slotRoomBefore = 0;
  #rowBytes = 0;
  /** Places and hashes of the keys of those that are to wait on the disk. */
  readonly #left: [place: number, hash: number][] = [];

  /** @param rowsMin batches of fewer records are merged at once */
  constructor(rowsMin: number, groups: Groups) {
    this.#rowsMin = rowsMin;
    this.#groups = groups;
  }

  /** Numbers of lanes' values that are in use. */
  get slots(): number {
    return this.#slots;
  }

  /** Bytes of all of them with a place for each of `room` groups, and what is needed next. */
  bytesFor(room: number): number {
    return 4 * room + this.#rowBytes + moreRoom(this.#slotRoom) * this.#groups.groupBytes;
  }

  grow(room: number): void {
    this.#places.grow(room);
  }

  /** A batch is going to be shared out: are those of its records to be kept as they are that are alone? */
  begin(count: number): boolean {
    this.#count = 0;
    this.#isKeeping = count >= this.#rowsMin && this.#share >= LONE_SHARE && this.#batches.length < BATCHES_MAX; // prettier-ignore
    if (this.#isKeeping) this.#joined[this.#batches.length] = { rows: [], slots: [] };
    return this.#isKeeping;
  }

  /** The row begins a group. */
  add(group: number, row: number): void {
    if (this.#count === 0) this.#first = group;
    this.#places.set(group, (LONE | (this.#batches.length << ROW_BITS) | this.#count) >>> 0);
    this.#rows[this.#count++] = row;
  }

  /**
   * The batch was shared out.
   * @param count records of it
   * @returns whether more memory is taken
   */
  end(batch: Batch, count: number): boolean {
    const isMore = this.#slotRoom !== this.#slotRoomBefore;
    this.#slotRoomBefore = this.#slotRoom;
    if (!this.#isKeeping) return isMore;
    this.#share = this.#count / count;
    if (this.#count === 0) return isMore;
    const whole = withAllColumns(batch);
    const columns = whole.columns.map((column, field) => (this.#groups.keeps(field) ? column : undefined));
    const kept = copyRows({ ...whole, columns }, this.#rows, this.#count);
    const number = this.#batches.push(kept) - 1;
    this.#runs.push({ number, origin: batch.origin, first: this.#first, end: this.#first + this.#count });
    this.#rowBytes += kept.buffer.byteLength;
    return true;
  }

  /** A number among lanes' values for a group. */
  settle(group: number): number {
    const slot = this.#slots++;
    if (slot === this.#slotRoom) {
      this.#slotRoom = moreRoom(this.#slotRoom);
      this.#groups.grow(this.#slotRoom);
    }
    this.#places.set(group, slot);
    return slot;
  }

  /** Where a group is: a number of lanes' values, or `isLone` is true of it. */
  placeOf(group: number): number {
    return this.#places.get(group);
  }

  /** Sets the places of the first `count` groups. @returns whether all are numbers of lanes' values */
  findPlaces(groups: Int32Array, count: number, places: Int32Array): boolean {
    const { pages } = this.#places;
    let all = 0;
    for (let i = 0; i < count; i++) {
      const group = groups[i]!;
      const place = pages[group >>> PAGE_SHIFT]![group & PAGE_MASK]!;
      places[i] = place;
      all |= place;
    }
    return !isLone(all >>> 0);
  }

  /** The number that a group has among lanes' values; it gets one if it is alone. */
  slotOf(group: number): number {
    const place = this.#places.get(group);
    if (!isLone(place)) return place;
    const slot = this.join(group);
    this.#groups.time.clear(slot);
    return slot;
  }

  /** The record of a group is to be merged with others. @returns the number that the group gets among lanes' values */
  join(group: number): number {
    const place = this.#places.get(group);
    const { rows, slots } = this.#joined[batchOf(place)]!;
    const slot = this.settle(group);
    rows.push(place & ROW_MASK);
    slots.push(slot);
    return slot;
  }

  /** The record of a group is to wait on the disk with those to come. */
  leave(group: number, hash: number): void {
    this.#left.push([this.#places.get(group), hash]);
    this.#places.set(group, AWAY);
  }

  /** Gives away what is to wait on the disk. */
  takeLeft(): Left[] {
    const left = this.#left.splice(0).sort(([a], [b]) => a - b);
    const all: Left[] = [];
    for (let from = 0, to = 0; from < left.length; from = to) {
      const number = batchOf(left[from]![0]);
      while (to < left.length && batchOf(left[to]![0]) === number) to += 1;
      const own = left.slice(from, to);
      const rows = Uint32Array.from(own, ([place]) => place & ROW_MASK);
      const hashes = Uint32Array.from(own, ([, hash]) => hash);
      all.push({ batch: this.#batches[number]!, rows, hashes });
    }
    return all;
  }

  /** Merges the records that are to be merged with others. */
  mergeJoined(): void {
    const none = new Share(true);
    const share = new Share(false, none.times);
    for (const [i, { rows, slots }] of this.#joined.entries()) {
      if (rows.length === 0) continue;
      const batch = this.#batches[i]!;
      share.times.fill(batch);
      share.begin(rows.length);
      for (let k = 0; k < rows.length; k++) share.add(rows[k]!, slots[k]!);
      share.end(this.#slots);
      this.#groups.take(batch, none, share, true);
      rows.length = slots.length = 0;
    }
  }

  /** The groups that began with records of one batch, this group among them; undefined where it began otherwise. */
  runOf(group: number): Run | undefined {
    while (this.#runs[this.#run] !== undefined && group >= this.#runs[this.#run]!.end) this.#run += 1;
    const run = this.#runs[this.#run];
    return run === undefined || group < run.first ? undefined : run;
  }

  /**
   * The records of groups of a run, each as it came or as it was merged with others.
   * @param run is given away
   * @param groups of it, ascending
   */
  take({ number, first: begin, origin }: Run, groups: Uint32Array, first: number): Batch {
    const batch = this.#batches[number]!;
    this.#batches[number] = GIVEN;
    const merged = new Uint32Array(groups.length);
    const slots = new Uint32Array(groups.length);
    let count = 0;
    for (let i = 0; i < groups.length; i++) {
      const place = this.#places.get(groups[i]!);
      if (isLone(place)) continue;
      merged[count] = i;
      slots[count++] = place;
    }
    const rows = groups.map((group) => group - begin);
    const own = { ...selectRows(batch, rows, rows.length), first, covers: rows.length };
    if (count === 0) return own;
    return replaceRows(own, merged.subarray(0, count), this.#groups.batch(slots.subarray(0, count), origin, first));
  }
}

export const isLone = (place: number): boolean => place >= LONE;
export const isAway = (place: number): boolean => place === AWAY;
const batchOf = (place: number): number => (place & ~LONE) >>> ROW_BITS;
