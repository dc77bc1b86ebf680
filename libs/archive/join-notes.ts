import { originKey } from '../record/ledger.ts';
import { RangeSet } from '../record/range-set.ts';
import type { ArchiveNote, OriginRanges } from './archive-note.ts';

/** Ranges of record numbers that a note names at most for one origin. */
export const NOTED_RANGES_MAX = 1000;

/** What a file says of itself that does not depend on how it is written. */
export type Contents = Omit<ArchiveNote, 'bytes' | 'level'>;

interface Account extends Pick<OriginRanges, 'source' | 'run'> {
  records: number;
  readonly ranges: RangeSet;
  readonly lost: RangeSet;
}

/** What is to be said of a file that has the records of several. @param notes of these; at least one */
export function joinNotes(notes: readonly Contents[]): Contents {
  const accounts = new Map<string, Account>();
  for (const { origins } of notes) for (const origin of origins) addOrigin(accounts, origin);
  const [{ series, joined }] = notes as [Contents];
  return {
    records: notes.reduce((sum, { records }) => sum + records, 0),
    from: extreme(notes.map(({ from }) => from), Math.min), // prettier-ignore
    to: extreme(notes.map(({ to }) => to), Math.max), // prettier-ignore
    late: notes.every(({ late }) => late),
    ...(series !== undefined && { series }),
    ...(joined !== undefined && { joined }),
    origins: [...accounts.values()].map(({ ranges, lost, ...rest }) => {
      ranges.coarsen(NOTED_RANGES_MAX);
      lost.coarsen(NOTED_RANGES_MAX);
      return { ...rest, ranges: ranges.ranges, lost: lost.ranges };
    }),
  };
}

function addOrigin(accounts: Map<string, Account>, { source, run, records, ranges, lost }: OriginRanges): void {
  const key = originKey({ source, run });
  let account = accounts.get(key);
  if (account === undefined) {
    account = { source, run, records: 0, ranges: new RangeSet(), lost: new RangeSet() };
    accounts.set(key, account);
  }
  account.records += records;
  for (const [first, count] of ranges) account.ranges.add(first, count);
  for (const [first, count] of lost) account.lost.add(first, count);
}

function extreme(times: readonly (number | null)[], choose: (...times: number[]) => number): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : known.reduce((a, b) => choose(a, b));
}
