import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { numberedStream } from '../archive/numbered-stream.ts';
import { CommandLine } from '../support/command-line.ts';

const line = new CommandLine();
after(() => line[Symbol.dispose]());

const FOLDER = join(import.meta.dirname, '../../../test/interop/argus3/argus3');
const files = ['20-bulk-full', '02-tcp-rst', '06-udp-dns-full'].map((name) =>
  readFileSync(join(FOLDER, `${name}.arg`)),
);
const theirs = Buffer.concat(new Array<Buffer[]>(9).fill(files).flat());
writeFileSync(join(line.folder, 'theirs'), theirs);
writeFileSync(join(line.folder, 'theirs.gz'), gzipSync(theirs));

const FRAMES = numberedStream({ frames: 40, seed: 3, seconds: 60 }).map((batch) => encodeBatch(batch));
/** Where each frame begins, and the end. */
const BEGINNINGS = FRAMES.reduce((all, { length }) => [...all, all.at(-1)! + length], [0]);
writeFileSync(join(line.folder, 'ours'), Buffer.concat(FRAMES));
writeFileSync(join(line.folder, 'ours.gz'), gzipSync(Buffer.concat(FRAMES)));

function shown(command: string): string[] {
  const { status, stdout, stderr } = line.run(command);
  assert.deepEqual([status, stderr], [0, ''], command);
  return stdout.split('\n').slice(0, -1).map((text) => text.trim()); // prettier-ignore
}

const missing =
  spawnSync('/usr/bin/ra', ['-h']).error === undefined ? false : 'the original ra is not installed as /usr/bin/ra';

test('the original prints the same offsets, and takes them', { skip: missing }, () => {
  for (const words of ['-r theirs', '-r theirs.gz', '-r theirs theirs - udp']) {
    const rest = `-X -n -L -1 -s stime sport offset ${words}`;
    assert.deepEqual(shown(`ra ${rest}`), shown(`/usr/bin/ra ${rest}`));
  }
  const offsets = shown('ra -r theirs -L -1 -s offset').map(Number);
  const [start, stop] = [offsets[4]!, offsets[15]!];
  for (const words of ['-s stime offset', '-s saddr offset - udp or tcp']) {
    const rest = `-X -n -L -1 -r theirs::${start}:${stop} ${words}`;
    const taken = shown(`ra ${rest}`);
    assert.deepEqual(taken, shown(`/usr/bin/ra ${rest}`));
    assert.ok(taken.length > 0);
  }
});

test('records of our files have the offset of their frame, however they are read', () => {
  const all = shown('ra -r ours -M man -L -1 -s flowid offset');
  const offsets = all.map((text) => Number(text.split(/\s+/).at(-1)));
  assert.deepEqual([...new Set(offsets)], BEGINNINGS.slice(0, -1));
  for (const how of ['-r ours --threads 2', '-r ours.gz', '-r ours - flowid gte 0 or man'])
    assert.deepEqual(shown(`ra -M man -L -1 -s flowid offset ${how}`), all, how);
  const [start, stop] = [BEGINNINGS[7]!, BEGINNINGS[9]!];
  const taken = shown(`ra -r ours::${start}:${stop} -M man -L -1 -s flowid offset`);
  assert.deepEqual(
    taken,
    all.filter((_, i) => offsets[i] === start || offsets[i] === BEGINNINGS[8]!),
  );
});

test('filters, rasort and filters of files know the offset', () => {
  const [start] = shown('ra -r theirs -N 20-20 -L -1 -s offset');
  const wanted = shown('ra -r theirs -L -1 -s stime offset').slice(20);
  assert.deepEqual(shown(`ra -r theirs -L -1 -s stime offset - offset gt ${start}`), wanted);
  assert.deepEqual(
    shown(`rasort -r theirs -m -offset -L -1 -s stime offset - offset gt ${start}`),
    wanted.toReversed(),
  );
  assert.deepEqual(shown(`ra -r theirs -w late "offset gt ${start}" -w all`), []);
  assert.match(line.run('racount -r late').stdout, new RegExp(`sum\\s+${wanted.length}\\s`));
});

test('offsets are not written, and what comes from elsewhere has none', () => {
  assert.deepEqual(shown('rasort -r theirs -m offset -w - | ra -L -1 -N 2 -s proto offset').at(0)?.split(/\s+/).length, 1); // prettier-ignore
  assert.deepEqual(shown('ra -L -1 -N 1 -s offset < theirs'), ['']);
  assert.doesNotMatch(line.run('ra -r theirs -M json -N 1').stdout, /offset/);
  assert.match(line.run('ra -r theirs -M json -N 1 -s offset').stdout, /^\{"offset":\d+\}\n$/);
});

test('records behind damage have their own offset', () => {
  const bytes = Buffer.concat(FRAMES);
  bytes.fill(0x55, BEGINNINGS[5]! + 3, BEGINNINGS[5]! + 40);
  writeFileSync(join(line.folder, 'damaged'), bytes);
  for (const words of ['', '--threads 2']) {
    const { stdout } = line.run(`ra -r damaged ${words} -M man -L -1 -s offset`);
    const offsets = new Set(stdout.trim().split(/\s+/).map(Number));
    const whole = BEGINNINGS.slice(0, -1).filter((_, i) => i !== 5);
    assert.deepEqual([...offsets], whole);
  }
});

test('--explain says which records or frames are meant', () => {
  const [, , third] = BEGINNINGS;
  assert.match(line.run(`ra -r ours::${third} --explain`).stdout, new RegExp(`frames that begin from byte ${third} on are read`)); // prettier-ignore
  assert.match(line.run('ra -r theirs::0:500 --explain').stdout, /records of Argus that begin from byte 0 on and before byte 500,/); // prettier-ignore
});
