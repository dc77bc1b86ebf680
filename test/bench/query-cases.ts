import { VISITOR_IP } from '../../libs/synthetic/visit.ts';

/** A question to records, which both suites are asked in the same words. */
export interface QueryCase {
  readonly name: string;
  readonly program: string;
  /** Behind `-r FILE`; `OUTPUT` stands for a file that is thrown away, `RANGE` for a hundredth of the records' time. */
  readonly args: readonly string[];
  /** What only ours understands, in front of those. */
  readonly ownArgs?: readonly string[];
  /** How much faster than the original it is to be. */
  readonly wanted: number;
  /** Only ours, as the original has no such thing. */
  readonly isOwn?: true;
  /** Asked of a fifth of the records. */
  readonly isOfFewer?: true;
  /** Both print the same number of lines. */
  readonly isCounted?: true;
  /** Ours is to take at most so much more than `ra --version`. */
  readonly beyondStartSeconds?: number;
  /** Ours is to take at most the original's memory. */
  readonly isMemoryWanted?: true;
}

/** A host that comes once for a short time: in a few frames. */
const VISITOR = [24, 16, 8, 0].map((shift) => (VISITOR_IP >>> shift) & 255).join('.');
/** One server among several hundred that are there all the time: in every frame. */
export const SERVER = '192.0.2.10';

const hits = (host: string): string[] => ['-L', '-1', '-', `tcp and port 80 and host ${host}`];
const correct = (...args: string[]): string[] => ['-M', 'correct', ...args];

export const QUERY_CASES: readonly QueryCase[] = [
  { name: 'filter, host in few frames', program: 'ra', args: ['-n', ...hits(VISITOR)], wanted: 4, isCounted: true },
  { name: 'filter, host in all frames', program: 'ra', args: ['-n', ...hits(SERVER)], wanted: 4, isCounted: true },
  { name: 'the latter, -t of 1 %', program: 'ra', args: ['-n', '-t', 'RANGE', ...hits(SERVER)], wanted: 10, beyondStartSeconds: 0.06 }, // prettier-ignore
  { name: 'racluster -w', program: 'racluster', args: correct('-w', 'OUTPUT'), ownArgs: ['--memory', '512M'], wanted: 4, isMemoryWanted: true }, // prettier-ignore
  { name: 'racluster -m saddr/16', program: 'racluster', args: correct('-m', 'saddr/16'), wanted: 5 },
  { name: 'racluster -m saddr', program: 'racluster', args: correct('-m', 'saddr'), wanted: 4 },
  { name: 'rabins -M time 10s -m proto', program: 'rabins', args: ['-M', 'time', '10s', '-m', 'proto'], wanted: 5 },
  { name: 'racount', program: 'racount', args: [], wanted: 4 },
  { name: 'racount -M proto addr', program: 'racount', args: ['-M', 'proto', 'addr'], wanted: 4 },
  { name: 'ra -n', program: 'ra', args: ['-n'], wanted: 4 },
  { name: 'rasort -m bytes', program: 'rasort', args: ['-m', 'bytes'], wanted: 4, isOfFewer: true },
  { name: 'rasort -m bytes -w', program: 'rasort', args: ['-m', 'bytes', '-w', 'OUTPUT'], wanted: 4, isOfFewer: true },
  { name: 'rasort -m saddr daddr dport -w', program: 'rasort', args: ['-m', 'saddr', 'daddr', 'dport', '-w', 'OUTPUT'], wanted: 4, isOfFewer: true }, // prettier-ignore
  { name: 'rasort -m bytes -N 10', program: 'rasort', args: ['-m', 'bytes', '-N', '10'], wanted: 4, isOwn: true, isOfFewer: true }, // prettier-ignore
  { name: 'rasort -m bytes -w, --memory 64M', program: 'rasort', args: ['-m', 'bytes', '--memory', '64M', '-w', 'OUTPUT'], wanted: 1, isOwn: true, isOfFewer: true }, // prettier-ignore
  { name: 'racluster -w, --memory 64M', program: 'racluster', args: ['--memory', '64M', '-w', 'OUTPUT'], wanted: 1, isOwn: true, isOfFewer: true }, // prettier-ignore
];
