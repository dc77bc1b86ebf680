import type { Integers } from './planes.ts';

/** Rows looked at: four runs of this many, or all rows where there are fewer. */
const RUN = 512;
const RUNS = 4;
const PLANES_MAX = 7;

const counts = new Uint32Array(PLANES_MAX * 256);
/** n × log2 n */
const weighted = Float64Array.from({ length: RUN * RUNS + 1 }, (_, n) => (n === 0 ? 0 : n * Math.log2(n)));

/** What a sample of a column says of two ways to store it: bits per value of the planes' order-0 entropy. */
export interface Estimate {
  readonly direct: number;
  /** Of the steps between neighbours, zigzag unless none of the sample is negative. */
  readonly steps: number;
}

/** @param bits width of the direct values, see `bitsFor` */
export function estimate(values: Integers, count: number, bits: number): Estimate {
  return { direct: sampled(values, count, bits, addDirect), steps: sampled(values, count, bits, addStep) };
}

type Add = (values: Integers, row: number) => void;

function sampled(values: Integers, count: number, bits: number, add: Add): number {
  counts.fill(0);
  let rows = 0;
  if (count <= RUN * RUNS) {
    for (let row = 1; row < count; row++) add(values, row);
    rows = count - 1;
  } else {
    const apart = Math.floor((count - RUN) / (RUNS - 1));
    for (let run = 0; run < RUNS; run++) {
      const start = Math.max(run * apart, 1);
      for (let row = start; row < start + RUN - 1; row++) add(values, row);
      rows += RUN - 1;
    }
  }
  // Steps may need one bit, and so one plane, more than the values.
  const planes = Math.min((bits + 8) >> 3, PLANES_MAX);
  let sum = 0;
  for (let i = 0; i < planes * 256; i++) sum += weighted[counts[i]!]!;
  return (planes * weighted[rows]! - sum) / rows;
}

const addDirect: Add = (values, row) => tally(values.low[row]!, values.high[row]!);

const addStep: Add = (values, row) => {
  const step = values.low[row]! - values.low[row - 1]! + (values.high[row]! - values.high[row - 1]!) * 2 ** 32;
  const zigzag = step < 0 ? -2 * step - 1 : 2 * step;
  tally(zigzag, zigzag < 2 ** 32 ? 0 : zigzag / 2 ** 32);
};

function tally(low: number, high: number): void {
  counts[low & 255]! += 1;
  counts[256 + ((low >>> 8) & 255)]! += 1;
  counts[512 + ((low >>> 16) & 255)]! += 1;
  counts[768 + (low >>> 24)]! += 1;
  if (high === 0) {
    counts[1024]! += 1;
    counts[1280]! += 1;
    counts[1536]! += 1;
    return;
  }
  counts[1024 + (high & 255)]! += 1;
  counts[1280 + ((high >>> 8) & 255)]! += 1;
  counts[1536 + ((high >>> 16) & 255)]! += 1;
}
