import type { Batch } from '../record/batch.ts';
import type { ClusterOptions } from './cluster-options.ts';
import { GroupTable } from './group-table.ts';
import { Groups } from './groups.ts';
import type { KeyLayout } from './key-layout.ts';
import { isAway, isLone, LoneRecords } from './lone-records.ts';
import { MadeRecords, type Numbering } from './made-records.ts';
import { Turning } from './turning.ts';

/** When records are made, a group waits for that, */
const WAITING = 1;
/** or there is nothing more to be brought together with it, */
const SETTLED = 2;
/** or it is part of another one. */
const ABSORBED = 3;

/** All groups of a cluster that are in memory: their keys, and what they have come to. */
export class Members {
  readonly table: GroupTable;
  readonly groups: Groups;
  /** Undefined where the records of all groups are merged at once: then a group has its own number among lanes' values. */
  readonly lone: LoneRecords | undefined;
  readonly turning: Turning;
  readonly #sorts: boolean;

  constructor(options: ClusterOptions, layout: KeyLayout) {
    const { model, fields, preserves = true, reports = true, sorts = false, timeouts, loneRowsMin } = options;
    const isMasked = [...model.addresses.values()].some((mask) => mask !== undefined);
    const keepsLone = loneRowsMin !== undefined && timeouts === undefined && !sorts && !isMasked;
    this.#sorts = sorts;
    this.table = new GroupTable(layout.width);
    this.groups = new Groups({ model, interned: model.interned, fields, preserves, reports });
    this.lone = keepsLone ? new LoneRecords(loneRowsMin, this.groups) : undefined;
    this.turning = new Turning(model.turning, layout, this.table, this.groups, this.lone);
  }

  /** Memory that is taken when there is room for so many groups, about. */
  bytesFor(room: number): number {
    const { table, groups, lone } = this;
    const values = lone?.bytesFor(room) ?? room * groups.groupBytes;
    return values + room * table.groupBytes + table.slotBytes + groups.bytes;
  }

  /** Where lanes have the values of a group. */
  slotOf(group: number): number {
    return this.lone === undefined ? group : this.lone.slotOf(group);
  }

  /** Whether there is a group in memory that may become one with a key of this hash. */
  keepsKin(hash: number): boolean {
    const group = this.table.withHash(hash);
    // Where the records of a group wait on the disk, those of no other group with its hash are here.
    return group >= 0 && (this.lone === undefined || !isAway(this.lone.placeOf(group)));
  }

  /** Groups that have records, ascending. */
  occupied(): Uint32Array {
    const groups = new Uint32Array(this.table.end);
    const { trans } = this.groups.time;
    let count = 0;
    for (let group = 0; group < groups.length; group++) {
      const place = this.lone === undefined ? group : this.lone.placeOf(group);
      if (isLone(place) ? !isAway(place) : trans.get(place) > 0) groups[count++] = group;
    }
    return groups.subarray(0, count);
  }

  /** Gives away all groups, as records. */
  *takeAll(number: Numbering): Generator<Batch> {
    const { lone, table } = this;
    const groups = this.occupied();
    const mayTurn = (group: number): boolean => table.hasKin(group);
    if (lone !== undefined) {
      for (let i = 0; i < groups.length; i++) if (mayTurn(groups[i]!)) lone.slotOf(groups[i]!);
      lone.mergeJoined();
    }
    const left = this.#settle(groups, mayTurn, () => undefined);
    if (lone === undefined) yield* this.#records(left, number);
    else yield* this.#recordsOrLone(lone, left, number);
  }

  /**
   * Gives away some groups. There are no records that lie as they came.
   * @param release is told of each group whose record was made, or that became part of another one
   */
  *take(groups: Uint32Array, number: Numbering, release: (group: number) => void): Generator<Batch> {
    if (groups.length === 0) return;
    const left = this.#settle(groups, () => true, release);
    yield* this.#records(left, number);
    for (let i = 0; i < left.length; i++) release(left[i]!);
  }

  /** Brings together what belongs together. @returns those that are left, in the order of `groups` */
  #settle(groups: Uint32Array, mayTurn: (group: number) => boolean, release: (group: number) => void): Uint32Array {
    const states = new Uint8Array(this.table.end);
    for (let i = 0; i < groups.length; i++) states[groups[i]!] = WAITING;
    const absorb = (group: number): void => {
      states[group] = ABSORBED;
      release(group);
    };
    const others: number[] = [];
    for (let i = 0; i < groups.length; i++) {
      if (states[groups[i]!] !== WAITING || !mayTurn(groups[i]!)) continue;
      for (const one of this.turning.settle(groups[i]!, absorb)) {
        if (states[one] === 0) others.push(one);
        states[one] = SETTLED;
      }
    }
    const left = new Uint32Array(groups.length + others.length);
    let count = 0;
    for (let i = 0; i < groups.length; i++) if (states[groups[i]!] !== ABSORBED) left[count++] = groups[i]!;
    left.set(others, count);
    return left.subarray(0, count + others.length);
  }

  *#records(groups: Uint32Array, number: Numbering): Generator<Batch> {
    const { startUs } = this.groups.time;
    if (this.#sorts) groups.sort((a, b) => startUs.get(a) - startUs.get(b) || a - b);
    const made = new MadeRecords(this.groups, number);
    let last: number | undefined;
    for (let i = 0; i < groups.length; i++) {
      const probe = this.groups.origin.numberOf(groups[i]!);
      // The order is one of all records.
      const before = this.#sorts && last !== undefined && probe !== last ? made.flush(last) : undefined;
      if (before !== undefined) yield before;
      last = probe;
      const full = made.add(groups[i]!);
      if (full !== undefined) yield full;
    }
    yield* made.rest();
  }

  /** The same, also of records that lie as they came. @param groups ascending */
  *#recordsOrLone(lone: LoneRecords, groups: Uint32Array, number: Numbering): Generator<Batch> {
    const { origin } = this.groups;
    const made = new MadeRecords(this.groups, number);
    for (let i = 0; i < groups.length;) {
      const run = lone.runOf(groups[i]!);
      if (run === undefined) {
        const full = made.add(lone.placeOf(groups[i++]!));
        if (full !== undefined) yield full;
        continue;
      }
      const probe = origin.numberFor(run.origin);
      const inside = new Uint32Array(run.end - run.first);
      let count = 0;
      for (; i < groups.length && groups[i]! < run.end; i++) {
        const place = lone.placeOf(groups[i]!);
        if (isLone(place) || origin.numberOf(place) === probe) inside[count++] = groups[i]!;
        else {
          const full = made.add(place);
          if (full !== undefined) yield full;
        }
      }
      const before = made.flush(probe);
      if (before !== undefined) yield before;
      if (count > 0) yield lone.take(run, inside.subarray(0, count), number(run.origin, count));
    }
    yield* made.rest();
  }
}
