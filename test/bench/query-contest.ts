import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BENCH_FOLDER } from './captures.ts';
import { measure, median, type Usage } from './measure.ts';

/** Two commands that do the same work, one of them ours. */
export interface Contest {
  readonly name: string;
  readonly ours: readonly string[];
  readonly theirs?: readonly string[] | undefined;
  /** Whose command the other one is. */
  readonly peer: string;
  /** How much faster than the other ours is to be; nothing is promised when absent. */
  readonly wanted?: number | undefined;
  /** Records that each reads, where they are not the same and times are for each record. */
  readonly records?: { readonly ours: number; readonly theirs: number } | undefined;
}

export interface Outcome extends Contest {
  readonly panoptes: Usage;
  readonly other: Usage | undefined;
  readonly runs: { readonly panoptes: readonly Usage[]; readonly other: readonly Usage[] };
  /** How often ours goes into the other's wall time, for each record where their numbers differ. */
  readonly faster: number | undefined;
}

/** What a command may write to; it is not there before and after it. */
export const OUTPUT = join(BENCH_FOLDER, 'query-output');

const ROUNDS = 5;
/** So often where the peer takes long. */
const LONG_ROUNDS = 3;
const LONG_SECONDS = 10;

/** How the original ends then. */
const FOUND_NOTHING = 1;

/** Runs both in turns, and takes the medians. */
export async function compete(contest: Contest, rounds: number | undefined): Promise<Outcome> {
  const runs = { panoptes: [] as Usage[], other: [] as Usage[] };
  let left = rounds ?? ROUNDS;
  while (left > 0) {
    runs.panoptes.push(await once(contest.ours));
    if (contest.theirs !== undefined) runs.other.push(await once(contest.theirs, FOUND_NOTHING));
    const isLong = (runs.other[0] ?? runs.panoptes[0]!).wallSeconds > LONG_SECONDS;
    left = (rounds ?? (isLong ? LONG_ROUNDS : ROUNDS)) - runs.panoptes.length;
    console.error(`${contest.name}: ${left} to go`);
  }
  const panoptes = middle(runs.panoptes);
  const other = contest.theirs === undefined ? undefined : middle(runs.other);
  const share = (contest.records?.ours ?? 1) / (contest.records?.theirs ?? 1);
  const faster = other === undefined ? undefined : (share * other.wallSeconds) / panoptes.wallSeconds;
  return { ...contest, panoptes, other, runs, faster };
}

async function once(command: readonly string[], worst = 0): Promise<Usage> {
  await rm(OUTPUT, { force: true });
  const usage = await measure(command, worst);
  await rm(OUTPUT, { force: true });
  return usage;
}

function middle(runs: readonly Usage[]): Usage {
  return {
    wallSeconds: median(runs.map((run) => run.wallSeconds)),
    cpuSeconds: median(runs.map((run) => run.cpuSeconds)),
    peakBytes: Math.max(...runs.map((run) => run.peakBytes)),
  };
}
