import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { numberedStream } from '../archive/numbered-stream.ts';
import { runHere } from '../support/run-here.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-written-'));
after(() => rmSync(root, { recursive: true }));
const path = (name: string): string => join(root, name);

before(() => {
  const frames = numberedStream({ frames: 40, seed: 3, seconds: 60 }).map((batch) => encodeBatch(batch));
  writeFileSync(path('all'), Buffer.concat(frames));
});

/** What `ra` prints of a file. */
async function recordsOf(name: string, ...filter: string[]): Promise<string[]> {
  const args = ['-X', '-r', path(name), '-L', '-1', '-s', 'flowid', 'stime', 'proto', 'saddr', ...filter];
  return (await runHere('ra', args)).stdout.split('\n').filter((line) => line !== '');
}

for (const program of ['ra', 'rasort', 'racluster'] as const) {
  test(`${program} leaves in each file what the filter behind it matches`, async () => {
    const file = (name: string): string => path(`${program}-${name}`);
    const order = program === 'racluster' ? ['-m', 'flowid'] : [];
    const wanted = ['-w', file('udp'), 'udp', '-w', file('others'), 'not udp', '-w', file('all')];
    const done = await runHere(program, ['-X', '-r', path('all'), ...order, ...wanted, '-', 'flowid gt 5']);
    assert.deepEqual([done.status, done.stdout, done.stderr], [0, '', '']);
    const all = await recordsOf(`${program}-all`);
    const [udp, others] = [await recordsOf(`${program}-udp`), await recordsOf(`${program}-others`)];
    assert.deepEqual(udp, await recordsOf(`${program}-all`, '-', 'udp'));
    assert.deepEqual(others, await recordsOf(`${program}-all`, '-', 'not udp'));
    assert.ok(udp.length > 0 && others.length > 0);
    assert.equal(udp.length + others.length, all.length);
  });
}

test('one filter is enough for one file', async () => {
  await runHere('rasort', ['-X', '-r', path('all'), '-m', 'saddr', '-w', path('one'), 'udp']);
  assert.deepEqual((await recordsOf('one')).toSorted(), (await recordsOf('all', '-', 'udp')).toSorted());
});

test('what the filter refuses is left in a file, in the order in which it came', async () => {
  const args = ['-X', '-r', path('all'), '-m', 'saddr', '-E', path('refused'), '-w', path('taken'), '-', 'udp'];
  assert.equal((await runHere('rasort', args)).status, 0);
  assert.deepEqual(await recordsOf('refused'), await recordsOf('all', '-', 'not udp'));
  assert.deepEqual((await recordsOf('taken')).toSorted(), (await recordsOf('all', '-', 'udp')).toSorted());
});

test('no file is made where one of the filters is none', async () => {
  const { status, stderr } = await runHere('ra', ['-X', '-r', path('all'), '-w', path('never'), '-w', path('bad'), 'tpc']); // prettier-ignore
  assert.equal(status, 2);
  assert.match(stderr, /tpc/);
  assert.equal(existsSync(path('never')), false);
});
