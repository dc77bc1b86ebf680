import type { GroupTable } from './group-table.ts';
import type { Groups } from './groups.ts';
import type { LoneRecords } from './lone-records.ts';
import type { KeyLayout } from './key-layout.ts';
import { CERTAIN_PIECE } from './flow-pieces.ts';
import type { Model } from './model.ts';

/**
 * Brings both directions of a flow together. While records come, those of either direction are groups of their own, and so are
 * those that tell for certain who began it, by a handshake. When a group is wanted, what belongs to it is found: where both sides
 * began one these stay two flows, and what is uncertain goes to that of its own direction; where one did all is that flow; where
 * none did the earliest record says who began. So the order in which records come does not matter.
 */
export class Turning {
  readonly #kind: Model['turning'];
  readonly #layout: KeyLayout;
  readonly #table: GroupTable;
  readonly #groups: Groups;
  readonly #lone: LoneRecords | undefined;
  readonly #words: Uint32Array;
  readonly #turned: Uint32Array;

  constructor(kind: Model['turning'], layout: KeyLayout, table: GroupTable, groups: Groups, lone?: LoneRecords) {
    this.#kind = kind;
    this.#layout = layout;
    this.#table = table;
    this.#groups = groups;
    this.#lone = lone;
    this.#words = new Uint32Array(layout.width);
    this.#turned = new Uint32Array(layout.width);
  }

  #find(words: Uint32Array): number {
    return this.#table.find(words, 0, this.#layout.hashOf(words, 0));
  }

  /** Where lanes have the values of a group. */
  #slotOf(group: number): number {
    return this.#lone?.slotOf(group) ?? group;
  }

  /**
   * Merges a group with what belongs to it.
   * @param absorbed is told of each group that is no more
   * @returns the groups that are left of it and of those that came into question, 1 or 2
   */
  settle(group: number, absorbed: (group: number) => void): number[] {
    if (this.#kind === 'none') return [group];
    const kin = this.#kinOf(group);
    const isCertain = (one: Kin): boolean => one.certain;
    const certain = kin.filter(isCertain);
    const rest = kin.filter((one) => !isCertain(one));
    if (certain.length === 0) certain.push(...rest.splice(this.#earliest(rest), 1));
    for (const one of rest) {
      const into = certain.find(({ turned }) => turned === one.turned) ?? certain[0]!;
      this.#groups.merge(this.#slotOf(into.group), this.#slotOf(one.group), into.turned !== one.turned);
      absorbed(one.group);
    }
    return certain.map((one) => one.group);
  }

  /** The group itself and those that are found by its key, either way round, certain and not. */
  #kinOf(group: number): Kin[] {
    const { words, at } = this.#table.keyOf(group);
    this.#words.set(words.subarray(at, at + this.#layout.width));
    const certain = this.#kind === 'flow' && this.#layout.valueOf(this.#words, 0, CERTAIN_PIECE) === 1;
    this.#layout.turn(this.#words, 0, this.#turned);
    const kin: Kin[] = [{ group, turned: false, certain }];
    const add = (key: Uint32Array, turned: boolean, isCertain: boolean): void => {
      const found = this.#find(key);
      if (found >= 0 && kin.every((one) => one.group !== found)) kin.push({ group: found, turned, certain: isCertain });
    };
    add(this.#turned, true, certain);
    if (this.#kind !== 'flow') return kin;
    for (const key of [this.#words, this.#turned]) this.#layout.flip(key, CERTAIN_PIECE);
    add(this.#words, false, !certain);
    add(this.#turned, true, !certain);
    return kin;
  }

  /** Of groups that began at the same time the one with the least key, so that there is one answer. */
  #earliest(kin: readonly Kin[]): number {
    const { startUs, startNs } = this.#groups.time;
    let best = 0;
    for (let i = 1; i < kin.length; i++) {
      const [a, b] = [kin[i]!.group, kin[best]!.group];
      const [at, bt] = [this.#slotOf(a), this.#slotOf(b)];
      const later = startUs.get(at) - startUs.get(bt) || startNs.get(at) - startNs.get(bt) || this.#compareKeys(a, b);
      if (later < 0) best = i;
    }
    return best;
  }

  #compareKeys(a: number, b: number): number {
    const [one, other] = [this.#table.keyOf(a), this.#table.keyOf(b)];
    for (let k = 0; k < this.#layout.width; k++) {
      const difference = one.words[one.at + k]! - other.words[other.at + k]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

interface Kin {
  readonly group: number;
  /** Whether its initiator is the other's responder. */
  readonly turned: boolean;
  readonly certain: boolean;
}
