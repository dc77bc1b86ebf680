import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NamedReader } from '../../libs/transport/named-readers.ts';
import { RecordLog } from '../../libs/transport/record-log.ts';
import { cellsOf } from '../support/batches.ts';
import { flows } from './lab.ts';

const NAMES = ['near', 'far'] as const;
const DAY_MS = 86_400_000;
const MEMORY_BYTES = 8 << 10;

/** A log with two named readers whose program ends, or is killed, now and then; batch number n holds record number n. */
class Life implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'panoptes-log-'));
  readonly had = NAMES.map(() => new Set<number>());
  readonly acked = NAMES.map(() => new Set<number>());
  readonly lost = NAMES.map(() => new Set<number>());
  /** What was sent again to one that had acknowledged it. */
  readonly again: number[] = [];
  count = 0;
  log: RecordLog;
  readonly #diskBytesMax: number;
  #numbers = new Map<number, number>();
  #readers: NamedReader[] = [];
  #cursors: number[] = [];
  /** What each was sent over its present connection. */
  #sent: Set<number>[] = [];

  constructor(diskBytesMax: number) {
    this.#diskBytesMax = diskBytesMax;
    this.log = this.#open();
  }

  append(): void {
    this.#append(this.count);
    this.count += 1;
  }

  /** One reader looks at up to `most` batches, as a connection does. */
  async read(who: number, most: number): Promise<void> {
    this.#noteLosses(who);
    for (let i = 0; i < most && this.#cursors[who]! < this.log.end;) {
      const cursor = this.#cursors[who]!;
      const inMemory = this.log.entryAt(cursor);
      const next = inMemory === undefined ? (await this.log.read(cursor))[0] : { position: cursor, entry: inMemory };
      if (next === undefined) {
        this.#cursors[who] = Math.max(cursor, this.log.memoryStart);
        continue;
      }
      assert.ok(next.position >= cursor);
      const { first } = next.entry;
      this.had[who]!.add(first);
      this.#sent[who]!.add(first);
      if (this.acked[who]!.has(first)) this.again.push(first);
      this.#cursors[who] = next.position + 1;
      i += 1;
    }
  }

  acknowledge(who: number): void {
    this.log.named.acknowledge(this.#readers[who]!, this.#cursors[who]!);
    for (const number of this.#sent[who]!) this.acked[who]!.add(number);
  }

  trim(): void {
    this.log.trim(Math.min(this.log.end, ...this.#cursors));
  }

  restart(): void {
    this.log.close();
    for (const who of NAMES.keys()) this.#noteLosses(who);
    this.log = this.#open();
  }

  /** Killed: whoever sends to it sends again all that it was not told to be safe. */
  kill(): void {
    const { safe, end } = this.log;
    for (const who of NAMES.keys()) this.#noteLosses(who);
    const unsafe: number[] = [];
    for (let position = safe; position < end; position++) unsafe.push(this.#numbers.get(position)!);
    this.log = this.#open();
    for (const number of unsafe) this.#append(number);
  }

  [Symbol.dispose](): void {
    this.log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #append(number: number): void {
    this.#numbers.set(this.log.end, number);
    this.log.append(flows([17], number));
  }

  #noteLosses(who: number): void {
    for (const { first, covers } of this.#readers[who]!.losses.takeBelow(Infinity))
      for (let i = 0; i < covers; i++) this.lost[who]!.add(first + i);
  }

  #open(): RecordLog {
    const options = { directory: this.folder, memoryBytesMax: MEMORY_BYTES, keepMs: DAY_MS };
    const log = new RecordLog({ ...options, diskBytesMax: this.#diskBytesMax }, assert.fail, () => undefined);
    this.#readers = NAMES.map((name) => log.meet(name, () => false)!);
    this.#cursors = this.#readers.map(({ acked }) => acked);
    this.#sent = NAMES.map(() => new Set());
    return log;
  }
}

type Step = readonly [what: 'append' | 'read' | 'ack' | 'trim' | 'sync' | 'restart' | 'kill', who: 0 | 1, much: number];

async function live(life: Life, steps: readonly Step[]): Promise<void> {
  for (const [what, who, much] of steps) {
    if (what === 'append') for (let i = 0; i < much; i++) life.append();
    else if (what === 'read') await life.read(who, much);
    else if (what === 'ack') life.acknowledge(who);
    else if (what === 'trim') life.trim();
    else if (what === 'sync') {
      life.log.sync();
      await new Promise((resolve) => setImmediate(resolve)); // the disk may have answered by then, or not
    } else if (what === 'restart') life.restart();
    else life.kill();
  }
  for (const who of NAMES.keys()) await life.read(who, Infinity);
  for (const who of NAMES.keys()) await life.read(who, Infinity);
}

const stepsOf = (...kinds: Step[0][]): fc.Arbitrary<Step[]> =>
  fc.array(fc.tuple(fc.constantFrom(...kinds), fc.constantFrom(0 as const, 1 as const), fc.integer({ min: 1, max: 12 })), { minLength: 5, maxLength: 40 }); // prettier-ignore

const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sorted = (numbers: ReadonlySet<number>): number[] => [...numbers].sort((a, b) => a - b);

test('whatever the order of things, named readers get everything, and nothing again that they acknowledged', () =>
  fc.assert(
    fc.asyncProperty(stepsOf('append', 'append', 'read', 'ack', 'trim', 'sync', 'restart'), async (steps) => {
      using life = new Life(2 ** 30);
      await live(life, steps);
      for (const who of NAMES.keys()) assert.deepEqual(sorted(life.had[who]!), all(life.count), NAMES[who]);
      assert.deepEqual(life.again, []);
      assert.equal(life.log.givenUp, 0);
    }),
    { numRuns: 30, seed: 5 },
  ));

test('a kill at any time loses nothing that was said to be safe', () =>
  fc.assert(
    fc.asyncProperty(stepsOf('append', 'append', 'read', 'ack', 'trim', 'sync', 'restart', 'kill'), async (steps) => {
      using life = new Life(2 ** 30);
      await live(life, steps);
      for (const who of NAMES.keys()) assert.deepEqual(sorted(life.had[who]!), all(life.count), NAMES[who]);
    }),
    { numRuns: 30, seed: 6 },
  ));

test('what no limit leaves room for is told of: each record is had, or named as lost', () =>
  fc.assert(
    fc.asyncProperty(stepsOf('append', 'append', 'append', 'read', 'ack', 'trim'), async (steps) => {
      using life = new Life(1500);
      await live(life, steps);
      for (const who of NAMES.keys()) {
        const accounted = new Set([...life.had[who]!, ...life.lost[who]!]);
        assert.deepEqual(sorted(accounted), all(life.count), NAMES[who]);
      }
    }),
    { numRuns: 30, seed: 7 },
  ));

test('while the disk takes nothing, memory is used up to its limit before anything is given up', () => {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-log-'));
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
  writeFileSync(join(folder, 'file'), ''); // no folder can be made there
  const said: string[] = [];
  const options = {
    directory: join(folder, 'file', 'state'),
    memoryBytesMax: 64 << 10,
    diskBytesMax: 2 ** 30,
    keepMs: DAY_MS,
  };
  const log = new RecordLog(options, (message) => said.push(message), () => undefined); // prettier-ignore
  const reader = log.meet('away', () => false)!;
  for (let i = 0; i < 400; i++) {
    log.append(flows([17], i));
    log.trim(log.end);
    assert.ok(log.meter.bytes <= options.memoryBytesMax * 1.1, `${log.meter.bytes} after ${i}`);
    if (log.givenUp > 0) assert.ok(log.meter.bytes > options.memoryBytesMax * 0.9, `${log.meter.bytes} after ${i}`);
  }
  assert.ok(log.givenUp > 0);
  assert.equal(said.length, 1);
  assert.match(said[0]!, /cannot keep records in/);
  const lost = reader.losses.takeBelow(Infinity).reduce((sum, { covers }) => sum + covers, 0);
  assert.equal(lost, log.givenUp);
  assert.equal(lost + log.end - log.start, 400);
});

test('below the position that is settled, the memory of batches may be used for something else', () => {
  const options = { directory: undefined, memoryBytesMax: 1 << 20, diskBytesMax: 0, keepMs: DAY_MS };
  const log = new RecordLog(options, assert.fail, assert.fail);
  const batches = Array.from({ length: 9 }, (_, i) => flows([i, 50], i * 2));
  for (const batch of batches) log.append(batch);
  assert.equal(log.settled, 0);
  log.trim(6); // somebody has not looked at the last three
  assert.equal(log.settled, 6);
  for (const { buffer } of batches.slice(0, log.settled)) new Uint8Array(buffer).fill(0xff);
  const sent = Array.from({ length: log.end }, (_, i) => cellsOf(log.entryAt(i)!.batch, 'ipproto'));
  assert.deepEqual(
    sent,
    Array.from({ length: 9 }, (_, i) => cellsOf(flows([i, 50], i * 2), 'ipproto')),
  );
});

test('a reader goes on behind files that somebody removed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-log-'));
  const said: string[] = [];
  const options = { directory: folder, memoryBytesMax: MEMORY_BYTES, diskBytesMax: 1 << 20, keepMs: DAY_MS };
  const log = new RecordLog(
    options,
    (message) => said.push(message),
    () => undefined,
  );
  log.meet('near', () => false);
  const fill = (): void => {
    for (let i = 0; i < 60; i++) log.append(flows([6], log.end));
    log.trim(log.end);
    log.sync();
  };
  fill();
  assert.ok(log.spoolBytes > 0);
  rmSync(folder, { recursive: true });
  assert.deepEqual(await log.read(0), []);
  assert.match(said.join(), /^somebody removed 1 of the files in \S+; readers that are away lose/);
  const { memoryStart } = log;
  fill();
  assert.equal((await log.read(0))[0]?.position, memoryStart);
  log.named.acknowledge([...log.named][0]!, 5);
  log.sync();
  log.close();
  const again = new RecordLog(options, assert.fail, () => undefined);
  assert.equal([...again.named][0]?.acked, 5);
  again.close();
  rmSync(folder, { recursive: true });
});

test('a disk that takes some things and not others is told of once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-log-'));
  const said: string[] = [];
  const log = new RecordLog(
    { directory: folder, memoryBytesMax: MEMORY_BYTES, diskBytesMax: 1 << 20, keepMs: DAY_MS },
    (message) => said.push(message),
    () => undefined,
  );
  const fail = (): void => {
    throw Object.assign(new Error('EMFILE: too many open files'), { syscall: 'open' });
  };
  for (let i = 0; i < 3; i++) {
    assert.ok(!log.attempt('readers', fail));
    assert.ok(log.attempt('spool', () => undefined));
    log.attempt('runs', fail);
  }
  assert.equal(said.length, 1);
  for (const what of ['readers', 'runs'] as const) log.attempt(what, () => undefined);
  assert.match(said[1] ?? '', /can be written again$/);
  rmSync(folder, { recursive: true });
});
