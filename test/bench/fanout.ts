import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '../../libs/record/batch.ts';
import { Wish } from '../../libs/transport/wish.ts';
import { ROOT } from '../tidy/tree.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { captureOf } from './captures.ts';
import { argusFeed, panoptesFeed } from './fanout-feed.ts';
import { argusParcels, flowBatches, frameParcels, recordsOf } from './fanout-records.ts';
import { runFanout, type FanoutUsage } from './fanout-run.ts';
import { differentWishes, EVERYTHING, fewWishes, type AskedFor } from './fanout-wishes.ts';
import { median } from './measure.ts';
import { executable, originalSuite, PANOPTES } from './programs.ts';
import { promisesText, type Promised } from './report.ts';
import { megabytes, millions, seconds, tableText, times } from './table.ts';

/** Make about 500 thousand records. */
const PACKETS = 2_100_000;
const PACKETS_PER_FLOW = 10;
const ROUNDS = 3;
/** The original has no places for more. */
const READERS = 32;
/** With the original. */
const ATTEMPTS = 3;
const MANY_READERS = 128;
const SILENT = 16;
const DIFFERENT = 4;
/** Of the records, so that those who never read are far behind what is kept for them. */
const COPIES_FOR_SILENT = 4;
const SAME_MIN = 10;
const DIFFERENT_MIN = 3;
/** As docs/performance.md says: 64 MiB for records, 16 MiB for a reader's lag, and the program itself. */
const MEMORY_MAX = 320e6;

export const FANOUT_BENCH: Bench = {
  name: 'fanout',
  about: 'radium of Panoptes and the original serving many readers',
  run: fanoutBench,
};

interface Case {
  readonly name: string;
  readonly readers: readonly AskedFor[];
  readonly silent: number;
  readonly copies: number;
}

const CASES: readonly Case[] = [
  { name: `${READERS} want the same`, readers: Array<AskedFor>(READERS).fill(EVERYTHING), silent: 0, copies: 1 },
  { name: `${READERS} differ in filter and columns`, readers: differentWishes(READERS), silent: 0, copies: 1 },
  { name: `${MANY_READERS} with ${DIFFERENT} wishes`, readers: fewWishes(MANY_READERS, DIFFERENT), silent: 0, copies: 1 },
  { name: `the same, ${SILENT} more never read`, readers: fewWishes(MANY_READERS, DIFFERENT), silent: SILENT, copies: COPIES_FOR_SILENT },
]; // prettier-ignore

/** Medians of the rounds, memory the most of them. */
interface Outcome {
  readonly name: string;
  readonly delivered: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly perCpuSecond: number;
  readonly peakBytes: number;
  readonly bytesPerRecord: number;
  /** Every reader got exactly what it asked for. */
  readonly isComplete: boolean;
}

async function fanoutBench(options: BenchOptions): Promise<BenchResult> {
  const packets = options.packets ?? PACKETS;
  const rounds = options.rounds ?? ROUNDS;
  const capture = await captureOf(options.shape ?? 'mixed', packets, Math.ceil(packets / PACKETS_PER_FLOW));
  const batches = await flowBatches(await recordsOf(capture, PANOPTES));
  const suite = originalSuite();
  const radium = executable('radium');
  const records = batches.reduce((sum, { rows }) => sum + rows, 0);
  const original = suite === undefined || radium === undefined ? undefined : await originalOutcome(radium, await recordsOf(capture, suite), rounds); // prettier-ignore
  const outcomes: Outcome[] = [];
  for (const each of CASES) outcomes.push(await outcomeOf(each, batches, rounds));
  const promises = promisesOf(outcomes, original);
  const missing = original === undefined ? '\nThe original radium is not installed; nothing to compare with.' : '';
  return {
    text: `${outcomesText(outcomes, original)}\n(${records} records; medians of ${rounds}, memory the most)${missing}\n\n${promisesText(promises)}`,
    json: { capture, records, original, outcomes, promises },
    isGood: outcomes.every(({ isComplete }) => isComplete),
  };
}

async function originalOutcome(radium: string, path: string, rounds: number): Promise<Outcome> {
  const { start, parcels } = await argusParcels(path);
  const expected = parcels.reduce((sum, { records }) => sum + records, 0);
  const usages: FanoutUsage[] = [];
  for (let round = 0; round < rounds; round++) {
    const usage = await patiently(async () => {
      await using feed = await argusFeed(start, parcels);
      const command = (from: number, to: number): string[] => [radium, '-X', '-S', `127.0.0.1:${from}`, '-B', '127.0.0.1', '-P', `${to}`]; // prettier-ignore
      const readers = Array<AskedFor>(READERS).fill(EVERYTHING);
      return await runFanout({ feed, command, order: { protocol: 'argus', readers, silent: 0 } });
    });
    usages.push(usage);
  }
  return summary(`original, ${READERS} want the same`, usages, new Array<number>(READERS).fill(expected));
}

