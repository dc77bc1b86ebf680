import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { COLLECTOR, Headquarters, INTERFACES, ROUTERS, type Daemon } from '../support/headquarters.ts';
import { netLabMissing } from '../support/netlab.ts';
import { numberedPackets } from '../support/numbered-packets.ts';
import { PATIENCE } from '../support/patience.ts';
import { knownReaders, until } from '../support/stream-lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-topology-'));
after(() => rmSync(folder, { recursive: true }));

/** As in the article: a probe for each interface, on ports from 4000 on, and a multiplexer that joins them. */
async function startRouter(lab: Headquarters, router: (typeof ROUTERS)[number], address: string): Promise<Daemon[]> {
  const probes = INTERFACES.map((em, i) =>
    lab.start(router, `/usr/local/sbin/argus -i ${em} -B '127.0.0.1' -P "400${i}" 2>&1`),
  );
  await until(async () => (await lab.receivingSockets(router)) === INTERFACES.length);
  const servers = INTERFACES.map((_, i) => `-S localhost:400${i}`).join(' ');
  return [...probes, lab.start(router, `radium ${servers} -B ${address} -P 3999`)];
}

const totals = (text: string, what: string): number => Number(new RegExp(`${what} (\\d+)`).exec(text)?.[1] ?? NaN);

test(
  'the article: two routers, their probes and multiplexers, a log server; every packet is in the files',
  { skip: netLabMissing(), ...PATIENCE },
  async () => {
    await using lab = await Headquarters.create(folder);
    const routers = [await startRouter(lab, 'r1', '10.20.1.2'), await startRouter(lab, 'r2', '10.20.1.3')];
    const radium = lab.start('hq', `/usr/local/sbin/${COLLECTOR.radium}`);
    const rastream = lab.start('hq', `/usr/local/bin/${COLLECTOR.rastream} 2>&1`);
    // Ten minutes are long: another one, with files that are soon whole.
    const quick = lab.start(
      'hq',
      'rastream -S localhost:4001 -M time 2s -B 1s -w "/var/log/quick/%Y-%m-%d/argus.%H.%M.%S" --name quick 2>&1',
    );
    const watcher = lab.start('hq', 'radium -S localhost:4001 -w /var/log/all.records --name watcher');
    const everybody = [rastream, quick, watcher];
    // Nothing is kept for whom the multiplexer does not know yet.
    await until(() => knownReaders(join(folder, 'state/hq')).length === everybody.length);

    const counts = ROUTERS.flatMap((router, r) =>
      INTERFACES.map((em, i) => ({ router, em, packets: 1000 * (r + 1) + 100 * i })),
    );
    await Promise.all(
      counts.map(async ({ router, em, packets }) => {
        const capture = join(folder, `${router}-${em}.pcap`);
        writeFileSync(capture, numberedPackets(packets, { flows: 20 }));
        await lab.replay(router, em, capture, 1000);
      }),
    );
    const sent = counts.reduce((sum, { packets }) => sum + packets, 0);
    assert.equal((await lab.received('r1')) + (await lab.received('r2')), sent);

    for (const daemons of routers)
      for (const daemon of daemons.slice(0, -1)) assert.equal(await daemon.end(), 0, daemon.output);
    for (const daemons of routers) assert.equal(await daemons.at(-1)!.end(), 0, daemons.at(-1)!.output);
    // All that there was has come through when the files of the quick archive, soon closed, hold it.
    const archived = async (): Promise<number> =>
      totals(await lab.run('hq', 'ra -q -A -R /var/log/quick'), 'TotalPkts');
    await until(() => readdirSync(join(folder, 'log')).includes('quick'));
    await until(async () => (await archived()) >= sent);
    assert.equal(await archived(), sent);
    assert.equal(await radium.end(), 0, radium.output);
    for (const daemon of everybody) assert.equal(await daemon.end(), 0, daemon.output);

    assert.equal(totals(await lab.run('hq', 'ra -q -A -r /var/log/all.records'), 'TotalPkts'), sent);
    const state = join(folder, 'state/hq');
    const [journal = ''] = readdirSync(state).filter(
      (name) => name.startsWith('rastream-') && name !== 'rastream-quick',
    );
    assert.equal(totals(await lab.run('hq', `ra -q -A -R ${join(state, journal, 'journal')}`), 'TotalPkts'), sent);
    const days = readdirSync(join(folder, 'log/quick'));
    for (const day of days) {
      assert.match(day, /^\d{4}-\d{2}-\d{2}$/);
      for (const file of readdirSync(join(folder, 'log/quick', day)))
        assert.match(file, /^argus\.\d{2}\.\d{2}\.\d{2}(\.late)?$/);
    }

    // The nightly jobs of the article: status records of a flow become one, all of them or those of a protocol.
    const folders = days.map((day) => `/var/log/quick/${day}/`).join(' '); // two around midnight
    for (const filter of ['', ' - udp', ' - tcp']) {
      const kept = `/var/log/argus-${days[0]}${filter.replaceAll(' ', '')}.log`;
      await lab.run('hq', `racluster -R ${folders} -w ${kept}${filter}`);
      const [apart, merged] = await Promise.all([
        lab.run('hq', `ra -q -A -R ${folders}${filter}`),
        lab.run('hq', `ra -q -A -r ${kept}`),
      ]);
      for (const what of ['TotalPkts', 'TotalBytes']) assert.equal(totals(merged, what), totals(apart, what), filter);
      assert.equal(totals(merged, 'TotalPkts'), filter === ' - tcp' ? 0 : sent);
      assert.ok(totals(merged, 'TotalFarRecords') <= totals(apart, 'TotalFarRecords'), merged);
    }
  },
);
