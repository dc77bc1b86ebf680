import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { flowBatch } from '../support/flow-batch.ts';
import { runCommand, RunningCommand } from '../support/run-command.ts';
import { runHere } from '../support/run-here.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-memory-'));
after(() => rmSync(root, { recursive: true }));
/** Of a frame. */
const ROWS = 8000;
/** More than fits in the least memory there can be, if it is written. */
const records = join(root, 'records');
/** So many that threads give them back as they are. */
const fewer = join(root, 'fewer');

before(() => {
  const frames = [1, 2, 3, 4, 5, 6].map((seed) => encodeBatch(flowBatch({ rows: ROWS, seed: 100 * seed })));
  writeFileSync(records, Buffer.concat([...frames, frames[0]!]));
  writeFileSync(fewer, Buffer.concat([...frames.slice(0, 2), frames[0]!]));
});

const SHOWN = ['-n', '-s', 'saddr', 'daddr', 'dport', 'trans', 'dur', 'mean', 'pkts'];
const CASES: readonly (readonly string[])[] = [
  [],
  ['-M', 'nopreserve', 'norep'],
  ['-M', 'rmon'],
  ['-M', 'uni'],
  ['-m', 'matrix'],
  ['-m', 'saddr/24', 'daddr', 'dport'],
  ['-%', '-m', 'saddr', 'daddr', 'proto'],
];

const sorted = (text: string): string[] => text.split('\n').sort();

for (const words of CASES) {
  test(`racluster ${words.join(' ')}: the same records with threads and --memory 16M as without either`, async () => {
    const args = ['-X', '-r', fewer, ...words, ...SHOWN];
    const plenty = await runHere('racluster', [...args, '--threads', '1']);
    const little = await runCommand('racluster', [...args, '--threads', '2', '--memory', '16M']);
    assert.deepEqual([plenty.status, plenty.stderr, little.status, little.stderr], [0, '', 0, '']);
    assert.ok(plenty.stdout.length > 10_000);
    assert.deepEqual(sorted(little.stdout), sorted(plenty.stdout));
  });
}

test('racluster of more than fits in memory, on one thread: the same records in another order', async () => {
  const args = ['-X', '-r', records, '-M', 'rmon', ...SHOWN, '--threads', '1'];
  const plenty = await runHere('racluster', args);
  const little = await runCommand('racluster', [...args, '--memory', '16M']);
  assert.deepEqual([plenty.status, plenty.stderr, little.status, little.stderr], [0, '', 0, '']);
  assert.notEqual(little.stdout, plenty.stdout);
  assert.deepEqual(sorted(little.stdout), sorted(plenty.stdout));
});

const FLOW = ['-s', 'proto', 'saddr', 'sport', 'daddr', 'dport', 'stime', 'trans', 'dur', 'pkts', 'bytes'];
/** Parts that records which do not fit in memory are shared out among. */
const PARTS = 16;

test('racluster -w in little memory writes the same records, part by part in order, whatever the threads', async () => {
  // Threads help with files of ours alone.
  const ours = join(root, 'ours');
  const other = join(root, 'other');
  writeFileSync(ours, Buffer.concat([1, 8].map((seed) => encodeBatch(flowBatch({ rows: ROWS, seed: 100 * seed })))));
  assert.equal((await runCommand('ra', ['-X', '-r', ours, '-w', `argus3:${other}`])).status, 0);
  const linesOf = async (name: string, ...settings: string[]): Promise<string[]> => {
    const path = join(root, name);
    const made = await runCommand('racluster', ['-X', '-r', records, other, '-w', path, ...settings]);
    const shown = await runCommand('ra', ['-X', '-n', '-r', path, ...FLOW]);
    assert.deepEqual([made.status, made.stderr, shown.status], [0, '', 0]);
    return shown.stdout.trimEnd().split('\n').slice(1);
  };
  const plenty = await linesOf('plenty', '--threads', '1');
  const places = new Map(plenty.map((line, place) => [line, place]));
  assert.equal(places.size, plenty.length);
  for (const threads of ['1', '2']) {
    const little = await linesOf(`little${threads}`, '--threads', threads, '--memory', '16M');
    assert.deepEqual(little.toSorted(), plenty.toSorted());
    // Groups lie in the order in which they began, first those in memory, then those of each part, the two probes apart.
    const begun = little.map((line) => places.get(line)!);
    const turns = begun.filter((place, i) => i > 0 && place < begun[i - 1]!).length;
    assert.ok(turns >= PARTS - 1 && turns <= 2 * PARTS + 1, `${turns} turns with ${threads} threads`);
  }
});

/** Of these records not all fit in so little memory. */
const SPILLED = ['-M', 'rmon', '--threads', '1', '-w', join(root, 'written'), '--memory', '16M'];

test('racluster says where there was no place for what does not fit in memory', async () => {
  const missing = join(root, 'missing');
  const args = ['-X', '-r', records, ...SPILLED];
  const command = new RunningCommand('racluster', args, { TMPDIR: missing });
  assert.equal(await command.status, 1);
  assert.match(command.stderr, /no room for records that do not fit in memory[^]*TMPDIR/);
});

test('racluster leaves no temporary files behind', async () => {
  const folder = join(root, 'temporary');
  mkdirSync(folder);
  const args = ['-X', '-r', records, ...SPILLED];
  assert.equal(await new RunningCommand('racluster', args, { TMPDIR: folder }).status, 0);
  assert.deepEqual(readdirSync(folder), []);
});
