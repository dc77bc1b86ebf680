import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PcapFormat } from '../../libs/capture/pcap-file.ts';
import { PacketPipe } from '../../libs/capture/packet-pipe.ts';
import { emptyBatch } from '../../libs/capture/source.ts';

const START_US = 1_700_000_000_000_000;
const LAYOUT = { littleEndian: true, nanoseconds: false, headerBytes: 16 };
const packet = Buffer.alloc(65_535, 0xab);

/** A pipe and what came through it; nobody takes the blocks until `take` is called. */
function pipeline(flushUs = 1e9) {
  const sent: { readonly bytes: Buffer; readonly done: () => void }[] = [];
  const pipe = new PacketPipe((bytes, done) => sent.push({ bytes, done }), flushUs);
  const take = () =>
    sent.splice(0).flatMap(({ bytes, done }) => {
      const copy = Uint8Array.from(bytes);
      done();
      const batch = emptyBatch(new DataView(copy.buffer));
      const { at } = new PcapFormat(LAYOUT, 1, 65_535).parse(batch.view, 0, copy.length, batch);
      assert.equal(at, copy.length);
      return Array.from({ length: batch.count }, (_, i) => ({
        timeUs: batch.timeUs[i]!,
        captured: batch.captured[i]!,
        wire: batch.wire[i]!,
      }));
    });
  return { pipe, sent, take };
}

test('packets come through as a pcap file has them, when told to flush', () => {
  const { pipe, sent, take } = pipeline();
  pipe.add(packet, 60, START_US);
  pipe.add(packet, 0, START_US + 1);
  assert.equal(sent.length, 0);
  pipe.flush();
  pipe.flush();
  assert.equal(sent.length, 1);
  assert.deepEqual(take(), [
    { timeUs: START_US, captured: 60, wire: 60 },
    { timeUs: START_US + 1, captured: 0, wire: 0 },
  ]);
});

test('a block goes when it is full, or when its first packet is old', () => {
  const { pipe, sent } = pipeline(10_000);
  pipe.add(packet, 60, START_US);
  pipe.add(packet, 60, START_US + 10_000);
  assert.equal(sent.length, 0);
  pipe.add(packet, 60, START_US + 10_001);
  assert.equal(sent.length, 1);
  for (let i = 0; i < 5; i++) pipe.add(packet, 65_535, START_US + 10_002);
  assert.equal(sent.length, 2);
});

test('when nobody takes the blocks, memory is bounded; every packet comes through or is counted', () => {
  const { pipe, sent, take } = pipeline();
  const total = 2000;
  for (let i = 0; i < total; i++) pipe.add(packet, 65_535, START_US + i);
  pipe.flush();
  const held = sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
  assert.ok(held <= 16 << 20 && held >= 12 << 20, `${held} bytes`);
  const before = take();
  pipe.flush(); // there is room again: the notice goes even if no packet comes
  const [notice, ...others] = take();
  assert.deepEqual(notice, { timeUs: 0, captured: 0, wire: total - before.length });
  assert.deepEqual(others, []);
  pipe.add(packet, 10, START_US);
  pipe.flush();
  assert.deepEqual(take(), [{ timeUs: START_US, captured: 10, wire: 10 }]);
});