/**
 * The original sends a reader nothing of what comes before it has seen its START, and does not tell when it has: on a busy machine one
 * may miss the first records, and waits for them in vain.
 */
async function patiently(run: () => Promise<FanoutUsage>): Promise<FanoutUsage> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function outcomeOf(
  { name, readers, silent, copies }: Case,
  batches: readonly Batch[],
  rounds: number,
): Promise<Outcome> {
  // prettier-ignore
  const parcels = frameParcels(batches, copies);
  const usages: FanoutUsage[] = [];
  for (let round = 0; round < rounds; round++) {
    const state = await mkdtemp(join(tmpdir(), 'panoptes-fanout-'));
    try {
      await using feed = await panoptesFeed(parcels);
      const command = (from: number, to: number): string[] => [
        process.execPath, join(ROOT, 'dist/bin/radium'), '-X', '-S', `127.0.0.1:${from}`, '-B', '127.0.0.1', '-P', `${to}`,
        '--state', state, '--clients', String(readers.length + silent),
      ]; // prettier-ignore
      usages.push(await runFanout({ feed, command, order: { protocol: 'panoptes', readers, silent } }));
    } finally {
      await rm(state, { recursive: true });
    }
  }
  return summary(name, usages, expectedRows(readers, batches).map((rows) => rows * copies)); // prettier-ignore
}

/** How many records each reader is to get. */
function expectedRows(readers: readonly AskedFor[], batches: readonly Batch[]): number[] {
  const known = new Map<string, number>();
  return readers.map(({ filter }) => {
    let rows = known.get(filter);
    if (rows !== undefined) return rows;
    const wish = new Wish(filter, undefined);
    rows = batches.reduce((sum, batch) => sum + (wish.apply(batch)?.rows ?? 0), 0);
    known.set(filter, rows);
    return rows;
  });
}

function summary(name: string, usages: readonly FanoutUsage[], expected: readonly number[]): Outcome {
  const delivered = expected.reduce((sum, rows) => sum + rows, 0);
  const cpuSeconds = median(usages.map((usage) => usage.cpuSeconds));
  const bytes = usages[0]!.readers.reduce((sum, reader) => sum + reader.bytes, 0);
  return {
    name,
    delivered,
    cpuSeconds,
    wallSeconds: median(usages.map(({ wallSeconds }) => wallSeconds)),
    perCpuSecond: delivered / cpuSeconds,
    peakBytes: Math.max(...usages.map(({ peakBytes }) => peakBytes)),
    bytesPerRecord: bytes / delivered,
    isComplete: usages.every(({ readers }) => readers.every(({ records }, reader) => records === expected[reader])),
  };
}

function outcomesText(outcomes: readonly Outcome[], original: Outcome | undefined): string {
  const heading = ['readers', 'delivered', 'CPU', 'wall', 'delivered/CPU s', 'bytes each', 'peak memory', 'complete', 'ratio']; // prettier-ignore
  const all = original === undefined ? outcomes : [original, ...outcomes];
  const rows = all.map((outcome) => [
    outcome.name,
    millions(outcome.delivered),
    seconds(outcome.cpuSeconds),
    seconds(outcome.wallSeconds),
    millions(outcome.perCpuSecond),
    outcome.bytesPerRecord.toFixed(1),
    megabytes(outcome.peakBytes),
    outcome.isComplete ? 'yes' : 'NO',
    original === undefined ? '' : times(outcome.perCpuSecond / original.perCpuSecond),
  ]);
  return tableText(heading, rows);
}

function promisesOf(outcomes: readonly Outcome[], original: Outcome | undefined): Promised[] {
  const [same, different, , withSilent] = outcomes;
  const most = withSilent!.peakBytes;
  const memory = { what: `memory at most ${megabytes(MEMORY_MAX)} when some never read`, value: megabytes(most), isKept: most <= MEMORY_MAX }; // prettier-ignore
  if (original === undefined) return [memory];
  const ratio = (outcome: Outcome): number => outcome.perCpuSecond / original.perCpuSecond;
  return [
    { what: `same wishes: at least ${SAME_MIN} times the original's records for each CPU second`, value: times(ratio(same!)), isKept: ratio(same!) >= SAME_MIN },
    { what: `filter and columns: at least ${DIFFERENT_MIN} times`, value: times(ratio(different!)), isKept: ratio(different!) >= DIFFERENT_MIN },
    memory,
  ]; // prettier-ignore
}
