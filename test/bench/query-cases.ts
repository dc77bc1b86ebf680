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
  { name: 'rasort -m bytes', program: 'rasort', args: ['-m', 'bytes'], wanted: 4 },
  { name: 'rasort -m bytes -w', program: 'rasort', args: ['-m', 'bytes', '-w', 'OUTPUT'], wanted: 4 },
  { name: 'rasort -m saddr daddr dport -w', program: 'rasort', args: ['-m', 'saddr', 'daddr', 'dport', '-w', 'OUTPUT'], wanted: 4 }, // prettier-ignore
  { name: 'rasort -m bytes -N 10', program: 'rasort', args: ['-m', 'bytes', '-N', '10'], wanted: 4, isOwn: true },
  { name: 'rasort -m bytes -w, --memory 64M', program: 'rasort', args: ['-m', 'bytes', '--memory', '64M', '-w', 'OUTPUT'], wanted: 1, isOwn: true }, // prettier-ignore
  { name: 'racount', program: 'racount', args: [], wanted: 4 },
  { name: 'racount -M proto addr', program: 'racount', args: ['-M', 'proto', 'addr'], wanted: 4 },
];
