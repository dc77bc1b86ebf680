import { FLOW_BATCH, GAP_BATCH, MANAGEMENT_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { originKey } from '../record/ledger.ts';
import { RangeSet, type Ranges } from '../record/range-set.ts';
import { isNote } from './is-note.ts';

/** What a file has of one origin. */
export interface OriginCoverage {
  readonly origin: Origin;
  /** Record numbers that its frames with records, or where records were, account for, */
  readonly ranges: Ranges;
  /** and those that its frames say are lost. */
  readonly lost: Ranges;
  /** Records there are, by kind. */
  readonly flows: number;
  readonly management: number;
}

interface Account {
  readonly origin: Origin;
  readonly covered: RangeSet;
  readonly lost: RangeSet;
  flows: number;
  management: number;
}

/** Which record numbers some frames account for, by origin. */
export class Coverage {
  readonly #accounts = new Map<string, Account>();

  add(batch: Batch): void {
    if (isNote(batch)) return;
    const { kind, origin, first, covers, rows } = batch;
    const account = this.#accountOf(originKey(origin), origin);
    (kind === GAP_BATCH ? account.lost : account.covered).add(first, covers);
    if (kind === FLOW_BATCH) account.flows += rows;
    if (kind === MANAGEMENT_BATCH) account.management += rows;
  }

  /** Adds all that another accounts for. */
  addAll(other: Coverage): void {
    for (const [key, { origin, covered, lost, flows, management }] of other.#accounts) {
      const account = this.#accountOf(key, origin);
      account.covered.addAll(covered);
      account.lost.addAll(lost);
      account.flows += flows;
      account.management += management;
    }
  }

  /** In the order of their names. */
  get origins(): OriginCoverage[] {
    const keys = [...this.#accounts.keys()].sort();
    return keys.map((key) => {
      const { covered, lost, ...rest } = this.#accounts.get(key)!;
      return { ...rest, ranges: covered.ranges, lost: lost.ranges };
    });
  }

  get records(): number {
    let records = 0;
    for (const { flows, management } of this.#accounts.values()) records += flows + management;
    return records;
  }

  #accountOf(key: string, origin: Origin): Account {
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = { origin, covered: new RangeSet(), lost: new RangeSet(), flows: 0, management: 0 };
      this.#accounts.set(key, account);
    }
    return account;
  }

  /** The stretches of numbers without a hole. */
  get stretches(): Stretches {
    return new Stretches(this.origins);
  }

  /** Whether the other says the same of each origin. */
  equals(other: Coverage): boolean {
    return JSON.stringify(this.origins) === JSON.stringify(other.origins);
  }
}

/**
 * Numbered stretches of record numbers, each of one origin and without a hole. Records may change places within one: what frames made
 * of them cover, from the lowest number to the highest, is then still nothing but what was covered before.
 */
export class Stretches {
  readonly #origins: Origin[] = [];
  /** By origin: firsts of its stretches, ascending, and the number of the first of them. */
  readonly #starts = new Map<string, { readonly firsts: readonly number[]; readonly base: number }>();

  constructor(origins: readonly OriginCoverage[]) {
    for (const { origin, ranges } of origins) {
      this.#starts.set(originKey(origin), { firsts: ranges.map(([first]) => first), base: this.#origins.length });
      for (let i = 0; i < ranges.length; i++) this.#origins.push(origin);
    }
  }

  get count(): number {
    return this.#origins.length;
  }

  /** Whose stretch this is. */
  originOf(stretch: number): Origin {
    return this.#origins[stretch]!;
  }

  /** The stretch in which a batch lies that was counted in. */
  of({ origin, first }: Batch): number {
    const { firsts, base } = this.#starts.get(originKey(origin))!;
    let low = 0;
    let high = firsts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (firsts[middle]! <= first) low = middle;
      else high = middle;
    }
    return base + low;
  }
}
