import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { startTimes } from '../../libs/record/gather.ts';
import { batchesIn } from '../archive/archived.ts';
import { numberedStream } from '../archive/numbered-stream.ts';
import { cellsOf } from '../support/batches.ts';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-merge-'));
after(() => rmSync(folder, { recursive: true }));

/** Three files whose times overlap, in none of which the records are in order. */
const STREAM = numberedStream({ frames: 240, seed: 7, seconds: 60 });
const FILES = [0, 1, 2].map((file) => {
  const path = join(folder, `file-${file}`);
  const own = STREAM.filter((_, i) => i % 3 === file);
  writeFileSync(path, Buffer.concat(own.map((batch) => encodeBatch(batch, { zones: true }))));
  return path;
});

/** Protocols and times of the flows that a filter lets through, by time; of equal times in the order of the files. */
function expected(takes: (protocol: number) => boolean): string[] {
  const inOrder = [0, 1, 2].flatMap((file) => STREAM.filter((_, i) => i % 3 === file));
  const flows = inOrder
    .filter(({ kind }) => kind === FLOW_BATCH)
    .flatMap((batch) => {
      const [ids, protocols] = [cellsOf(batch, 'flowid'), cellsOf(batch, 'ipproto')];
      return Array.from(startTimes(batch), (time, row) => ({ time, id: ids[row], protocol: Number(protocols[row]) }));
    });
  const kept = flows.filter(({ protocol }) => takes(protocol)).sort((a, b) => a.time - b.time);
  return kept.map(({ time, id }) => `${(time / 1e6).toFixed(6)},${String(id)}`);
}

const COMMANDS: readonly (readonly [command: string, ...words: readonly string[]])[] = [
  ['racluster', '-m', 'proto', '-s', 'proto', 'pkts', 'trans'],
  ['rabins', '-M', 'time', '20s', '-m', 'proto', '-s', 'proto', 'pkts'],
  ['rasort', '-m', 'stime', 'flowid', '-s', 'stime', 'flowid', '-N', '50'],
  ['racount'],
  ['ratimerange'],
];

const printed = async (...words: readonly string[]): Promise<string[]> => {
  const fixed = ['-r', ...FILES, '--merge', '-u', '-p', '6', '-c', ',', '-L', '-1', '-s', 'stime', 'flowid'];
  const { status, stdout, stderr } = await runHere('ra', [...fixed, ...words]);
  assert.deepEqual([status, stderr], [0, '']);
  return stdout.trimEnd().split('\n');
};

const ALL = expected(() => true);

test('--merge prints the records of all files in the order of their starts', async () => {
  assert.deepEqual(await printed(), ALL);
});

test('--merge takes what the filter lets through, and of that the first', async () => {
  const tcp = expected((protocol) => protocol === 6);
  assert.ok(tcp.length > 0 && tcp.length < ALL.length);
  assert.deepEqual(await printed('-', 'tcp'), tcp);
  assert.deepEqual(await printed('-N', '5', '-', 'tcp'), tcp.slice(0, 5));
});

test('--merge -w and -E divide the records, each in order, management records first', async () => {
  const [web, rest] = [join(folder, 'tcp'), join(folder, 'rest')];
  const words = ['-r', ...FILES, '--merge', '-w', web, '-E', rest, '-', 'tcp'];
  assert.deepEqual(await runHere('ra', words), { status: 0, stdout: '', stderr: '' });
  let records = 0;
  for (const path of [web, rest]) {
    const batches = await batchesIn(path);
    const times = batches.filter(({ kind }) => kind === FLOW_BATCH).flatMap((batch) => [...startTimes(batch)]);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    records += times.length;
  }
  assert.equal(records, ALL.length);
});

/** Lines of flows of a host each, whose order of equal starts nobody has to keep. */
const sorted = (text: string): string[] => text.trimEnd().split('\n').sort();

test('--merge is known to every command that reads files', async () => {
  for (const [command, ...words] of COMMANDS) {
    const plain = await runHere(command, ['-r', ...FILES, ...words]);
    const merged = await runHere(command, ['-r', ...FILES, '--merge', ...words]);
    assert.deepEqual([merged.status, merged.stderr], [0, '']);
    assert.ok(merged.stdout.length > 0);
    assert.deepEqual(sorted(merged.stdout), sorted(plain.stdout), command);
  }
});

test('--merge puts files of Argus, packed ones, trees and standard input among the others', async () => {
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'sub'), { recursive: true });
  const [first, second, third] = FILES as [string, string, string];
  await runHere('ra', ['-r', first, '-w', `argus3:${join(tree, 'argus')}`]);
  writeFileSync(join(tree, 'sub/packed'), gzipSync(readFileSync(second)));
  const fixed = ['--merge', '-M', 'noman', '-u', '-p', '6', '-c', ',', '-L', '-1', '-s', 'stime'];
  const input = readFileSync(third);
  const { status, stdout, stderr } = await runHere('ra', ['-R', tree, '-r', '-', ...fixed], input);
  assert.deepEqual([status, stderr], [0, '']);
  assert.deepEqual(
    stdout.trimEnd().split('\n'),
    ALL.map((line) => line.split(',')[0]),
  );
});

test('--merge reads a file with damage up to there, and says so', async () => {
  const damaged = join(folder, 'damaged');
  const whole = readFileSync(FILES[0]!);
  writeFileSync(damaged, Buffer.concat([whole, Buffer.from('this is no frame')]));
  const words = ['-u', '-p', '6', '-c', ',', '-L', '-1', '-s', 'stime', 'flowid'];
  const plain = await runHere('ra', ['-r', damaged, ...words]);
  const merged = await runHere('ra', ['-r', damaged, '--merge', ...words]);
  assert.deepEqual([merged.status, sorted(merged.stdout)], [1, sorted(plain.stdout)]);
  assert.equal(merged.stderr, plain.stderr);
});

test('--merge of a stream that does not end is refused', async () => {
  const { status, stderr } = await runHere('ra', ['-S', 'localhost', '--merge']);
  assert.equal(status, 2);
  assert.match(stderr, /--merge/);
});
