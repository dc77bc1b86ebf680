/** A question to records, which both suites are asked in the same words. */
export interface QueryCase {
  readonly name: string;
  readonly program: string;
  /** Behind `-r FILE`; `OUTPUT` stands for a file that is thrown away. */
  readonly args: readonly string[];
  /** How much faster than the original it is to be. */
  readonly wanted: number;
  /** Only ours, as the original has no such thing. */
  readonly isOwn?: true;
}

export const QUERY_CASES: readonly QueryCase[] = [
  { name: 'ra -n', program: 'ra', args: ['-n'], wanted: 4 },
  { name: 'rasort -m bytes', program: 'rasort', args: ['-m', 'bytes'], wanted: 4 },
  { name: 'rasort -m bytes -w', program: 'rasort', args: ['-m', 'bytes', '-w', 'OUTPUT'], wanted: 4 },
  { name: 'rasort -m saddr daddr dport -w', program: 'rasort', args: ['-m', 'saddr', 'daddr', 'dport', '-w', 'OUTPUT'], wanted: 4 }, // prettier-ignore
  { name: 'rasort -m bytes -N 10', program: 'rasort', args: ['-m', 'bytes', '-N', '10'], wanted: 4, isOwn: true },
  { name: 'rasort -m bytes -w, --memory 64M', program: 'rasort', args: ['-m', 'bytes', '--memory', '64M', '-w', 'OUTPUT'], wanted: 1, isOwn: true }, // prettier-ignore
  { name: 'racluster -w', program: 'racluster', args: ['-M', 'correct', '-w', 'OUTPUT'], wanted: 4 },
  { name: 'racluster -m saddr/16', program: 'racluster', args: ['-M', 'correct', '-m', 'saddr/16'], wanted: 5 },
  { name: 'racluster -m saddr', program: 'racluster', args: ['-M', 'correct', '-m', 'saddr'], wanted: 4 },
  { name: 'racluster -w, --memory 64M', program: 'racluster', args: ['--memory', '64M', '-w', 'OUTPUT'], wanted: 1, isOwn: true }, // prettier-ignore
  { name: 'rabins -M time 10s -m proto', program: 'rabins', args: ['-M', 'time', '10s', '-m', 'proto'], wanted: 5 },
  { name: 'racount', program: 'racount', args: [], wanted: 4 },
  { name: 'racount -M proto addr', program: 'racount', args: ['-M', 'proto', 'addr'], wanted: 4 },
];
