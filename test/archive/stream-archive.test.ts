import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NameTemplate } from '../../libs/archive/name-template.ts';
import { Patience } from '../../libs/archive/patience.ts';
import { parseSplitMode } from '../../libs/archive/split-mode.ts';
import { StreamArchive } from '../../libs/archive/stream-archive.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { FLOW_BATCH, GAP_BATCH, type Batch } from '../../libs/record/batch.ts';
import { batchOf } from '../support/batches.ts';
import { filesBelow, numbersBelow, upTo } from './archived.ts';
import { START_US } from './numbered-stream.ts';

process.env['TZ'] = 'UTC';
const root = mkdtempSync(join(tmpdir(), 'panoptes-archive-'));
after(() => rmSync(root, { recursive: true }));

const ORIGIN = { source: 'a', run: 1 };
const ROWS = 10;

/** The frame with record numbers `10 n … 10 n + 9`, which began `n` seconds after the start. */
function frame(n: number): Batch {
  const numbers = Array.from({ length: ROWS }, (_, row) => n * ROWS + row);
  const stime = numbers.map(() => START_US + n * 1e6);
  return batchOf(ROWS, { flowid: numbers, stime }, { kind: FLOW_BATCH, origin: ORIGIN, first: n * ROWS });
}

/** An archive of files of ten seconds, in folders of its own, and what it said. */
class Lab {
  readonly folder = mkdtempSync(join(root, 'a'));
  readonly state = join(this.folder, 'state');
  readonly out = join(this.folder, 'out');
  said: string[] = [];
  finished: string[] = [];
  acknowledged = 0;
  nowUs = START_US + 3600e6;
  archive: StreamArchive | undefined;

  async open(
    change: { name?: string; mode?: string; syncMs?: number; syncBytes?: number; journalBytesMax?: number } = {},
  ): Promise<StreamArchive> {
    const { name = 'x.%M.%S', mode = 'time 10s', syncMs = 1, syncBytes = 1e9, journalBytesMax = 1e9 } = change;
    const report = (message: string): void => void this.said.push(message);
    this.archive = await StreamArchive.open({
      folder: this.state,
      mode: parseSplitMode(mode.split(' ')),
      template: new NameTemplate(join(this.out, name), mode.startsWith('time')),
      suffixLength: 2,
      holdUs: 3e6,
      nowUs: () => this.nowUs,
      patience: new Patience({ signal: new AbortController().signal, report }),
      report,
      finished: (path) => this.finished.push(path.slice(this.out.length + 1)),
      failed: () => undefined,
      journalBytesMax,
      syncMs,
      syncBytes,
      segmentBytes: 1500,
    });
    return this.archive;
  }

  async take(...batches: readonly Batch[]): Promise<void> {
    for (const batch of batches) {
      await this.archive?.take({ batch, bytes: encodeBatch(batch), acknowledge: () => (this.acknowledged += 1) });
    }
  }

  async close(): Promise<void> {
    await this.archive?.close();
  }

  get journal(): string[] {
    return readdirSync(join(this.state, 'journal')).map((name) => join(this.state, 'journal', name));
  }

  numbers(): Promise<number[]> {
    return numbersBelow(this.out, true);
  }
}

test('what comes is acknowledged when it is on the disk: after a time, or so many bytes', async () => {
  const lab = new Lab();
  await lab.open({ syncMs: 60_000, syncBytes: 2000 });
  await lab.take(frame(0));
  assert.equal(lab.acknowledged, 0);
  for (let n = 1; lab.acknowledged === 0; n++) await lab.take(frame(n));
  assert.ok(lab.acknowledged > 2);
  const before = lab.acknowledged;
  await lab.take(frame(50));
  assert.equal(lab.acknowledged, before);
  await lab.close();
  assert.equal(lab.acknowledged, before + 1);
});

test('files that are not whole when it ends are gone on with, under their names', async () => {
  const lab = new Lab();
  lab.nowUs = START_US + 4e6;
  await lab.open();
  await lab.take(frame(0), frame(3));
  await lab.close();
  assert.deepEqual(filesBelow(lab.out, true), ['.x.40.00.part']);
  assert.deepEqual(await lab.numbers(), [...upTo(10), ...upTo(10).map((n) => 30 + n)]);
  await lab.open();
  await lab.take(frame(4), frame(14));
  assert.deepEqual(filesBelow(lab.out), ['x.40.00']);
  assert.equal((await numbersBelow(lab.out)).length, 30);
  lab.nowUs += 60e6;
  await lab.close();
  assert.deepEqual(filesBelow(lab.out, true), ['x.40.00', 'x.40.10']);
});

test('the journal goes when its records are in finished files, those that a filter refused too', async () => {
  const lab = new Lab();
  await lab.open();
  const refused: Batch = { ...batchOf(0, {}, { origin: ORIGIN, first: 1000 }), covers: 500 };
  const gap: Batch = { ...batchOf(0, {}, { kind: GAP_BATCH, origin: ORIGIN, first: 1500 }), covers: 7 };
  for (let n = 0; n < 90; n++) await lab.take(frame(n));
  await lab.take(refused, gap, frame(160), frame(180));
  assert.ok(lab.journal.length <= 2, String(lab.journal));
  assert.equal(lab.archive?.stats.lost, 7);
  await lab.close();
  assert.deepEqual((await lab.numbers()).length, 92 * ROWS);
});

