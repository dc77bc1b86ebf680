import { captureOf } from './captures.ts';
import { compareProbes, type Outcome } from './compare.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { originalSuite, PANOPTES } from './programs.ts';
import { outcomesText, promisesText, type Promised } from './report.ts';
import { megabytes, times } from './table.ts';

const PACKETS = 3_000_000;
const PACKETS_PER_FLOW = 60;
const ROUNDS = 5;
const MEMORY_MAX = 400e6;
const RATE_MIN = 3;
const FILE_SHARE_MAX = 0.2;

export const PROBE_BENCH: Bench = {
  name: 'probe',
  about: 'argus of Panoptes and the original over one capture of mixed traffic',
  run: probeBench,
};

async function probeBench(options: BenchOptions): Promise<BenchResult> {
  const packets = options.packets ?? PACKETS;
  const capture = await captureOf(options.shape ?? 'mixed', packets, Math.ceil(packets / PACKETS_PER_FLOW));
  const original = originalSuite();
  const suites = original === undefined ? [PANOPTES] : [original, PANOPTES];
  const outcomes = await compareProbes(capture, suites, options.rounds ?? ROUNDS);
  const promises = promisesOf(outcomes);
  return {
    text: `${outcomesText(capture, outcomes)}\n\n${promisesText(promises)}`,
    json: { capture, outcomes, promises },
    isGood: outcomes.every(({ suite, isComplete }) => suite === 'argus' || isComplete),
  };
}

function promisesOf(outcomes: readonly Outcome[]): Promised[] {
  const ours = outcomes.find(({ suite }) => suite === 'panoptes');
  const original = outcomes.find(({ suite }) => suite === 'argus');
  if (ours === undefined) return [];
  const promises: Promised[] = [
    { what: 'peak memory at most 400 MB', value: megabytes(ours.peakBytes), isKept: ours.peakBytes <= MEMORY_MAX },
  ];
  if (original === undefined) return promises;
  const rate = ours.packetsPerSecond / original.packetsPerSecond;
  const share = ours.fileBytes / original.fileBytes;
  return [
    { what: "at least 3 times the original's packet rate", value: times(rate), isKept: rate >= RATE_MIN },
    ...promises,
    { what: "file at most a fifth of the original's", value: times(share), isKept: share <= FILE_SHARE_MAX },
  ];
}
