import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { Spool } from '../../libs/transport/spool.ts';
import { flows } from './lab.ts';

class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'panoptes-spool-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const nothing = (): void => undefined;
const frameOf = (number: number): Uint8Array => encodeBatch(flows([6, 17, number % 256], 3 * number));
const nameOf = (position: number): string => `${String(position).padStart(16, '0')}.records`;

/** Positions and frames from a position on, as a reader takes them. */
async function contents(spool: Spool, from = spool.start): Promise<(readonly [number, string])[]> {
  const found: (readonly [number, string])[] = [];
  for (let next = from; ;) {
    const some = await spool.read(next);
    if (some.length === 0) return found;
    for (const { position, frame } of some) found.push([position, Buffer.from(frame).toString('hex')]);
    next = some.at(-1)!.position + 1;
  }
}

const expected = (from: number, end: number): (readonly [number, string])[] =>
  Array.from({ length: end - from }, (_, i) => [from + i, Buffer.from(frameOf(from + i)).toString('hex')] as const);

test('a spool that was cut at any byte has every whole frame before the cut, and goes on', async () => {
  using folder = new Folder();
  const spool = Spool.open(folder.path, nothing);
  const ends = [0];
  for (let i = 0; i < 8; i++) {
    const frame = frameOf(100 + i);
    spool.append(100 + i, frame);
    ends.push(ends.at(-1)! + frame.length);
  }
  spool.close();
  const file = join(folder.path, nameOf(100));
  const whole = readFileSync(file);
  assert.equal(whole.length, ends.at(-1));
  const random = new Random(3);
  const cuts = [...ends, ...ends.map((end) => Math.max(0, end - 1)), ...ends.slice(0, -1).map((end) => end + 1)];
  for (let i = 0; i < 150; i++) cuts.push(random.between(0, whole.length));
  for (const cut of cuts) {
    writeFileSync(file, whole.subarray(0, cut));
    const said: string[] = [];
    const again = Spool.open(folder.path, (message) => said.push(message));
    const frames = ends.filter((end) => end > 0 && end <= cut).length;
    assert.equal(said.length, frames > 0 && !ends.includes(cut) ? 1 : said.length, `cut at ${cut}`);
    assert.deepEqual(await contents(again, 100), expected(100, 100 + frames), `cut at ${cut}`);
    const next = 100 + frames;
    again.append(next, frameOf(next));
    assert.deepEqual(await contents(again, 100), expected(100, next + 1), `went on after ${cut}`);
    again.dropBelow(next + 1);
    again.close();
    assert.deepEqual(readdirSync(folder.path), []);
  }
});

test('a spool begins to read anywhere', async () => {
  using folder = new Folder();
  const spool = Spool.open(folder.path, nothing);
  for (let i = 0; i < 50; i++) spool.append(i, frameOf(i));
  for (const from of [0, 1, 17, 49, 50]) assert.deepEqual(await contents(spool, from), expected(from, 50));
  spool.close();
});

test('where nothing can be written, nothing is left, and what follows is kept as soon as there is room', async () => {
  using folder = new Folder();
  const spool = Spool.open(folder.path, nothing);
  for (let i = 0; i < 3; i++) spool.append(i, frameOf(i));
  spool.close(); // what follows begins a segment of its own
  for (let i = 3; i < 8; i++) {
    symlinkSync('/dev/full', join(folder.path, nameOf(i)));
    assert.throws(() => spool.append(i, frameOf(i)), { code: 'ENOSPC' });
  }
  assert.deepEqual(readdirSync(folder.path), [nameOf(0)]);
  assert.equal(spool.end, 3);
  for (let i = 8; i < 11; i++) spool.append(i, frameOf(i));
  assert.deepEqual(await contents(spool, 0), [...expected(0, 3), ...expected(8, 11)]);
  spool.close();
  const again = Spool.open(folder.path, nothing);
  assert.deepEqual(await contents(again, 0), [...expected(0, 3), ...expected(8, 11)]);
});

test('what is given up comes back whole, oldest first', () => {
  using folder = new Folder();
  const spool = Spool.open(folder.path, nothing);
  for (let i = 5; i < 9; i++) spool.append(i, frameOf(i));
  const gone = spool.giveUp().map(({ position, frame }) => [position, Buffer.from(frame).toString('hex')]);
  assert.deepEqual(gone, expected(5, 9));
  assert.ok(spool.isEmpty);
  assert.equal(spool.bytes, 0);
  assert.deepEqual(spool.giveUp(), []);
});

test('files that somebody removes are forgotten, and what follows is kept again', async () => {
  using folder = new Folder();
  const path = join(folder.path, 'spool');
  const spool = Spool.open(path, nothing);
  spool.append(0, frameOf(0));
  rmSync(path, { recursive: true });
  assert.ok(spool.isCutOff);
  await assert.rejects(spool.read(0), { code: 'ENOENT' });
  assert.equal(spool.forgetMissing(), 1);
  spool.append(1, frameOf(1));
  assert.ok(!spool.isCutOff);
  assert.deepEqual(await contents(spool), expected(1, 2));
  spool.close();
  assert.deepEqual(await contents(Spool.open(path, nothing)), expected(1, 2));
});

test('what is behind a damaged file can be read', async () => {
  using folder = new Folder();
  const spool = Spool.open(folder.path, nothing);
  spool.append(0, frameOf(0));
  spool.append(5, frameOf(5));
  writeFileSync(join(folder.path, nameOf(0)), 'no frame');
  assert.deepEqual(await contents(spool, 0), expected(5, 6));
  rmSync(join(folder.path, nameOf(0)));
  assert.deepEqual(spool.giveUp(), []);
  spool.close();
});