test('a journal that one record keeps from shrinking is bounded', async () => {
  const lab = new Lab();
  lab.nowUs = START_US;
  await lab.open({ mode: 'count 100', name: '$dport.', journalBytesMax: 2000 });
  const rare = batchOf(1, { flowid: [0], stime: [START_US], dport: [1] }, { origin: ORIGIN });
  await lab.take(rare);
  for (let n = 1; n < 60; n++) {
    await lab.take(frame(n));
    await lab.archive?.tick();
  }
  assert.ok((lab.archive?.stats.journalBytes ?? 0) < 5000);
  assert.ok(lab.finished.includes('1.aa'), String(lab.finished));
  await lab.close();
  assert.equal((await lab.numbers()).length, 591);
});

test('frames that come again are left out, of others what is new is taken', async () => {
  const lab = new Lab();
  await lab.open();
  await lab.take(frame(0), frame(1));
  await lab.close();
  await lab.open();
  const overlap = batchOf(
    15,
    { flowid: upTo(15).map((n) => 15 + n), stime: upTo(15).map(() => START_US + 2e6) },
    { origin: ORIGIN, first: 15 },
  );
  await lab.take(frame(1), overlap, frame(0), frame(3));
  assert.equal(lab.archive?.stats.doubles, 2);
  await lab.close();
  assert.deepEqual(await lab.numbers(), upTo(40));
  assert.equal(lab.acknowledged, 6);
});

test('other names, or another way to divide, leave no record behind and make none double', async () => {
  const lab = new Lab();
  lab.nowUs = START_US + 1e6;
  await lab.open();
  await lab.take(frame(0), frame(1), frame(2));
  await lab.close();
  await lab.open({ name: 'y.', mode: 'count 25' });
  await lab.take(frame(3));
  await lab.close();
  await lab.open({ name: '$srcid.%S' });
  lab.nowUs += 3600e6;
  await lab.close();
  rmSync(join(lab.out, '.x.40.00.part')); // nobody goes on with this one
  assert.deepEqual(await numbersBelow(lab.out), upTo(40));
});

test('files are named until the program has run for them', async () => {
  const lab = new Lab();
  await lab.open();
  await lab.take(frame(0), frame(15), frame(30));
  assert.deepEqual(lab.finished, ['x.40.00', 'x.40.10']);
  lab.archive?.programDone(join(lab.out, 'x.40.00'));
  await lab.close();
  lab.finished = [];
  await lab.open();
  assert.deepEqual(lab.finished.sort(), ['x.40.10', 'x.40.30']);
  await lab.close();
});

test('a damaged checkpoint, or journal, costs what is damaged, and that is said', async () => {
  const lab = new Lab();
  lab.nowUs = START_US + 1e6;
  await lab.open();
  for (let n = 0; n < 10; n++) await lab.take(frame(n));
  await lab.close();
  writeFileSync(join(lab.state, 'checkpoint.json'), '{"version":1,');
  const [first = ''] = lab.journal;
  const bytes = readFileSync(first);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(first, bytes);
  await lab.open();
  assert.match(lab.said.join('\n'), /checkpoint.json is damaged/);
  assert.match(lab.said.join('\n'), /wrong checksum at byte \d+; what follows in this file is lost/);
  lab.nowUs += 3600e6;
  await lab.close();
  const kept = await numbersBelow(lab.out);
  assert.equal(new Set(kept).size, kept.length);
  assert.equal(kept.length, 90);
});

test('a checkpoint that says something else is as good as damaged, and one of a later version is left as it is', async () => {
  const lab = new Lab();
  lab.nowUs = START_US + 1e6;
  await lab.open();
  await lab.take(frame(0));
  await lab.close();
  const path = join(lab.state, 'checkpoint.json');
  const good = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const position = good['position'] as Record<string, unknown>;
  const others: readonly unknown[] = [
    null,
    [],
    { version: 1 },
    { ...good, done: [[0, 'a']] },
    { ...good, finishing: [{}] },
    { ...good, programs: [1] },
    { ...good, position: { ...position, suffixes: null } },
    { ...good, position: { ...position, open: [{ key: 1 }] } },
  ];
  for (const [index, other] of others.entries()) {
    writeFileSync(path, JSON.stringify(other));
    await lab.open();
    await lab.close();
    assert.equal(lab.said.filter((each) => each.includes('checkpoint.json is damaged')).length, index + 1);
  }
  const later = JSON.stringify({ ...good, version: 2 });
  writeFileSync(path, later);
  await assert.rejects(() => lab.open(), /is of a later version/);
  assert.equal(readFileSync(path, 'utf8'), later);
});

test('a frame that was cut at the end of the journal comes again', async () => {
  const lab = new Lab();
  lab.nowUs = START_US + 1e6;
  await lab.open();
  await lab.take(frame(0), frame(1));
  await lab.close();
  // As after a crash: what the checkpoint says was written before the last frame.
  const checkpoint = readFileSync(join(lab.state, 'checkpoint.json'));
  await lab.open();
  await lab.take(frame(2));
  await lab.close();
  writeFileSync(join(lab.state, 'checkpoint.json'), checkpoint);
  const last = lab.journal.at(-1) ?? '';
  truncateSync(last, readFileSync(last).length - 5);
  await lab.open();
  await lab.take(frame(2));
  lab.nowUs += 3600e6;
  await lab.close();
  assert.deepEqual(await numbersBelow(lab.out), upTo(30));
});
