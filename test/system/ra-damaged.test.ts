import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { HEADER_BYTES } from '../../libs/codec/format.ts';
import { batchOf } from '../support/batches.ts';
import { runHere } from '../support/run-here.ts';

const ROWS = 1500;
const SECONDS = [0, 100, 200, 300, 400];
const BAD = 2;
const folder = mkdtempSync(join(tmpdir(), 'ra-damaged-'));
after(() => rmSync(folder, { recursive: true }));

/** A frame of flows of one second, that have it as their number of packets. */
function frame(second: number): Uint8Array {
  const fill = <T>(value: T): T[] => Array.from({ length: ROWS }, () => value);
  const table = {
    saddr: fill([4, 0, 0, 0xffff, 0x0a00_0001]),
    daddr: fill([4, 0, 0, 0xffff, 0xc000_0201]),
    stime: fill(1_700_000_000_000_000 + second * 1e6),
    dur: fill(1000),
    spkts: fill(second),
    sbytes: Array.from({ length: ROWS }, (_, row) => (row * 2_654_435_761) % 2 ** 32),
  };
  return encodeBatch(batchOf(ROWS, table), { zones: true });
}

const FRAMES = SECONDS.map(frame);
const BAD_AT = FRAMES.slice(0, BAD).reduce((sum, { length }) => sum + length, 0);

/** What is done to the frame in the middle. */
const DAMAGE: Readonly<Record<string, (bad: Uint8Array, view: DataView) => Uint8Array>> = {
  'a wrong bit in what it says of itself': (bad) => bad.with(HEADER_BYTES + 9, bad[HEADER_BYTES + 9]! ^ 1),
  'another magic': (bad) => bad.with(0, 0),
  'a length that is too small': (bad, view) => (view.setUint32(12, 100, true), bad),
  'a length beyond the next frame': (bad, view) => (view.setUint32(12, view.getUint32(12, true) + 99, true), bad),
  'a length beyond the end': (bad, view) => (view.setUint32(12, 60 << 20, true), bad),
  'nothing left of it': (bad) => bad.fill(0),
};

function damaged(damage: (bad: Uint8Array, view: DataView) => Uint8Array): Buffer {
  const bad = Uint8Array.from(FRAMES[BAD]!);
  const changed = damage(bad, new DataView(bad.buffer));
  return Buffer.concat(FRAMES.map((bytes, i) => (i === BAD ? changed : bytes)));
}

/** How many records of each second were printed. */
function counts(stdout: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const line of stdout.split('\n')) if (line !== '') found[line.trim()] = (found[line.trim()] ?? 0) + 1;
  return found;
}

const PRINT = ['-L', '-1', '-s', 'spkts'];
const WITHOUT = Object.fromEntries(SECONDS.filter((_, i) => i !== BAD).map((second) => [second, ROWS]));

const path = join(folder, 'records');

for (const [name, damage] of Object.entries(DAMAGE)) {
  test(`of a file with a frame that has ${name} all others are read`, async () => {
    const bytes = damaged(damage);
    writeFileSync(path, bytes);
    const { status, stdout, stderr } = await runHere('ra', ['-r', path, ...PRINT]);
    assert.deepEqual([status, counts(stdout)], [1, WITHOUT]);
    assert.match(stderr, new RegExp(`records: .* at byte ${BAD_AT}; \\d+ bytes were passed over, and the records behind them read`)); // prettier-ignore
    const merged = await runHere('ra', ['-r', path, '--merge', ...PRINT]);
    assert.deepEqual([merged.status, counts(merged.stdout)], [1, WITHOUT]);
    const piped = await runHere('ra', ['-r', '-', ...PRINT], bytes);
    assert.deepEqual([piped.status, counts(piped.stdout)], [1, WITHOUT]);
  });
}

