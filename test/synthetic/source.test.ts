import assert from 'node:assert/strict';
import test from 'node:test';
import { BATCH_PACKETS_MAX } from '../../libs/capture/source.ts';
import { SyntheticSource } from '../../libs/synthetic/source.ts';
import { mixedTraffic, officeTraffic } from '../../libs/synthetic/traffic.ts';
import { seenPackets } from './packets.ts';

const START_US = 1_700_000_000_000_000;

test('packets come when they are due, and not before', async () => {
  const options = { packets: 3000, flows: 100, seconds: 10, seed: 2 };
  let nowUs = START_US;
  const source = new SyntheticSource(mixedTraffic(options), () => nowUs);
  const expected = [...seenPackets(mixedTraffic(options))];
  let seen = 0;
  for (nowUs = START_US + 1e6; ; nowUs += 1e6) {
    const batch = await source.next();
    if (batch === null) break;
    for (let index = 0; index < batch.count; index++, seen++) {
      const packet = expected[seen]!;
      assert.equal(batch.timeUs[index], START_US + packet.dueUs);
      assert.deepEqual([batch.captured[index], batch.wire[index]], [packet.capturedBytes, packet.wireBytes]);
      const bytes: Buffer = Buffer.from(batch.view.buffer as ArrayBuffer, batch.offset[index], batch.captured[index]);
      assert.equal(bytes.toString('hex'), packet.hex);
    }
    assert.ok(expected[seen] === undefined || START_US + expected[seen]!.dueUs > nowUs, 'a packet is late');
  }
  assert.equal(seen, 3000);
  assert.equal(source.counters.received, 3000);
});

test('what is overdue comes in full batches, one after the other', async () => {
  let nowUs = START_US;
  const source = new SyntheticSource(mixedTraffic({ packets: 10_000, flows: 50, seconds: 1, seed: 1 }), () => nowUs);
  nowUs += 2e6;
  const counts = [];
  for (let batch = await source.next(); batch !== null; batch = await source.next()) counts.push(batch.count);
  assert.deepEqual(counts, [BATCH_PACKETS_MAX, BATCH_PACKETS_MAX, 10_000 - 2 * BATCH_PACKETS_MAX]);
});

test('without packets it answers with an empty batch; closed, it ends at once', async () => {
  const source = new SyntheticSource(officeTraffic({ packetsPerSecond: 1, seed: 1 }), () => START_US);
  assert.equal((await source.next())?.count, 0);
  const pending = source.next();
  await source.close();
  assert.equal(await pending, null);
  assert.equal(await source.next(), null);
});
