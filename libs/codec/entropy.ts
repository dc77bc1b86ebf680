import { NARROW_BITS_MAX, type Integers } from './planes.ts';

/** Rows looked at: four runs of this many, or all rows where there are fewer. */
const RUN = 128;
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
  // Steps may need one bit, and so one plane, more than the values.
  const planes = Math.min((bits + 8) >> 3, PLANES_MAX);
  const isNarrow = bits <= NARROW_BITS_MAX;
  const rows = sampled(values, count, planes, isNarrow ? tallyDirect : tallyWide);
  const direct = entropyOf(planes, rows);
  sampled(values, count, planes, isNarrow ? tallySteps : tallyWideSteps);
  return { direct, steps: entropyOf(planes, rows) };
}

/** Counts the bytes of each plane of the rows `start` … `end`, not including `end`. */
type Tally = (values: Integers, start: number, end: number, planes: number) => void;

/** @returns how many rows were counted */
function sampled(values: Integers, count: number, planes: number, tally: Tally): number {
  counts.fill(0, 0, planes * 256);
  if (count <= RUN * RUNS) {
    tally(values, 1, count, planes);
    return count - 1;
  }
  const apart = Math.floor((count - RUN) / (RUNS - 1));
  for (let run = 0; run < RUNS; run++) {
    const start = Math.max(run * apart, 1);
    tally(values, start, start + RUN - 1, planes);
  }
  return RUNS * (RUN - 1);
}

function entropyOf(planes: number, rows: number): number {
  // Several sums at once: each has to wait for its own last step only.
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < planes * 256; i += 4) {
    a += weighted[counts[i]!]!;
    b += weighted[counts[i + 1]!]!;
    c += weighted[counts[i + 2]!]!;
    d += weighted[counts[i + 3]!]!;
  }
  return (planes * weighted[rows]! - (a + b + c + d)) / rows;
}

const tallyDirect: Tally = ({ low }, start, end, planes) => {
  for (let row = start; row < end; row++) countLow(low[row]!, planes);
};

const tallyWide: Tally = ({ low, high }, start, end, planes) => {
  for (let row = start; row < end; row++) countLow(low[row]!, planes);
  if (planes > 4) for (let row = start; row < end; row++) countHigh(high[row]!, planes);
};

const tallySteps: Tally = ({ low }, start, end, planes) => {
  for (let row = start; row < end; row++) {
    const step = (low[row]! - low[row - 1]!) | 0;
    countLow((step << 1) ^ (step >> 31), planes);
  }
};

const tallyWideSteps: Tally = ({ low, high }, start, end, planes) => {
  for (let row = start; row < end; row++) {
    const step = low[row]! - low[row - 1]! + (high[row]! - high[row - 1]!) * 2 ** 32;
    const zigzag = step < 0 ? -2 * step - 1 : 2 * step;
    countLow(zigzag, planes);
    if (planes > 4) countHigh(zigzag < 2 ** 32 ? 0 : zigzag / 2 ** 32, planes);
  }
};

function countLow(low: number, planes: number): void {
  counts[low & 255]! += 1;
  counts[256 + ((low >>> 8) & 255)]! += 1;
  if (planes < 3) return;
  counts[512 + ((low >>> 16) & 255)]! += 1;
  if (planes > 3) counts[768 + ((low >>> 24) & 255)]! += 1;
}

function countHigh(high: number, planes: number): void {
  counts[1024 + (high & 255)]! += 1;
  if (planes < 6) return;
  counts[1280 + ((high >>> 8) & 255)]! += 1;
  if (planes > 6) counts[1536 + ((high >>> 16) & 255)]! += 1;
}
