import { BATCH_ROWS_MAX, FLOW_BATCH, withAllColumns, type Batch } from '../record/batch.ts';
import { NumberColumn } from '../record/columns.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { ALL_ROWS } from '../record/select.ts';
import type { ClusterOptions } from './cluster-options.ts';
import { Expiry, type Timeouts } from './expiry.ts';
import { GroupFinder } from './group-finder.ts';
import type { Groups, GroupsMemory } from './groups.ts';
import { CERTAIN_PIECE } from './flow-pieces.ts';
import { KeyLayout } from './key-layout.ts';
import { isAway, isLone, type LoneRecords } from './lone-records.ts';
import { fromZero, type Numbering } from './made-records.ts';
import { Members } from './members.ts';
import { NarrowKeys } from './narrow-keys.ts';
import { initiatorOnly, mirrorBatch } from './mirror.ts';
import { moreRoom } from './pages.ts';
import type { RecordTimes } from './record-times.ts';
import { Share } from './share.ts';
import { LEVELS_MAX, Spill } from './spill.ts';

/** All groups of a cluster, as structured cloning carries them to another thread. */
export interface ClusterMemory {
  readonly keys: Uint32Array<ArrayBuffer>;
  /** Texts by the numbers that stand for them in keys. */
  readonly texts: readonly string[];
  readonly unknownColumns: number;
  readonly groups: GroupsMemory;
}

/** Groups of the `of`th of several clusters, from `from` to before `to`. */
export interface GroupRun {
  readonly of: number;
  readonly from: number;
  readonly to: number;
}

const NONE: Timeouts = { statusUs: Infinity, idleUs: Infinity };

