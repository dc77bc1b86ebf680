import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PacedSource, type PaceClock } from '../../libs/capture/paced-source.ts';
import { emptyBatch, type PacketBatch, type PacketSource } from '../../libs/capture/source.ts';

/** Time that passes only where somebody waits. */
class ManualClock implements PaceClock {
  us = 5_000_000;
  onWait: () => void = () => undefined;
  nowUs(): number {
    return this.us;
  }
  wait(ms: number): Promise<void> {
    this.us += ms * 1000;
    this.onWait();
    return Promise.resolve();
  }
}

/** Batches of packets with these times; the length of a packet is its number. */
function sourceOf(batches: readonly (readonly number[])[]): PacketSource {
  let next = 0;
  let packets = 0;
  const batch = emptyBatch(new DataView(new ArrayBuffer(0)));
  return {
    name: 'made.pcap',
    live: false,
    counters: { received: 0, filtered: 0, droppedByKernel: -1, droppedByInterface: -1, droppedByUs: 0 },
    damage: null,
    next(): Promise<PacketBatch | null> {
      const times = batches[next++];
      if (times === undefined) return Promise.resolve(null);
      batch.count = times.length;
      times.forEach((time, i) => ((batch.timeUs[i] = time), (batch.wire[i] = packets++)));
      return Promise.resolve(batch);
    },
    close: () => Promise.resolve(),
  };
}

const never = new AbortController().signal;
const START_US = 1_700_000_000_000_000;

test('every packet comes once, in its order, never a millisecond early, whatever the times', async () => {
  const batches = fc.array(fc.array(fc.integer({ min: -10_000, max: 3_000_000 }), { maxLength: 6 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(batches, fc.double({ min: 0.1, max: 1000, noNaN: true }), async (gaps, rate) => {
      let at = START_US;
      const times = gaps.map((each) => each.map((gap) => (at += gap)));
      const all = times.flat();
      const clock = new ManualClock();
      const source = new PacedSource(sourceOf(times), rate, never, clock);
      const began = clock.us;
      let seen = 0;
      for (let batch; (batch = await source.next()) !== null;) {
        for (let i = 0; i < batch.count; i++) {
          assert.equal(batch.wire[i], seen);
          assert.equal(batch.timeUs[i], all[seen++]);
          assert.ok((clock.us - began + 1001) * rate >= batch.timeUs[i]! - all[0]!);
        }
      }
      assert.equal(seen, all.length);
    }),
    { seed: 5, numRuns: 100 },
  );
});

for (const [rate, seconds] of [
  [1, 100],
  [10, 10],
  [0.5, 200],
] as const) {
  // prettier-ignore
  test(`100 seconds of packets take ${seconds} at ${rate} times their pace`, async () => {
    const clock = new ManualClock();
    const began = clock.us;
    const source = new PacedSource(sourceOf([[START_US, START_US + 4e7], [START_US + 1e8]]), rate, never, clock);
    while ((await source.next()) !== null);
    assert.ok(Math.abs((clock.us - began) / 1e6 - seconds) < 0.002);
  });
}

test('a signal ends the replay at once', async () => {
  const abort = new AbortController();
  const clock = new ManualClock();
  const source = new PacedSource(sourceOf([[START_US, START_US + 1e12]]), 1, abort.signal, clock);
  assert.equal((await source.next())?.count, 1);
  clock.onWait = () => abort.abort();
  assert.equal(await source.next(), null);
});
