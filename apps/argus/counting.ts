import type { OriginRecords } from './origin-records.ts';
import type { ProbeTotals } from './probe.ts';
import type { Damage } from './sources.ts';

/** What has become of an input: all that was counted, and what it ended in. */
export interface Outcome {
  readonly totals: ProbeTotals;
  readonly damage: readonly Damage[];
}

/** The counting of one input, whose records are of one origin. */
export interface Counting {
  readonly records: OriginRecords;
  /** Names of interfaces or files. */
  readonly input: string;
  /** How packets are had: `file`, `ring`, or `cap`, whose times and losses are not exact. */
  readonly capture: 'file' | 'ring' | 'cap';
  /** What has been counted up to now. */
  totals(): Promise<ProbeTotals>;
  /** Counts until the input ends or the command is told to stop; all its records have been pushed then. */
  finish(): Promise<Outcome>;
}
