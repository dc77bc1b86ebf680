import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { NetLab, netLabMissing } from '../support/netlab.ts';
import { numberedPackets } from '../support/numbered-packets.ts';
import { PATIENCE } from '../support/patience.ts';

const skip = netLabMissing() ?? false;

test('a lab carries the packets of a capture, and no others; its cable can be cut', { skip, ...PATIENCE }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netlab-'));
  const pcap = join(folder, 'numbered.pcap');
  writeFileSync(pcap, numberedPackets(100));
  await using lab = await NetLab.create();
  try {
    await lab.replay(pcap, 'topspeed');
    assert.equal(await lab.rxPackets(), 100);
    await lab.linkDown();
    await lab.linkUp();
    await lab.deleteLink();
    await assert.rejects(lab.rxPackets());
    await lab.recreateLink();
    await lab.replay(pcap, 10_000);
    assert.equal(await lab.rxPackets(), 100);
    assert.equal(await lab.promiscuity(), 0);
    assert.equal(await lab.packetSockets(), 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
