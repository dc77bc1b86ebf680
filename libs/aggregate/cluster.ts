import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { NumberColumn } from '../record/columns.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { Expiry, type Timeouts } from './expiry.ts';
import { GroupTable } from './group-table.ts';
import { Groups } from './groups.ts';
import { hashWords, KeyLayout } from './key-layout.ts';
import { initiatorOnly, mirrorBatch } from './mirror.ts';
import type { Model } from './model.ts';
import { PAGE_GROUPS } from './pages.ts';
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
  /** When groups are done before the end; those that are not have a place in memory whatever it takes. */
  readonly timeouts?: Timeouts;
}

const NONE: Timeouts = { statusUs: Infinity, idleUs: Infinity };

/** Merges records that have a key in common. Which comes first does not matter. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #level: number;
  readonly #layout: KeyLayout;
  readonly #table: GroupTable;
  readonly #groups: Groups;
  readonly #turning: Turning;
  readonly #expiry: Expiry | undefined;
  readonly #numbers: Map<string, number>;
  readonly #share = {
    rows: new Uint32Array(BATCH_ROWS_MAX),
    groups: new Uint32Array(BATCH_ROWS_MAX),
    count: 0,
    startUs: new Float64Array(BATCH_ROWS_MAX),
    lastUs: new Float64Array(BATCH_ROWS_MAX),
  };
  readonly #refused: number[] = [];
  #spill: Spill | undefined;
  #isFull = false;
  #firstPage = 0;
  /** Columns that later versions added and that merging cannot keep. */
  unknownColumns = 0;

  constructor(options: ClusterOptions, level = 0, numbers = new Map<string, number>()) {
    const { model, fields, preserves = true, reports = true, timeouts = NONE } = options;
    this.#options = options;
    this.#level = level;
    this.#numbers = numbers;
    this.#layout = new KeyLayout(model.pieces);
    this.#table = new GroupTable(this.#layout.width);
    this.#groups = new Groups({ model, interned: model.interned, fields, preserves, reports });
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
    const all = rows ?? Uint32Array.from({ length: count }, (_, row) => row);
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
    this.#computeTimes(batch, rows, count);
    this.#assign(rows, count);
    this.#groups.grow(this.#table.pages);
    this.#groups.take(batch, this.#share);
    if (this.#refused.length > 0) this.#spillRefused(batch, rows);
  }

  /** Of all rows; `#assign` moves those that stay to the front. */
  #computeTimes({ columns }: Batch, rows: Uint32Array, count: number): void {
    const stime = columns[STORED_FIELDS.stime.number] as NumberColumn | undefined;
    const stimens = columns[STORED_FIELDS.stimens.number] as NumberColumn | undefined;
    const dur = columns[STORED_FIELDS.dur.number] as NumberColumn | undefined;
    const { startUs, lastUs } = this.#share;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const ns = stimens?.has(row) === true ? stimens.values[row]! : 0;
      const start = (stime?.has(row) === true ? stime.values[row]! : 0) + ns / 1000;
      startUs[i] = start;
      lastUs[i] = start + (dur?.has(row) === true ? dur.values[row]! : 0) / 1000;
    }
  }

  #assign(rows: Uint32Array, count: number): void {
    const { words, width, hashes } = this.#layout;
    const share = this.#share;
    const table = this.#table;
    const expiry = this.#expiry;
    let taken = 0;
    for (let i = 0; i < count; i++) {
      const at = i * width;
      const hash = hashes[i]!;
      let group = table.find(words, at, hash);
      if (group >= 0 && expiry !== undefined && expiry.ends(group, share.startUs[i]!, share.lastUs[i]!)) {
        table.hide(group, hash);
        expiry.close(group);
        group = -1;
      }
      if (group < 0) {
        if (this.#isFull && !this.#turning.hasKin(words, at)) {
          this.#refused.push(i);
          continue;
        }
        group = table.insert(words, at, hash);
        if (table.pages !== this.#firstPage) this.#notePage();
      }
      expiry?.touch(group, share.startUs[i]!, share.lastUs[i]!);
      share.rows[taken] = rows[i]!;
      share.groups[taken] = group;
      share.startUs[taken] = share.startUs[i]!;
      share.lastUs[taken] = share.lastUs[i]!;
      taken += 1;
    }
    share.count = taken;
  }

  /** A page more has begun: is there memory for another one? */
  #notePage(): void {
    this.#firstPage = this.#table.pages;
    if (this.#expiry !== undefined || this.#level === LEVELS_MAX) return;
    const pages = this.#table.pages + 1;
    const pageBytes = this.#groups.pageBytes + 4 * this.#layout.width * PAGE_GROUPS;
    this.#isFull = pages * pageBytes + this.#table.slotBytes * 2 + this.#groups.bytes > this.#options.memoryBytes;
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
    yield* this.#emit(Uint32Array.from(closed), (group) => {
      this.#hide(group);
      expiry.forget(group);
      this.#groups.clear(group);
      this.#table.letGo(group);
    });
  }

  #hide(group: number): void {
    const { words, at } = this.#table.keyOf(group);
    this.#table.hide(group, hashWords(words, at, this.#layout.width));
  }

  /** Everything has been pushed: the records of all groups. */
  async *finish(): AsyncGenerator<Batch> {
    try {
      const groups = [];
      for (let group = 0; group < this.#table.end; group++) {
        if (this.#groups.time.trans.get(group) > 0) groups.push(group);
      }
      yield* this.#emit(Uint32Array.from(groups), () => undefined);
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

  /** @param release is told of each group whose record was made, or that became part of another one */
  *#emit(groups: Uint32Array, release: (group: number) => void): Generator<Batch> {
    const done = new Uint8Array(this.#table.end);
    const gathered = new Map<number, number[]>();
    const { origin } = this.#groups;
    const flush = (number: number, share: number[]): Batch => {
      const batch = this.#batchOf(Uint32Array.from(share), origin.originOf(number));
      for (const group of share) release(group);
      share.length = 0;
      return batch;
    };
    for (const group of groups) {
      if (done[group] === 1) continue;
      const settled = this.#turning.settle(group, (absorbed) => {
        done[absorbed] = 1;
        release(absorbed);
      });
      for (const one of settled) {
        done[one] = 1;
        const number = origin.numberOf(one);
        const share = gathered.get(number) ?? [];
        gathered.set(number, share);
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
