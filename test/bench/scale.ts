import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { captureOf, type Shape } from './captures.ts';
import { compareProbes } from './compare.ts';
import { originalSuite, PANOPTES } from './programs.ts';
import { outcomesText } from './report.ts';

/** Packets for each flow that is open at once, and for each flow of the flood. */
const SHAPES: readonly { shape: Shape; packets: number; flows: number }[] = [
  { shape: 'all-at-once', packets: 4_000_000, flows: 1_000_000 },
  { shape: 'flood', packets: 5_000_000, flows: 5_000_000 },
];
const ROUNDS = 1;

export const SCALE_BENCH: Bench = {
  name: 'scale',
  about: 'a million flows at once and a SYN flood of five million, beside the original (minutes)',
  run: scaleBench,
};

async function scaleBench(options: BenchOptions): Promise<BenchResult> {
  const original = originalSuite();
  const suites = original === undefined ? [PANOPTES] : [original, PANOPTES];
  const texts: string[] = [];
  const json: object[] = [];
  let isGood = true;
  for (const { shape, packets, flows } of SHAPES) {
    const wanted = options.packets ?? packets;
    const capture = await captureOf(shape, wanted, Math.round((wanted * flows) / packets));
    const outcomes = await compareProbes(capture, suites, options.rounds ?? ROUNDS);
    texts.push(outcomesText(capture, outcomes));
    json.push({ capture, outcomes });
    isGood &&= outcomes.every(({ suite, isComplete }) => suite === 'argus' || isComplete);
  }
  return { text: texts.join('\n\n'), json, isGood };
}
