import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { batchOf } from '../support/batches.ts';
import { runHere } from '../support/run-here.ts';

const ROWS = 2000;
const folder = mkdtempSync(join(tmpdir(), 'ra-explain-'));
after(() => rmSync(folder, { recursive: true }));

/** A frame of flows from one host, in one second. */
function frame(host: number, second: number, rows = ROWS): Uint8Array {
  const fill = <T>(value: T): T[] => Array.from({ length: rows }, () => value);
  const table = {
    saddr: fill([4, 0, 0, 0xffff, 0x0a00_0000 + host]),
    daddr: fill([4, 0, 0, 0xffff, 0xc000_0201]),
    ipproto: fill(6),
    stime: fill(1_700_000_000_000_000 + second * 1e6),
    dur: fill(1000),
    spkts: Array.from({ length: rows }, (_, row) => row),
  };
  return encodeBatch(batchOf(rows, table), { zones: true });
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
    const explained = await runHere('ra', ['-r', path, '--explain', '-s', 'saddr', ...words]);
    assert.deepEqual([explained.status, explained.stderr], [0, '']);
    const bytes = read.reduce((sum, i) => sum + frames[i]!.length, 0);
    const [last] = explained.stdout.trimEnd().split('\n').slice(-1);
    assert.equal(last, `${path}: ${read.length} of 3 frames are read, ${bytes} of ${all} bytes`);
    const { stdout } = await runHere('ra', ['-r', path, '-L', '-1', '-s', 'spkts', ...words]);
    const expected = words.includes('not') && read.length > 0 ? read.length - 1 : read.length;
    assert.equal(stdout.split('\n').length - 1, expected * ROWS);
  });
}

test('--explain names the filter and the columns', async () => {
  const { stdout } = await runHere('ra', ['-r', path, '--explain', '-s', 'saddr', '-', 'dst', 'port', '80']);
  assert.match(stdout, /^filter:\n.*\n(.*\n)*columns: .*\bdport\b.*\bsaddr\b/);
});

test('--explain with -E reads all frames, since what is refused is kept', async () => {
  const { stdout } = await runHere('ra', ['-r', path, '--explain', '-E', join(folder, 'refused'), '-', 'host', '10.0.0.2']); // prettier-ignore
  assert.match(stdout, /: 3 of 3 frames are read/);
});

const whole = Buffer.concat(frames);
const OTHERS: readonly (readonly [name: string, content: Uint8Array | string, told: RegExp])[] = [
  ['empty', '', /empty: empty$/m],
  ['small', frame(1, 0, 5), /small: 1 of 1 frames are read/],
  ['text', 'something else', /text: these are not flow records; nothing of it is taken$/m],
  [
    'damaged',
    Buffer.concat([Buffer.alloc(99), whole]),
    /damaged: its first 99 bytes are no frame; what is behind them is read$/m,
  ],
  ['packed', gzipSync(whole), /packed: packed, its \d+ bytes are unpacked and read$/m],
  ['cut', whole.subarray(0, all - 10), new RegExp(`cut: 2 of 2 frames are read, .*; the ${frames[2]!.length - 10} bytes behind them begin with no whole frame$`, 'm')], // prettier-ignore
];
for (const [name, content, told] of OTHERS) {
  test(`--explain tells how a file is read that is ${name}`, async () => {
    writeFileSync(join(folder, name), content);
    const { stdout, status, stderr } = await runHere('ra', ['-r', join(folder, name), '--explain']);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, told);
  });
}

test('--explain tells how files of Argus, pipes, standard input and servers are read', async () => {
  const argus = join(folder, 'argus');
  await runHere('ra', ['-r', path, '-w', `argus3:${argus}`]);
  const { size } = statSync(argus);
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  const files = await runHere('ra', ['--explain', '-r', argus, pipe, `${argus}::0:1`]);
  assert.match(files.stdout, new RegExp(`argus: records of Argus, ${size} of ${size} bytes are read$`, 'm'));
  assert.match(files.stdout, /pipe: read as it comes, it is no plain file$/m);
  assert.match(
    files.stdout,
    new RegExp(
      `argus: records of Argus that begin from byte 0 on and before byte 1, 128 of ${size} bytes are read$`,
      'm',
    ),
  );
  const { stdout: server } = await runHere('ra', ['-S', 'example.net', '--explain', '-', 'tcp']);
  assert.match(server, /^example.net: it is asked for records that match: tcp$/m);
  const { stdout: input } = await runHere('ra', ['--explain']);
  assert.match(input, /^standard input: read as it comes$/m);
});

const READERS: readonly (readonly [command: string, words: readonly string[], columns: RegExp, frames: number])[] = [
  ['racluster', ['-m', 'saddr', '-s', 'saddr', 'spkts'], /^columns: (?!.*\bsport\b).*\bsaddr\b.*\bspkts\b/m, 1],
  ['racluster', ['-w', join(folder, 'none')], /^columns: all$/m, 1],
  ['rabins', ['-M', 'time', '1m', '-m', 'proto', '-s', 'stime', 'spkts'], /^columns: (?!.*\bsttl\b).*\bstime\b/m, 1],
  ['rasort', ['-m', 'bytes', '-s', 'saddr'], /^columns: .*\bdbytes\b.*\bsaddr\b.*\bsbytes\b/m, 1],
  ['rasort', ['-M', 'replace'], /^columns: all$/m, 1],
  ['racount', [], /^columns: .*\bsbytes\b/m, 1],
  ['ratimerange', [], /^columns: daddr dur saddr stime stimens$/m, 1],
  ['rasplit', ['-w', join(folder, 'none')], /^columns: all$/m, 3],
  ['raconvert', ['-w', join(folder, 'none')], /^columns: all$/m, 3],
];
for (const [command, words, columns, count] of READERS) {
  test(`${command} ${words.slice(0, 2).join(' ')} --explain tells what it would read, and does nothing`, async () => {
    const told = await runHere(command, ['-r', path, '--explain', ...words, '-', 'host', '10.0.0.2']);
    assert.deepEqual([told.status, told.stderr], [0, '']);
    assert.match(told.stdout, /^filter:\n/);
    assert.match(told.stdout, columns);
    assert.match(told.stdout, new RegExp(`: ${count} of 3 frames are read, \\d+ of ${all} bytes\\n$`));
    assert.equal(existsSync(join(folder, 'none')), false);
  });
}
