import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { batchOf } from '../support/batches.ts';
import { runCommand } from '../support/run-command.ts';

const ROWS = 2000;
const folder = mkdtempSync(join(tmpdir(), 'ra-explain-'));
after(() => rmSync(folder, { recursive: true }));

/** A frame of flows from one host, in one second. */
function frame(host: number, second: number): Uint8Array {
  const fill = <T>(value: T): T[] => Array.from({ length: ROWS }, () => value);
  const table = {
    saddr: fill([4, 0, 0, 0xffff, 0x0a00_0000 + host]),
    daddr: fill([4, 0, 0, 0xffff, 0xc000_0201]),
    ipproto: fill(6),
    stime: fill(1_700_000_000_000_000 + second * 1e6),
    dur: fill(1000),
    spkts: Array.from({ length: ROWS }, (_, row) => row),
  };
  return encodeBatch(batchOf(ROWS, table), { zones: true });
}

const frames = [frame(1, 0), frame(2, 100), frame(3, 200)];
const path = join(folder, 'records');
writeFileSync(path, Buffer.concat(frames));
const all = frames.reduce((sum, { length }) => sum + length, 0);

const CASES: readonly [name: string, words: readonly string[], read: readonly number[]][] = [
  ['everything without a filter', [], [0, 1, 2]],
  ['an address', ['-', 'host', '10.0.0.2'], [1]],
  ['an address that is in none', ['-', 'host', '10.9.9.9'], []],
  ['what may hold anything', ['-', 'not', 'host', '10.0.0.2'], [0, 1, 2]],
  ['a protocol that all have', ['-', 'not', 'tcp'], []],
  ['a time', ['-t', '1700000100+5s'], [1]],
];
for (const [name, words, read] of CASES) {
  test(`--explain tells what is read for ${name}, and so many records come`, async () => {
    const explained = await runCommand('ra', ['-r', path, '--explain', '-s', 'saddr', ...words]);
    assert.deepEqual([explained.status, explained.stderr], [0, '']);
    const bytes = read.reduce((sum, i) => sum + frames[i]!.length, 0);
    const [last] = explained.stdout.trimEnd().split('\n').slice(-1);
    assert.equal(last, `${path}: ${read.length} of 3 frames are read, ${bytes} of ${all} bytes`);
    const { stdout } = await runCommand('ra', ['-r', path, '-L', '-1', '-s', 'spkts', ...words]);
    const expected = words.includes('not') && read.length > 0 ? read.length - 1 : read.length;
    assert.equal(stdout.split('\n').length - 1, expected * ROWS);
  });
}

test('--explain names the filter and the columns', async () => {
  const { stdout } = await runCommand('ra', ['-r', path, '--explain', '-s', 'saddr', '-', 'dst', 'port', '80']);
  assert.match(stdout, /^filter:\n.*\n(.*\n)*columns: .*\bdport\b.*\bsaddr\b/);
});

test('a file that is not ours is read whole', async () => {
  const foreign = join(folder, 'text');
  writeFileSync(foreign, 'something else');
  const { stdout, status } = await runCommand('ra', ['-r', foreign, '--explain']);
  assert.equal(status, 0);
  assert.match(stdout, /: read whole, it has no frames of ours to tell apart$/m);
});
