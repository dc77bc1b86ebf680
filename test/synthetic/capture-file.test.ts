import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { CAPTURE_START_US, writeCapture } from '../../libs/synthetic/capture-file.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { seenPackets } from './packets.ts';

test('a capture file holds the stream: each packet, its time and both its lengths', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'panoptes-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'mixed.pcap');
  const options = { packets: 15_000, flows: 300, seconds: 5, seed: 1 };

  const totals = await writeCapture(path, mixedTraffic(options), { snapBytes: 128 });

  const file = await readFile(path);
  assert.equal(file.readUInt32LE(0), 0xa1b2c3d4);
  assert.deepEqual([file.readUInt32LE(16), file.readUInt32LE(20)], [128, 1]);
  let offset = 24;
  let wireBytes = 0;
  for (const packet of seenPackets(mixedTraffic(options), 128)) {
    const timeUs = file.readUInt32LE(offset) * 1e6 + file.readUInt32LE(offset + 4);
    assert.equal(timeUs, CAPTURE_START_US + packet.dueUs);
    assert.equal(file.readUInt32LE(offset + 8), packet.capturedBytes);
    assert.equal(file.readUInt32LE(offset + 12), packet.wireBytes);
    offset += 16;
    assert.equal(file.toString('hex', offset, offset + packet.capturedBytes), packet.hex);
    offset += packet.capturedBytes;
    wireBytes += packet.wireBytes;
  }
  assert.equal(offset, file.length);
  assert.deepEqual(totals, { packets: 15_000, wireBytes });
});
