import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { NamedReaders } from '../../libs/transport/named-readers.ts';
import { admitted, flows, startServer } from './lab.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

for (const [name, jumpMs] of [
  ['an hour back', -HOUR_MS],
  ['two days forward', 2 * DAY_MS],
] as const) {
  test(`a clock that is set ${name} ends no stream: heartbeats come, and nobody is cut`, async (t) => {
    const said: string[] = [];
    const times = { flushMs: 10, heartbeatMs: 40, stallMs: 1000 };
    await using lab = await startServer({ ...times, report: (message) => said.push(message) });
    const reader = await admitted(lab.port, { silenceMs: 500, name: 'keeper' });
    const before = Date.now;
    t.mock.method(Date, 'now', () => before() + jumpMs);
    // Three times as long as the reader bears silence: without heartbeats it would have gone.
    await delay(1500);
    lab.server.push(flows([6], 1));
    assert.equal(((await reader.next()).value as { first: number }).first, 1);
    assert.equal(lab.server.stats.cut, 0);
    assert.equal(lab.server.stats.named, 1);
    assert.ok(lab.server.stats.lags[0]!.seconds < 60);
    assert.deepEqual(said, []);
  });

  test(`a clock that is set ${name} makes nobody who is away stay away longer`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'panoptes-clock-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const readers = new NamedReaders(folder, DAY_MS);
    readers.meet('away', 0, () => false);
    const before = Date.now;
    t.mock.method(Date, 'now', () => before() + jumpMs);
    assert.deepEqual(readers.forgetOld(() => false), []); // prettier-ignore
    readers.save();
    // What is written down is of the clock as it is now, so that the next run counts right.
    assert.deepEqual(
      new NamedReaders(folder, HOUR_MS / 2).forgetOld(() => false),
      [],
    );
  });
}

test('who is away counts from when it was there last, over the end of the server', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-clock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const readers = new NamedReaders(folder, DAY_MS);
  readers.meet('away', 0, () => false);
  readers.save();
  const file = join(folder, 'readers.json');
  const [saved] = JSON.parse(readFileSync(file, 'utf8')) as { seenMs: number }[];
  assert.ok(Math.abs(saved!.seenMs - Date.now()) < 60_000);
  writeFileSync(file, JSON.stringify([{ name: 'away', acked: 0, seenMs: Date.now() - 2 * HOUR_MS }]));
  assert.deepEqual(
    new NamedReaders(folder, 3 * HOUR_MS).forgetOld(() => false),
    [],
  );
  assert.deepEqual(
    new NamedReaders(folder, HOUR_MS).forgetOld(() => false),
    ['away'],
  );
});
