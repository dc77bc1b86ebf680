import { fuzz as argus3 } from './argus3.ts';
import { fuzz as argus3Records } from './argus3-records.ts';
import { fuzz as capture } from './capture.ts';
import { fuzz as filter } from './filter.ts';
import { fuzz as flow } from './flow.ts';
import { fuzz as frameSearch } from './frame-search.ts';
import { fuzz as frames } from './frames.ts';
import { fuzz as packets } from './packets.ts';
import { fuzz as ring } from './ring.ts';
import { fuzz as stream } from './stream.ts';

/** What a fuzz module tells; `slowestUs` where it measures the longest time for one thing. */
export interface AreaResult {
  readonly runs: number;
  /** Empty when all is well. */
  readonly problems: readonly string[];
  readonly slowestUs?: number;
}

export interface Area {
  readonly name: string;
  /** What one run is. */
  readonly thing: string;
  /** How many of them `npm run soak` makes. */
  readonly soakRuns: number;
  /** Runs that fit into a fraction of a second. */
  readonly sliceRuns: number;
  fuzz(options: { seed: number; runs: number }): Promise<AreaResult>;
}

/** Every fuzz module; the same seed and number of runs give the same inputs. */
export const AREAS: readonly Area[] = [
  { name: 'packets', thing: 'mutated packets, decoded', soakRuns: 50_000_000, sliceRuns: 100_000, fuzz: packets },
  { name: 'flow', thing: 'mutated packets, to records', soakRuns: 10_000_000, sliceRuns: 40_000, fuzz: flow },
  { name: 'frames', thing: 'mutated frames, through the codec', soakRuns: 100_000, sliceRuns: 2000, fuzz: frames },
  { name: 'frame-search', thing: 'streams of false frames', soakRuns: 50_000, sliceRuns: 200, fuzz: frameSearch },
  { name: 'capture', thing: 'mutated capture files', soakRuns: 10_000, sliceRuns: 500, fuzz: capture },
  { name: 'ring', thing: 'mutated blocks of the kernel ring', soakRuns: 2_000_000, sliceRuns: 8000, fuzz: ring },
  { name: 'argus3', thing: 'mutated files of Argus', soakRuns: 200_000, sliceRuns: 500, fuzz: argus3 },
  { name: 'argus3-records', thing: 'mutated records of Argus', soakRuns: 2_000_000, sliceRuns: 20_000, fuzz: argus3Records }, // prettier-ignore
  { name: 'filter', thing: 'random filters', soakRuns: 1_000_000, sliceRuns: 10_000, fuzz: filter },
  {
    name: 'stream',
    thing: 'mutated conversations and state of servers',
    soakRuns: 50_000,
    sliceRuns: 300,
    fuzz: stream,
  },
];

/** The areas of these names, or all; undefined when a name is unknown. */
export function areasOf(names: readonly string[]): readonly Area[] | undefined {
  if (names.some((name) => !AREAS.some((area) => area.name === name))) return undefined;
  return AREAS.filter(({ name }) => names.length === 0 || names.includes(name));
}
