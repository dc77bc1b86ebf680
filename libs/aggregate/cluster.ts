import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { NumberColumn } from '../record/columns.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { ALL_ROWS } from '../record/select.ts';
import { Expiry, type Timeouts } from './expiry.ts';
import { GroupTable } from './group-table.ts';
import { Groups, type GroupsMemory } from './groups.ts';
import { hashWords, KeyLayout } from './key-layout.ts';
import { initiatorOnly, mirrorBatch } from './mirror.ts';
import type { Model } from './model.ts';
import { moreRoom } from './pages.ts';
import { Share } from './share.ts';
import { LEVELS_MAX, Spill } from './spill.ts';
import { Turning } from './turning.ts';

export interface ClusterOptions {
  readonly model: Model;
  /** Memory that groups may take, bytes; beyond that records wait on the disk. */
  readonly memoryBytes: number;
  /** Numbers of the fields that groups keep; undefined for all. */
  readonly fields?: ReadonlySet<number>;
  /** See `GroupsOptions`. */
  readonly preserves?: boolean;
  readonly reports?: boolean;
  /** Each record is two, of one side each. */
  readonly oneWay?: boolean;
  /** Records come in the order of their starts, as far as they are in memory. */
  readonly sorts?: boolean;
  /** When groups are done before the end; those that are not have a place in memory whatever it takes. */
  readonly timeouts?: Timeouts;
}

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
  #table: GroupTable;
  #groups: Groups;
  #turning: Turning;
  readonly #expiry: Expiry | undefined;
  readonly #numbers: Map<string, number>;
  /** Records of groups that are new, and of others. */
  readonly #fresh = new Share(true);
  readonly #share = new Share(false, this.#fresh.times);
  #isReturning = false;
  readonly #refused: number[] = [];
  #spill: Spill | undefined;
  #isFull = false;
  #room = 0;
  /** Columns that later versions added and that merging cannot keep. */
  unknownColumns = 0;

  constructor(options: ClusterOptions, level = 0, numbers = new Map<string, number>()) {
    const { model, timeouts = NONE } = options;
    this.#options = options;
    this.#level = level;
    this.#numbers = numbers;
    this.#layout = new KeyLayout(model.pieces);
    this.#table = new GroupTable(this.#layout.width);
    this.#groups = this.#makeGroups();
    this.#turning = new Turning(model.turning, this.#layout, this.#table, this.#groups);
    const isTimed = timeouts.statusUs !== Infinity || timeouts.idleUs !== Infinity;
    this.#expiry = isTimed ? new Expiry(timeouts) : undefined;
  }

  /** Groups that are in memory. */
  get count(): number {
    return this.#table.count;
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
    for (const side of [batch, mirrorBatch(batch)]) {
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
    this.#layout.fill(batch, rows, count);
    this.#fresh.times.fill(batch);
    this.#assign(rows, count);
    this.#groups.grow(this.#table.room);
    this.#groups.take(batch, this.#fresh, this.#share, this.#isReturning);
    if (this.#refused.length > 0) this.#spillRefused(batch, rows);
  }

  /** Shares the records out among the groups that they belong to, old ones and new ones. */
  #assign(rows: Uint32Array, count: number): void {
    const { words, width, hashes } = this.#layout;
    const share = this.#share;
    const fresh = this.#fresh;
    const { start, end } = share.times;
    const table = this.#table;
    const expiry = this.#expiry;
    this.#isReturning = false;
    share.begin(count);
    fresh.begin(count);
    for (let i = 0; i < count; i++) {
      const at = i * width;
      const hash = hashes[i]!;
      const row = rows[i]!;
      let group = table.find(words, at, hash);
      if (group >= 0 && expiry !== undefined && expiry.ends(group, start[row]!, end[row]!)) {
        table.hide(group, hash);
        expiry.close(group);
        group = -1;
      }
      if (group >= 0) share.add(row, group);
      else if (this.#isFull && !this.#turning.hasKin(words, at)) {
        this.#refused.push(i);
        continue;
      } else group = this.#begin(at, hash, row);
      expiry?.touch(group, start[row]!, end[row]!);
    }
    fresh.end(table.count);
    share.end(table.count);
  }

  /** A group for a record whose key there is none of. */
  #begin(at: number, hash: number, row: number): number {
    const table = this.#table;
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
    this.#room = this.#table.room;
    if (this.#expiry !== undefined || this.#level === LEVELS_MAX) return;
    const groupBytes = this.#groups.groupBytes + 4 * this.#layout.width;
    const bytes = moreRoom(this.#room) * groupBytes + this.#table.slotBytes * 2 + this.#groups.bytes;
    this.#isFull = bytes > this.#options.memoryBytes;
  }

  #spillRefused(batch: Batch, rows: Uint32Array): void {
    const refused = this.#refused;
    const hashes = new Uint32Array(refused.length);
    const { words, width } = this.#layout;
    for (let i = 0; i < refused.length; i++) hashes[i] = this.#turning.kinHash(words, refused[i]! * width);
    this.#spill ??= new Spill(this.#level);
    this.#spill.push(
      batch,
      Uint32Array.from(refused, (i) => rows[i]!),
      hashes,
    );
    refused.length = 0;
  }

  /** Records of the groups that are done by now, which are forgotten. Nothing unless there are time-outs. */
  *due(): Generator<Batch> {
    const expiry = this.#expiry;
    if (expiry === undefined) return;
    const closed = expiry.take((group) => this.#hide(group));
    yield* this.#emit(Uint32Array.from(closed), (group) => this.#letGo(group));
  }

  /** Records of the groups that begin before a time, microseconds, in the order of their starts; they are forgotten. */
  *takeBefore(timeUs: number): Generator<Batch> {
    const { startUs } = this.#groups.time;
    const groups = this.#occupied().filter((group) => startUs.get(group) < timeUs);
    yield* this.#emit(this.#byStart(groups), (group) => this.#letGo(group));
  }

  #letGo(group: number): void {
    this.#hide(group);
    this.#expiry?.forget(group);
    this.#groups.clear(group);
    this.#table.letGo(group);
  }

  #byStart(groups: Uint32Array): Uint32Array {
    const { startUs } = this.#groups.time;
    return groups.sort((a, b) => startUs.get(a) - startUs.get(b) || a - b);
  }

  #hide(group: number): void {
    const { words, at } = this.#table.keyOf(group);
    this.#table.hide(group, hashWords(words, at, this.#layout.width));
  }

  /** Whether records of new groups have to wait on the disk. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Memory that groups take, about. */
  get bytes(): number {
    return this.#table.room * (this.#groups.groupBytes + 4 * this.#layout.width) + this.#table.slotBytes + this.#groups.bytes; // prettier-ignore
  }

  /** Gives all groups away, to be absorbed by another one. Nothing is to be pushed any more, and nothing has been spilled. */
  give(): ClusterMemory {
    const { texts } = this.#options.model.interned;
    return { keys: this.#table.keys(), texts, unknownColumns: this.unknownColumns, groups: this.#groups.give() };
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
    const groups = this.#makeGroups();
    groups.adopt(memory, numbers);
    this.#groups.align(groups);
    return { keys, groups };
  }

  #absorb(keys: Uint32Array, groups: Groups, from: number): void {
    const table = this.#table;
    const at = from * this.#layout.width;
    const hash = hashWords(keys, at, this.#layout.width);
    let group = table.find(keys, at, hash);
    const isNew = group < 0;
    if (isNew) {
      group = table.insert(keys, at, hash);
      this.#groups.grow(table.room);
      if (table.room !== this.#room) this.#noteRoom();
    }
    this.#groups.absorb(group, groups, from, isNew);
  }

  /** Everything has been pushed: the records of all groups. */
  async *finish(): AsyncGenerator<Batch> {
    try {
      const groups = this.#options.sorts === true ? this.#byStart(this.#occupied()) : this.#occupied();
      yield* this.#emit(groups, () => undefined, this.#turning.suspects(groups));
      this.#drop();
      if (this.#spill === undefined) return;
      for (const part of this.#spill.parts()) {
        const cluster = new Cluster(this.#options, this.#level + 1, this.#numbers);
        for await (const batch of part) cluster.push(batch, undefined, batch.rows);
        yield* cluster.finish();
      }
    } finally {
      this.#spill?.remove();
    }
  }

  /** Groups that have records, ascending. */
  #occupied(): Uint32Array {
    const groups = new Uint32Array(this.#table.end);
    let count = 0;
    for (let group = 0; group < groups.length; group++) {
      if (this.#groups.time.trans.get(group) > 0) groups[count++] = group;
    }
    return groups.subarray(0, count);
  }

  /** Gives the memory of all groups back. */
  #drop(): void {
    const { model } = this.#options;
    this.#table = new GroupTable(this.#layout.width);
    this.#groups = this.#makeGroups();
    this.#turning = new Turning(model.turning, this.#layout, this.#table, this.#groups);
  }

  #makeGroups(): Groups {
    const { model, fields, preserves = true, reports = true } = this.#options;
    return new Groups({ model, interned: model.interned, fields, preserves, reports });
  }

  /**
   * @param release is told of each group whose record was made, or that became part of another one
   * @param suspects groups that may have to be brought together with others: 1 for these; all when it is undefined
   */
  *#emit(groups: Uint32Array, release: (group: number) => void, suspects?: Uint8Array): Generator<Batch> {
    const done = new Uint8Array(this.#table.end);
    const gathered = new Map<number, number[]>();
    const { origin } = this.#groups;
    const flush = (number: number, share: number[]): Batch => {
      const batch = this.#batchOf(Uint32Array.from(share), origin.originOf(number));
      for (const group of share) release(group);
      share.length = 0;
      return batch;
    };
    const absorb = (group: number): void => {
      done[group] = 1;
      release(group);
    };
    const alone = [0];
    let last = 0;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i]!;
      if (done[group] === 1) continue;
      alone[0] = group;
      for (const one of suspects?.[group] === 0 ? alone : this.#turning.settle(group, absorb)) {
        done[one] = 1;
        const number = origin.numberOf(one);
        const before = gathered.get(last);
        if (this.#options.sorts === true && number !== last && before !== undefined && before.length > 0) yield flush(last, before); // prettier-ignore
        last = number;
        const share = gathered.get(number) ?? [];
        if (share.length === 0) gathered.set(number, share);
        share.push(one);
        if (share.length === BATCH_ROWS_MAX) yield flush(number, share);
      }
    }
    for (const [number, share] of gathered) if (share.length > 0) yield flush(number, share);
  }

  /** Records that were made count from 0 for each probe. */
  #batchOf(groups: Uint32Array, origin: Origin): Batch {
    const name = `${origin.run} ${origin.source}`;
    const first = this.#numbers.get(name) ?? 0;
    this.#numbers.set(name, first + groups.length);
    return this.#groups.batch(groups, origin, first);
  }
}
