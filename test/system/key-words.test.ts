import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { APP_NAMES } from '../../libs/app/found-app.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { batchOf } from '../support/batches.ts';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'key-words-'));
after(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'records');
const ROWS = 6;
const [DNS, HTTP] = [APP_NAMES.indexOf('dns'), APP_NAMES.indexOf('http')];
const each = <T>(value: (row: number) => T): T[] => Array.from({ length: ROWS }, (_, row) => value(row));

// Labels of one side only, of both, and none; applications and labels of people, and rows without.
const TABLE = {
  stime: each((row) => 1_700_000_000_000_000 + row * 1e6),
  dur: each(() => 1000),
  saddr: each((row) => [4, 0, 0, 0xffff, 0x0a00_0001 + row]),
  daddr: each(() => [4, 0, 0, 0xffff, 0xc000_0201]),
  spkts: each((row) => 2 ** row),
  dpkts: each(() => 0),
  smpls: [16, 16, 17, 0, undefined, undefined],
  dmpls: [30, 31, 30, undefined, 30, undefined],
  app: [DNS, HTTP, undefined, DNS, HTTP, undefined],
  label: ['office', 'guest', undefined, 'office:late', 'GUEST', 'guest'],
};
writeFileSync(path, encodeBatch(batchOf(ROWS, TABLE)));

/** Lines that a command prints of the records, without spaces, in their order. */
async function lines(command: string, ...words: string[]): Promise<string[]> {
  const { stdout, stderr, status } = await runHere(command, ['-X', '-r', path, '-L', '-1', '-c', ',', ...words]);
  assert.deepEqual([status, stderr], [0, '']);
  return stdout.trim().split('\n');
}

const merged = async (...words: string[]): Promise<string[]> => (await lines('racluster', ...words)).sort();

for (const [written, name] of [
  ['smpls[0]', 'smpls'],
  ['dmpls[0]', 'dmpls'],
  ['svc', 'app'],
] as const) {
  test(`-m ${written} is -m ${name}, of racluster as of rasort`, async () => {
    for (const words of [
      ['-s', name, 'trans', 'spkts'],
      ['-M', 'rmon', '-s', name, 'pkts'],
    ]) {
      assert.deepEqual(await merged('-m', written, ...words), await merged('-m', name, ...words));
    }
    for (const sign of ['-', '+']) {
      const sorted = (word: string): Promise<string[]> => lines('rasort', '-m', `${sign}${word}`, 'saddr', '-s', name, 'saddr'); // prettier-ignore
      assert.deepEqual(await sorted(written), await sorted(name));
    }
  });
}

test('records with the same first label become one, also with none', async () => {
  assert.deepEqual(await merged('-m', 'smpls[0]', '-s', 'smpls', 'trans', 'spkts'), [
    ',2,48',
    '0,1,8',
    '16,2,3',
    '17,1,4',
  ]);
  assert.deepEqual(await merged('-m', 'smpls[0]', 'dmpls[0]', '-s', 'smpls', 'dmpls', 'spkts'), [
    ',,32',
    ',30,16',
    '0,,8',
    '16,30,1',
    '16,31,2',
    '17,30,4',
  ]);
});

test('records with the same application become one, and lie side by side when they are sorted by it', async () => {
  assert.deepEqual(await merged('-m', 'svc', '-s', 'app', 'trans', 'spkts'), [',2,36', 'dns,2,9', 'http,2,18']);
  const sorted = await lines('rasort', '-m', '+svc', 'spkts', '-s', 'app', 'spkts');
  assert.deepEqual(sorted, ['http,16', 'http,2', 'dns,8', 'dns,1', ',32', ',4']);
});

test('further labels, and masks where there are no addresses, are refused with the word', async () => {
  for (const word of ['smpls[1]', 'dmpls[2]', 'smpls[]', 'svc[0]', 'smpls[0]/8', 'svc/8']) {
    for (const command of ['racluster', 'rasort']) {
      const { stderr, status } = await runHere(command, ['-X', '-r', path, '-m', word]);
      assert.equal(status, 2, `${command} ${word}`);
      assert.ok(stderr.includes(word.replace(/\/8$/, '')), stderr);
    }
  }
});

test('grep of a configuration looks at labels that are not printed, and goes on with those that it leaves', async () => {
  const configuration = join(folder, 'conf');
  writeFileSync(
    configuration,
    'grep="^office" model="proto" label="ours"\nfilter="src host 10.0.0.2 or src host 10.0.0.3" grep="guest" model="proto" label="theirs"\n',
  );
  const words = ['-f', configuration, '-m', 'proto', '-s', 'spkts'];
  // Of the others, records without a label and those with another one are merged by -m.
  for (const more of [[], ['--threads', '2'], ['-M', 'rmon'], ['-m', 'proto']])
    assert.deepEqual(await merged(...words, ...more), ['2', '52', '9'], more.join(' '));
  assert.deepEqual(await merged(...words, 'label'), ['2,theirs', '52,GUEST:guest', '9,ours'].toSorted());
  const bins = await lines('rabins', '-M', 'hard', 'time', '1d', ...words);
  assert.deepEqual(bins.sort(), ['2', '52', '9']);
});