test('threads, a filter, a time and other commands find what is behind damage', async () => {
  writeFileSync(
    path,
    damaged((bad) => bad.fill(0)),
  );
  for (const words of [
    ['--threads', '2'],
    ['-', 'src', 'host', '10.0.0.1'],
  ]) {
    const { status, stdout } = await runHere('ra', ['-r', path, ...PRINT, ...words]);
    assert.deepEqual([status, counts(stdout)], [1, WITHOUT], words.join(' '));
  }
  assert.deepEqual(counts((await runHere('ra', ['-r', path, '-t', '1700000400+5s', ...PRINT])).stdout), {
    400: ROWS,
  });
  const { status, stdout } = await runHere('racount', ['-r', path]);
  assert.match(stdout, new RegExp(`^ *sum +${4 * ROWS} `, 'm'));
  assert.equal(status, 1);
});

test('a frame of which the end is missing hides none behind it, whatever of it is looked at', async () => {
  writeFileSync(
    path,
    damaged((bad) => bad.subarray(0, bad.length - 77)),
  );
  for (const words of [PRINT, ['-t', '1700000300+200s', ...PRINT]]) {
    const { status, stdout } = await runHere('ra', ['-r', path, ...words]);
    assert.deepEqual([status, counts(stdout)[300], counts(stdout)[400]], [1, ROWS, ROWS]);
  }
});

test('several damaged places are told in one line', async () => {
  const gap = Buffer.alloc(50);
  writeFileSync(path, Buffer.concat(FRAMES.flatMap((bytes) => [bytes, gap])));
  const { status, stdout, stderr } = await runHere('ra', ['-r', path, ...PRINT]);
  assert.deepEqual([status, Object.keys(counts(stdout)).length], [1, SECONDS.length]);
  assert.match(stderr, /, and damage at 3 more places; 200 bytes were passed over/);
  assert.match(stderr, /not a frame at byte \d+; the records before it were read/);
});

const WITHOUT_FIRST = Object.fromEntries(SECONDS.slice(1).map((second) => [second, ROWS]));
for (const [name, first] of Object.entries({
  'a damaged beginning': FRAMES[0]!.with(1, 0),
  'a bad block in front': Buffer.concat([Buffer.alloc(4096), FRAMES[0]!.subarray(4096)]),
  'words in front': Buffer.from('Welcome to probe-7. Last login: yesterday\r\n'),
})) {
  test(`of a file with ${name} all frames behind that are read`, async () => {
    const bytes = Buffer.concat([first, ...FRAMES.slice(1)]);
    const told = new RegExp(`not a frame at byte 0; ${first.length} bytes were passed over, and the records behind them read`); // prettier-ignore
    writeFileSync(path, bytes);
    const { status, stdout, stderr } = await runHere('ra', ['-r', path, ...PRINT]);
    assert.deepEqual([status, counts(stdout)], [1, WITHOUT_FIRST]);
    assert.match(stderr, told);
    const piped = await runHere('ra', ['-r', '-', ...PRINT], bytes);
    assert.deepEqual([piped.status, counts(piped.stdout)], [1, WITHOUT_FIRST]);
  });
}

test('what begins damaged is read as well packed, merged and by threads, and never replaced', async () => {
  const bytes = Buffer.concat([Buffer.alloc(4), ...FRAMES.slice(1)]);
  for (const [content, words] of [
    [gzipSync(bytes), []],
    [bytes, ['--merge']],
    [bytes, ['--threads', '2']],
  ] as const) {
    writeFileSync(path, content);
    const { status, stdout } = await runHere('ra', ['-r', path, ...PRINT, ...words]);
    assert.deepEqual([status, counts(stdout)], [1, WITHOUT_FIRST], words.join(' '));
  }
  assert.equal((await runHere('rasort', ['-M', 'replace', '-m', 'spkts', '-r', path])).status, 1);
  assert.deepEqual(readFileSync(path), bytes);
});

test('a packet capture is told to be one, even with records in its packets, and so is what holds none within a mebibyte', async () => {
  const capture = Buffer.concat([Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'), ...FRAMES]);
  const far = Buffer.concat([Buffer.alloc((1 << 20) + 1), ...FRAMES]);
  for (const [bytes, reason] of [
    [capture, /this is a packet capture/],
    [far, /these are not flow records/],
  ] as const) {
    writeFileSync(path, bytes);
    for (const [file, input] of [
      [path, undefined],
      ['-', bytes],
    ] as const) {
      const { status, stdout, stderr } = await runHere('ra', ['-r', file, ...PRINT], input);
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, reason);
    }
  }
});
