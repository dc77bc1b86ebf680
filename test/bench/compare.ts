import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BENCH_FOLDER, type Capture } from './captures.ts';
import { measure, median, type Usage } from './measure.ts';
import { sumRecords, type RecordSums, type Suite } from './programs.ts';

/** One probe's way through one capture: medians of its runs, and what it wrote. */
export interface Outcome extends Usage, RecordSums {
  readonly suite: Suite['name'];
  readonly runs: readonly Usage[];
  readonly packetsPerSecond: number;
  readonly fileBytes: number;
  readonly bytesPerRecord: number;
  /** Packets and bytes of the records are those of the capture. */
  readonly isComplete: boolean;
}

/**
 * Runs the probes over a capture in turn, each with the others' load around it, and adds up what they wrote.
 * @param rounds times that each probe runs; who goes first changes from round to round
 */
export async function compareProbes(capture: Capture, suites: readonly Suite[], rounds: number): Promise<Outcome[]> {
  const runs = new Map(suites.map((suite) => [suite, [] as Usage[]]));
  for (let round = 0; round < rounds; round++) {
    for (const suite of round % 2 === 0 ? suites : suites.toReversed()) {
      const output = outputOf(suite, capture);
      await rm(output, { force: true });
      const usage = await measure([...suite.argus, '-X', '-r', capture.path, '-w', output]);
      runs.get(suite)?.push(usage);
      console.error(`${capture.name} round ${round + 1} ${suite.name} ${usage.wallSeconds.toFixed(2)} s`);
    }
  }
  const outcomes = [];
  for (const [suite, usages] of runs) outcomes.push(await outcomeOf(suite, capture, usages));
  return outcomes;
}

function outputOf(suite: Suite, capture: Capture): string {
  return join(BENCH_FOLDER, `${capture.name}.${suite.name}`);
}

async function outcomeOf(suite: Suite, capture: Capture, runs: readonly Usage[]): Promise<Outcome> {
  const output = outputOf(suite, capture);
  const fileBytes = (await stat(output)).size;
  const sums = await sumRecords(suite, output);
  await rm(output);
  const wallSeconds = median(runs.map((run) => run.wallSeconds));
  return {
    suite: suite.name,
    runs,
    wallSeconds,
    cpuSeconds: median(runs.map((run) => run.cpuSeconds)),
    peakBytes: Math.max(...runs.map((run) => run.peakBytes)),
    packetsPerSecond: capture.packets / wallSeconds,
    fileBytes,
    bytesPerRecord: fileBytes / sums.records,
    isComplete: sums.packets === capture.packets && sums.bytes === capture.wireBytes,
    ...sums,
  };
}