/** Merges records that have a key in common. Which comes first does not matter. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #level: number;
  readonly #layout: KeyLayout;
  #members: Members;
  readonly #expiry: Expiry | undefined;
  readonly #number: Numbering;
  /** Records of groups that are new, and of others. */
  readonly #fresh = new Share(true);
  readonly #share = new Share(false, this.#fresh.times);
  readonly #finder: GroupFinder;
  readonly #places = new Int32Array(BATCH_ROWS_MAX);
  #isReturning = false;
  /** Rows of the batch that was pushed, and hashes of their keys. */
  readonly #refused = { rows: [] as number[], hashes: [] as number[] };
  #spill: Spill | undefined;
  #isFull = false;
  #room = 0;
  /** Columns that later versions added and that merging cannot keep. */
  unknownColumns = 0;
  #wereOver = false;

  constructor(options: ClusterOptions, level = 0, number = fromZero()) {
    const { model, timeouts = NONE } = options;
    this.#options = options;
    this.#level = level;
    this.#number = number;
    this.#layout = new KeyLayout(model.pieces, model.turning === 'none' ? undefined : CERTAIN_PIECE);
    const isTimed = timeouts.statusUs !== Infinity || timeouts.idleUs !== Infinity;
    this.#expiry = isTimed ? new Expiry(timeouts) : undefined;
    this.#finder = new GroupFinder(this.#layout, isTimed ? undefined : NarrowKeys.of(model.pieces));
    this.#members = new Members(options, this.#layout);
  }

  /** Of the batch that was pushed last. */
  get times(): RecordTimes {
    return this.#share.times;
  }

  /** Whether records were made with sums that they cannot hold, which stay at the greatest number. */
  get isOver(): boolean {
    return this.#wereOver || this.#members.groups.areOver;
  }

  /** Groups that are in memory. */
  get count(): number {
    return this.#members.table.count;
  }

  /**
   * Adds the first `count` of `rows`; all rows when these are undefined. Records of management are passed over.
   * @throws {SuiteError} when records have to wait on the disk, and it is full
   */
  push(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    if (batch.kind !== FLOW_BATCH || count === 0) return;
    if (this.#level === 0) this.unknownColumns += batch.unknown.length;
    const all = rows ?? ALL_ROWS;
    const { doubles } = this.#options.model;
    const oneWay = this.#options.oneWay === true;
    // Records that come back from the disk have been doubled before.
    if (this.#level > 0 || !(doubles || oneWay)) {
      this.#pushSide(batch, all, count);
      return;
    }
    const whole = withAllColumns(batch);
    for (const side of [whole, mirrorBatch(whole)]) {
      const share = oneWay ? this.#withPackets(side, all, count) : all.subarray(0, count);
      this.#pushSide(oneWay ? initiatorOnly(side) : side, share, share.length);
    }
  }

  #withPackets({ columns }: Batch, rows: Uint32Array, count: number): Uint32Array {
    const packets = columns[STORED_FIELDS.spkts.number];
    return rows
      .subarray(0, count)
      .filter((row) => packets instanceof NumberColumn && packets.has(row) && packets.values[row]! > 0);
  }

  #pushSide(batch: Batch, rows: Uint32Array, count: number): void {
    const missing = this.#finder.find(batch, rows, count, this.#members.table);
    this.#fresh.times.fill(batch);
    this.#share.begin(count);
    this.#fresh.begin(count);
    const { lone, groups } = this.#members;
    if (lone === undefined) this.#assign(rows, count, missing);
    else this.#assignOrKeep(lone, rows, count, { missing, isKeeping: lone.begin(count) });
    groups.take(batch, this.#fresh, this.#share, this.#isReturning);
    if (lone?.end(batch, count) === true) this.#noteRoom();
    if (this.#refused.rows.length > 0) this.#spillRefused(batch);
  }

  /** Shares the records out among the groups that they belong to, old ones and new ones. */
  #assign(rows: Uint32Array, count: number, missing: number): void {
    const { words, width, hashes } = this.#layout;
    const share = this.#share;
    const fresh = this.#fresh;
    const { start, end } = share.times;
    const { table, groups } = this.#members;
    const expiry = this.#expiry;
    this.#isReturning = false;
    const { found, keys } = this.#finder;
    if (expiry === undefined && missing === 0) {
      share.addAll(rows, found, count);
      share.end(table.end);
      return;
    }
    for (let i = 0; i < count; i++) {
      const at = keys[i]! * width;
      const hash = hashes[keys[i]!]!;
      const row = rows[i]!;
      // What was not there, or is there no more, may have come since.
      let group = expiry === undefined && found[i]! >= 0 ? found[i]! : table.find(words, at, hash);
      if (group >= 0 && expiry !== undefined && expiry.ends(group, start[row]!, end[row]!)) {
        table.hide(group, hash);
        expiry.close(group);
        group = -1;
      }
      if (group >= 0) share.add(row, group);
      else if (this.#isFull && table.withHash(hash) < 0) {
        this.#refuse(row, hash);
        continue;
      } else {
        group = this.#begin(at, hash, row);
        this.#finder.learn(i, group);
      }
      expiry?.touch(group, start[row]!, end[row]!);
    }
    groups.grow(table.room);
    fresh.end(table.end);
    share.end(table.end);
  }

  /** The same where records that are alone in their group stay as they are. */
  #assignOrKeep(
    lone: LoneRecords,
    rows: Uint32Array,
    count: number,
    { missing, isKeeping }: { readonly missing: number; readonly isKeeping: boolean },
  ): void {
    const { words, width, hashes } = this.#layout;
    const share = this.#share;
    const fresh = this.#fresh;
    const { table } = this.#members;
    const { found, keys } = this.#finder;
    if (missing === 0 && lone.findPlaces(found, count, this.#places)) {
      share.addAll(rows, this.#places, count);
      share.end(lone.slots);
      return;
    }
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      let group = found[i]!;
      if (group < 0) {
        const at = keys[i]! * width;
        const hash = hashes[keys[i]!]!;
        // What was not there may have come since.
        group = table.find(words, at, hash);
        if (group < 0) {
          if (this.#isFull && !this.#members.keepsKin(hash)) {
            this.#refuse(row, hash);
            continue;
          }
          group = table.insert(words, at, hash);
          this.#finder.learn(i, group);
          if (table.room !== this.#room) this.#noteRoom();
          if (isKeeping) lone.add(group, row);
          else fresh.add(row, lone.settle(group));
          continue;
        }
      }
      const place = lone.placeOf(group);
      if (!isLone(place)) share.add(row, place);
      else if (isAway(place)) this.#refuse(row, this.#finder.hashOf(i, group, table));
      else if (this.#isFull && !table.hasKin(group)) {
        const hash = this.#finder.hashOf(i, group, table);
        lone.leave(group, hash);
        this.#refuse(row, hash);
      } else fresh.add(row, lone.join(group));
    }
    fresh.end(lone.slots);
    share.end(lone.slots);
  }

  /** A group for a record whose key there is none of. */
  #begin(at: number, hash: number, row: number): number {
    const { table } = this.#members;
    const isNew = table.free === 0;
    const group = table.insert(this.#layout.words, at, hash);
    if (isNew) this.#fresh.add(row, group);
    else {
      this.#isReturning = true;
      this.#share.add(row, group);
    }
    if (table.room !== this.#room) this.#noteRoom();
    return group;
  }

  /** There is room for more groups by now: is there memory for still more? */
  #noteRoom(): void {
    const { table, lone } = this.#members;
    this.#room = table.room;
    lone?.grow(this.#room);
    if (this.#expiry !== undefined || this.#level === LEVELS_MAX) return;
    this.#isFull ||= this.#members.bytesFor(moreRoom(this.#room)) + table.slotBytes > this.#options.memoryBytes;
  }

  #refuse(row: number, hash: number): void {
    this.#refused.rows.push(row);
    this.#refused.hashes.push(hash);
  }

  #spillRefused(batch: Batch): void {
    const { rows, hashes } = this.#refused;
    this.#spill ??= new Spill(this.#level);
    for (const { batch: kept, rows: left, hashes: own } of this.#members.lone?.takeLeft() ?? [])
      this.#spill.push(kept, left, own);
    this.#spill.push(batch, Uint32Array.from(rows), Uint32Array.from(hashes));
    rows.length = hashes.length = 0;
  }

  /** Records of the groups that are done by now, which are forgotten. Nothing unless there are time-outs. */
  *due(): Generator<Batch> {
    const expiry = this.#expiry;
    if (expiry === undefined) return;
    const closed = expiry.take((group) => this.#hide(group));
    yield* this.#take(Uint32Array.from(closed));
  }

  /** Records of the groups that begin before a time, microseconds, in the order of their starts; they are forgotten. */
  *takeBefore(timeUs: number): Generator<Batch> {
    const { startUs } = this.#members.groups.time;
    yield* this.#take(this.#members.occupied().filter((group) => startUs.get(group) < timeUs));
  }

  *#take(groups: Uint32Array): Generator<Batch> {
    yield* this.#members.take(groups, this.#number, (group) => this.#letGo(group));
  }

  #letGo(group: number): void {
    this.#hide(group);
    this.#expiry?.forget(group);
    this.#members.groups.clear(group);
    this.#members.table.letGo(group);
  }

  #hide(group: number): void {
    const { table } = this.#members;
    const { words, at } = table.keyOf(group);
    this.#finder.forget();
    table.hide(group, this.#layout.hashOf(words, at));
  }

  /** Whether records of new groups have to wait on the disk. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Memory that groups take, about. */
  get bytes(): number {
    return this.#members.bytesFor(this.#members.table.room);
  }

  /** Gives all groups away, to be absorbed by another one. Nothing is to be pushed any more, and nothing has been spilled. */
  give(): ClusterMemory {
    const { texts } = this.#options.model.interned;
    return {
      keys: this.#members.table.keys(),
      texts,
      unknownColumns: this.unknownColumns,
      groups: this.#members.groups.give(),
    };
  }

  /**
   * Takes in the groups of others, which have the same options, as if it had been given their records.
   * @param order which of them come one after the other
   */
  absorb(memories: readonly ClusterMemory[], order: readonly GroupRun[]): void {
    const others = memories.map((memory) => this.#adopted(memory));
    for (const { of, from, to } of order) {
      const { keys, groups } = others[of]!;
      for (let group = from; group < to; group++) this.#absorb(keys, groups, group);
    }
  }

  #adopted({ keys, texts, unknownColumns, groups: memory }: ClusterMemory): { keys: Uint32Array; groups: Groups } {
    const { interned } = this.#options.model;
    const numbers = Uint32Array.from(texts, (text, i) => (i === 0 ? 0 : interned.number(text)));
    this.unknownColumns += unknownColumns;
    this.#layout.translate(keys, numbers);
    const { groups } = new Members(this.#options, this.#layout);
    groups.adopt(memory, numbers);
    this.#members.groups.align(groups);
    return { keys, groups };
  }

  #absorb(keys: Uint32Array, others: Groups, from: number): void {
    const { table, groups, lone } = this.#members;
    const at = from * this.#layout.width;
    const hash = this.#layout.hashOf(keys, at);
    let group = table.find(keys, at, hash);
    const isNew = group < 0;
    if (isNew) {
      group = table.insert(keys, at, hash);
      if (table.room !== this.#room) this.#noteRoom();
      if (lone === undefined) groups.grow(table.room);
      else lone.settle(group);
    }
    groups.absorb(this.#members.slotOf(group), others, from, isNew);
  }

  /** Everything has been pushed: the records of all groups. */
  async *finish(): AsyncGenerator<Batch> {
    try {
      yield* this.#members.takeAll(this.#number);
      this.#wereOver = this.isOver;
      this.#members = new Members(this.#options, this.#layout);
      this.#finder.forget();
      if (this.#spill === undefined) return;
      for (const part of this.#spill.parts()) {
        const cluster = new Cluster(this.#options, this.#level + 1, this.#number);
        for await (const batch of part) cluster.push(batch, undefined, batch.rows);
        yield* cluster.finish();
        this.#wereOver ||= cluster.isOver;
      }
    } finally {
      this.#spill?.close();
    }
  }
}
