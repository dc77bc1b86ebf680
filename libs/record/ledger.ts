import { MANAGEMENT_BATCH, type Batch, type Origin } from './batch.ts';
import { NumberColumn } from './columns.ts';
import { CAUSE } from './fields/field.ts';
import { STORED_FIELDS } from './fields/stored.ts';
import { RangeSet, type Ranges } from './range-set.ts';

/** Most origins that are remembered; of more, those that were heard of longest ago are forgotten. */
const ORIGINS_MAX = 4096;
/** Most ranges of one origin that are remembered apart; small gaps between more count as had. */
const RANGES_MAX = 4096;

/** What was had of one origin. */
interface Account {
  readonly origin: Origin;
  readonly had: RangeSet;
  /** Its stop record came, or word that none will come. */
  ended: boolean;
}

/** How a batch stands to what was had before. */
export interface Standing {
  /** `double`: all of its numbers were had before; `part`: some of them, those below `from`. */
  readonly kind: 'new' | 'double' | 'part';
  /** The first of its numbers that was not had. */
  readonly from: number;
  /** Numbers before it that never came, first and how many; only where its origin was known before. */
  readonly missing: readonly [first: number, count: number] | undefined;
}

/** How far an origin was had without a hole: everything below `end`. */
export interface Position {
  readonly origin: Origin;
  readonly end: number;
}

/** A form of the ledger that JSON can hold. */
export type SavedLedger = readonly (readonly [source: string, run: number, ended: boolean, had: Ranges])[];

/** Which record numbers of which origins were had: tells new from double, and what is missing. */
export class OriginLedger {
  /** In the order in which they were last heard of. */
  readonly #accounts = new Map<string, Account>();

  /** What `toJSON` gave; anything else gives an empty ledger. */
  static from(saved: unknown): OriginLedger {
    const ledger = new OriginLedger();
    if (!Array.isArray(saved) || !saved.every(isSaved)) return ledger;
    for (const [source, run, ended, had] of saved) {
      const origin = { source, run };
      ledger.#accounts.set(originKey(origin), { origin, ended, had: RangeSet.from(had) });
    }
    return ledger;
  }

  toJSON(): SavedLedger {
    return [...this.#accounts.values()].map(({ origin, ended, had }) => [origin.source, origin.run, ended, had.ranges]);
  }

  /** How a batch stands to what was had; changes nothing. */
  standing({ origin, first, covers }: Pick<Batch, 'origin' | 'first' | 'covers'>): Standing {
    const had = this.#accounts.get(originKey(origin))?.had;
    if (had === undefined || had.size === 0) return { kind: 'new', from: first, missing: undefined };
    const from = had.firstMissing(first);
    const last = had.end;
    const missing = last < first ? ([last, first - last] as const) : undefined;
    if (from === first) return { kind: 'new', from, missing };
    return { kind: from >= first + covers && covers > 0 ? 'double' : 'part', from, missing };
  }

  /** Notes that a batch was had. */
  take(batch: Batch): Standing {
    const standing = this.standing(batch);
    const { origin, first, covers } = batch;
    const account = this.#heardOf(origin);
    account.had.add(first, covers);
    account.had.coarsen(RANGES_MAX);
    account.ended ||= isStop(batch);
    return standing;
  }

  /** Notes that a run is over, though it did not say farewell. @returns false when that was known */
  close(origin: Origin): boolean {
    const account = this.#heardOf(origin);
    const isNews = !account.ended;
    account.ended = true;
    return isNews;
  }

  #heardOf(origin: Origin): Account {
    const key = originKey(origin);
    const account = this.#accounts.get(key) ?? { origin, had: new RangeSet(), ended: false };
    this.#accounts.delete(key);
    this.#accounts.set(key, account);
    if (this.#accounts.size > ORIGINS_MAX) for (const oldest of this.#accounts.keys()) if (this.#accounts.delete(oldest)) break; // prettier-ignore
    return account;
  }

  /** The number after the last one that was had; undefined for an origin of which none was. */
  endOf(origin: Origin): number | undefined {
    const had = this.#accounts.get(originKey(origin))?.had;
    return had === undefined || had.size === 0 ? undefined : had.end;
  }

  /** Whether this origin said farewell, or is known to have been killed. */
  hasEnded(origin: Origin): boolean {
    return this.#accounts.get(originKey(origin))?.ended === true;
  }

  /** How far each origin was had, those heard of last first. Holes that were never filled hold nobody back. */
  positions(max: number): Position[] {
    const all = [...this.#accounts.values()].toReversed().slice(0, max);
    return all.map(({ origin, had }) => ({ origin, end: had.end }));
  }
}

export function originKey({ source, run }: Origin): string {
  return `${run} ${source}`;
}

/** The last record of a run that ended in order. */
export function isStop(batch: Batch): boolean {
  const { cause } = STORED_FIELDS;
  const column = batch.kind === MANAGEMENT_BATCH ? batch.columns[cause.number] : undefined;
  return column instanceof NumberColumn && batch.rows > 0 && column.has(0) && column.values[0] === CAUSE.stop;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isSaved(value: unknown): value is SavedLedger[number] {
  if (!Array.isArray(value)) return false;
  const [source, run, ended, had] = value as unknown[];
  const isPair = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2 && pair.every(isCount);
  return (
    typeof source === 'string' && isCount(run) && typeof ended === 'boolean' && Array.isArray(had) && had.every(isPair)
  );
}
