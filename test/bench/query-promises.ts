import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { QueryCase } from './query-cases.ts';
import type { Contest, Outcome } from './query-contest.ts';
import type { Promised } from './report.ts';
import { megabytes, seconds, times } from './table.ts';

/** A question and what came of it. */
export interface Asked {
  readonly query: QueryCase;
  /** Of how many it was asked. */
  readonly records: number;
  /** How many lines each printed, where that is compared. */
  readonly lines: Lines | undefined;
  readonly outcome: Outcome;
}

export interface Lines {
  readonly panoptes: number;
  readonly other: number | undefined;
}

const MEMORY_MAX = 1e9;

/** What is wanted of the questions that both suites were asked, and of the memory that ours takes. */
export function promisesOf(asked: readonly Asked[], starting: Outcome): Promised[] {
  const promises: Promised[] = [];
  for (const { query, lines, outcome } of asked) {
    const { name, faster, panoptes, other } = outcome;
    if (faster !== undefined && other !== undefined) {
      promises.push({
        what: `${name}: at least ${query.wanted} times as fast`,
        value: times(faster),
        isKept: faster >= query.wanted,
      });
      if (query.isMemoryWanted === true) {
        const share = panoptes.peakBytes / other.peakBytes;
        promises.push({ what: `${name}: at most the memory of the other`, value: times(share), isKept: share <= 1 });
      }
    }
    if (query.beyondStartSeconds !== undefined) {
      const beyond = panoptes.wallSeconds - starting.panoptes.wallSeconds;
      const most = query.beyondStartSeconds;
      promises.push({
        what: `${name}: at most ${seconds(most)} beyond ra --version`,
        value: seconds(beyond),
        isKept: beyond <= most,
      });
    }
    if (lines !== undefined)
      promises.push({
        what: `${name}: the same number of lines`,
        value: `${lines.panoptes}, ${lines.other ?? 'nothing to compare with'}`,
        isKept: lines.other === undefined || lines.panoptes === lines.other,
      });
  }
  const peak = Math.max(...asked.map(({ outcome }) => outcome.panoptes.peakBytes));
  if (asked.length > 0)
    promises.push({ what: 'all in less than 1 GB', value: megabytes(peak), isKept: peak < MEMORY_MAX });
  return promises;
}

export async function linesOf({ ours, theirs }: Contest): Promise<Lines> {
  return { panoptes: await linesBy(ours), other: theirs === undefined ? undefined : await linesBy(theirs) };
}

async function linesBy([program = '', ...args]: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let lines = 0;
  for await (const chunk of child.stdout) for (const byte of chunk as Buffer) lines += Number(byte === 10);
  await closed;
  return lines;
}
