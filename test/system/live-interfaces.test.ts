import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { managementOf, rowsOf, startProbe, stopProbe } from '../support/live-capture.ts';
import { NetLab, netLabMissing } from '../support/netlab.ts';
import { numberedPackets } from '../support/numbered-packets.ts';
import { PATIENCE } from '../support/patience.ts';

const options = { skip: netLabMissing() ?? false, ...PATIENCE };
const PACKETS = 2000;
const PACE = 20_000;
let folder = '';
let numbered = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'live-interfaces-'));
  numbered = join(folder, 'numbered.pcap');
  writeFileSync(numbered, numberedPackets(PACKETS, { flows: 40 }));
});
after(() => rmSync(folder, { recursive: true }));

/** Packets in records, by source id. */
async function packetsBySource(path: string): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const line of await rowsOf(path, 'srcid', 'pkts')) {
    const { srcid, pkts } = JSON.parse(line) as { srcid: string; pkts: number };
    sums[srcid] = (sums[srcid] ?? 0) + pkts;
  }
  return sums;
}

const INPUTS: readonly (readonly [input: readonly string[], sockets: number, sums: Record<string, number>])[] = [
  [['ind:rx0/one,rx1/two'], 2, { one: PACKETS, two: PACKETS }],
  [['rx0', '-i', 'rx1', '-e', 'probe'], 2, { 'probe/rx0': PACKETS, 'probe/rx1': PACKETS }],
  [['bond:rx0,rx1/7'], 2, { 7: 2 * PACKETS }],
  [['rx0', 'rx1'], 2, { '0.0.0.0': 2 * PACKETS }],
  [['all', '--workers', '2'], 4, { '0.0.0.0/rx0': PACKETS, '0.0.0.0/rx1': PACKETS }],
];

for (const [input, sockets, sums] of INPUTS) {
  test(`two interfaces, -i ${input.join(' ')}`, options, async () => {
    await using lab = await NetLab.create();
    await lab.addSecondLink();
    const path = join(folder, input.join('-').replaceAll('/', '-'));
    const probe = await startProbe(lab, ['-i', ...input, '-w', path], sockets);
    await Promise.all([lab.replay(numbered, PACE, 'tx0'), lab.replay(numbered, PACE, 'tx1')]);
    await stopProbe(probe);
    assert.deepEqual(await packetsBySource(path), sums);
    const stops = (await managementOf(path)).filter(({ cause }) => cause === 'Stop');
    const told = stops.map(({ srcid, mpkts, mcapture }) => `${String(srcid)}: ${String(mpkts)} by ${String(mcapture)}`);
    const expected = Object.entries(sums).map(([source, packets]) => `${source}: ${packets} by ring`);
    assert.deepEqual(told.sort(), expected.sort());
  });
}

for (const workers of ['1', '2']) {
  test(
    `an interface goes and comes, ${workers} workers; what comes while it is there is counted`,
    options,
    async () => {
      await using lab = await NetLab.create();
      const path = join(folder, `coming-${workers}`);
      const probe = await startProbe(lab, ['-i', 'rx0', '--workers', workers, '-w', path], Number(workers));
      await lab.replay(numbered, PACE);
      await lab.linkDown();
      await probe.says(/rx0 is down/);
      await lab.linkUp();
      await probe.says(/rx0 is up again/);
      await lab.replay(numbered, PACE);
      await lab.deleteLink();
      await probe.says(/rx0 is gone/);
      await lab.recreateLink();
      await probe.says(/rx0 is back/);
      await lab.replay(numbered, PACE);
      await stopProbe(probe);
      assert.deepEqual(await packetsBySource(path), { '0.0.0.0': 3 * PACKETS });
    },
  );
}

test('what a small ring has no room for is said, to the packet', options, async () => {
  await using lab = await NetLab.create();
  const path = join(folder, 'small');
  const many = join(folder, 'many.pcap');
  writeFileSync(many, numberedPackets(200_000, { flows: 50_000 }));
  const probe = await startProbe(lab, ['-i', 'rx0', '--ring', '1', '-w', path], 1);
  await lab.replay(many, 'topspeed');
  await stopProbe(probe);
  const { '0.0.0.0': counted = 0 } = await packetsBySource(path);
  const { mpkts, mkdrops, mdrops } = (await managementOf(path)).at(-1) ?? {};
  assert.equal(counted, mpkts);
  assert.equal(counted + Number(mkdrops) + Number(mdrops), await lab.rxPackets());
});
