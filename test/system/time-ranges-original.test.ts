import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { corpusMissing, writeCorpusRecords, writeCorpusSample } from '../support/argus3-corpus.ts';
import { runHere } from '../support/run-here.ts';

const OUTPUT_BYTES_MAX = 1 << 28;
const STYLE = ['-u', '-p', '6', '-n', '-c', ',', '-L', '-1', '-s', 'stime', 'pkts', 'bytes', '-', 'not man'];
const ENV = { ...process.env, TZ: 'UTC' };
const skip = corpusMissing();

let folder = '';
const sample = (): string => join(folder, 'sample.arg');

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), 'time-ranges-'));
  await writeCorpusRecords(folder, join(folder, 'all.arg'));
  await writeCorpusSample(folder, sample());
});

after(() => rm(folder, { recursive: true, force: true }));

const rowsOf = (text: string): string[] => text.split('\n').filter(Boolean).sort();
const words = (range: string): string[] => ['-X', '-r', sample(), '-t', range, ...STYLE];
const theirs = (range: string): string[] =>
  rowsOf(spawnSync('ra', words(range), { encoding: 'utf8', env: ENV, maxBuffer: OUTPUT_BYTES_MAX }).stdout);
const ours = async (range: string): Promise<string[]> => rowsOf((await runHere('ra', words(range))).stdout);

/** Of each something is found, but not all. */
const RANGES: readonly string[] = [
  '2021',
  '2021/04',
  '2021/04/28',
  '2021/04/28.10:30',
  '2002/06/18.06:12:11',
  '2002y6M18d6h12m11s',
  '2021/04/28.10:30:30-2021/04/28.10:30:40',
  '2021/04/28.10:30:25-10:30:35',
  '2002/06/18.06:12-2002/06/18.06:13',
  '2016/01-2021/04',
  '2022/06/06.12:36-2022/06/06.12:38',
  '2023/07/04+2d',
  '1619605824-1619605830',
  '1619605824+5s',
  '1654518960+1m',
  'i1619605824+5s',
  'c2002/06/18.06:12:11-2002/06/18.06:12:20',
  'n2002/06/18.06:12:20-2002/06/18.06:12:21',
  'x2021',
  'xi1619605824+5s',
  'xc2002/06/18.06:12:11-2002/06/18.06:12:20',
  'x2021/04/28-2023/07/05',
];

/** What is another set of records there, as docs/differences.md tells; and what there is the set that it means. */
const MEANT: readonly { readonly range: string; readonly asked: readonly string[]; readonly why: string }[] = [
  {
    range: '2002/06/18.06:12:20-2002/06/18.06:12:21',
    asked: ['2002/06/18.06:12:20-2002/06/18.06:12:21', 'n2002/06/18.06:12:20-2002/06/18.06:12:21'],
    why: 'a record that begins before a range and ends after it is in it, too',
  },
  { range: '1654518980', asked: ['1654518980+1s'], why: 'seconds alone are this second, not all time' },
  { range: '2021-2022', asked: ['2021'], why: 'years are from one to the next, not from a year to a second of 1970' },
  { range: '2021/*', asked: ['2021'], why: 'wildcards are understood' },
];

for (const range of RANGES) {
  test(`the same records as the original ra: -t ${range}`, { skip }, async () => {
    const expected = theirs(range);
    assert.ok(expected.length > 0);
    assert.deepEqual(await ours(range), expected);
  });
}

for (const { range, asked, why } of MEANT) {
  test(`-t ${range}: ${why}`, { skip }, async () => {
    const found = await ours(range);
    assert.ok(found.length > 0);
    assert.deepEqual(found, asked.flatMap(theirs).sort());
    assert.notDeepEqual(found, theirs(range), 'the original means the same');
  });
}
