import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { NetLab } from '../support/netlab.ts';
import { OriginalsLab, originalsMissing, PACKETS, packetsIn } from '../support/originals-lab.ts';
import { until } from '../support/stream-lab.ts';
import { PATIENCE } from '../support/patience.ts';

test(
  'a real argus, read by our ra, by our radium and by the real ra: the same records',
  { skip: originalsMissing, ...PATIENCE },
  async () => {
    await using lab = new OriginalsLab(await NetLab.create());
    const { folder } = lab;
    const argus = await lab.argus(5610);
    const radium = lab.ours('radium', '-S', '127.0.0.1:5610', '-B', '127.0.0.1', '-P', '5620', '--state', folder);
    await until(() => lab.connectionsTo(5610).then((count) => count === 1));
    const direct = lab.ours('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'direct'));
    const filtered = lab.ours('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'filtered'), '-', 'udp and port 1003');
    const computed = lab.ours('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'computed'), '-', 'src port 1003');
    const relayed = lab.ours('ra', '-S', '127.0.0.1:5620', '-w', join(folder, 'relayed'));
    lab.original('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'original'));
    await until(async () => (await lab.connectionsTo(5610)) === 5 && (await lab.connectionsTo(5620)) === 1);
    await lab.replay(1000);
    for (const file of ['relayed', 'original'])
      await until(async () => packetsIn(await lab.table(file).catch(() => [])) >= PACKETS);
    argus.kill('SIGTERM');
    assert.deepEqual(await Promise.all([direct, filtered, computed].map(({ status }) => status)), [0, 0, 0]);
    radium.process.kill('SIGTERM');
    assert.equal(await relayed.status, 0);
    assert.match(direct.stderr, /127.0.0.1:5610 stopped/);

    const original = await lab.table('original');
    assert.equal(packetsIn(original), PACKETS);
    assert.deepEqual(await lab.table('direct'), original);
    assert.deepEqual(await lab.table('relayed'), original);
    const some = original.filter((line) => line.includes(',1003,'));
    assert.ok(some.length > 0);
    assert.deepEqual(
      (await lab.table('filtered')).filter((line) => line !== ''),
      some,
    );
    assert.deepEqual(
      (await lab.table('computed')).filter((line) => line !== ''),
      some,
    );
  },
);

test(
  'a real argus and a real radium are killed and come back: our programs read on',
  { skip: originalsMissing, ...PATIENCE },
  async () => {
    await using lab = new OriginalsLab(await NetLab.create());
    const argus = await lab.argus(5610);
    const theirs = await lab.radium(5630);
    const state = ['--state', lab.folder];
    const ours = lab.ours('radium', '-S', '127.0.0.1:5610', '-B', '127.0.0.1', '-P', '5620', ...state);
    await until(async () => (await lab.connectionsTo(5610)) === 2);
    const behindTheirs = lab.ours('ra', '-S', '127.0.0.1:5630', '-w', join(lab.folder, 'theirs'));
    const behindOurs = lab.ours('ra', '-S', '127.0.0.1:5620', '-w', join(lab.folder, 'ours'));
    const arrived = (file: string, packets: number): Promise<void> =>
      until(async () => packetsIn(await lab.table(file).catch(() => [])) >= packets);
    await until(async () => (await lab.connectionsTo(5630)) === 1 && (await lab.connectionsTo(5620)) === 1);
    await lab.replay(1000);
    await Promise.all([arrived('theirs', PACKETS), arrived('ours', PACKETS)]);

    theirs.kill('SIGKILL');
    await until(() => /connection to 127.0.0.1:5630 lost/.test(behindTheirs.stderr));
    await lab.radium(5630);
    await until(() => /connected to 127.0.0.1:5630/.test(behindTheirs.stderr));
    await until(async () => (await lab.connectionsTo(5610)) === 2);
    await lab.replay(2000);
    await Promise.all([arrived('theirs', 2 * PACKETS), arrived('ours', 2 * PACKETS)]);

    argus.kill('SIGKILL');
    await until(() => /connection to 127.0.0.1:5610 lost/.test(ours.stderr));
    await lab.argus(5610);
    await until(() => /connected to 127.0.0.1:5610/.test(ours.stderr));
    await lab.replay(3000);
    await arrived('ours', 3 * PACKETS);
    for (const each of [behindTheirs, behindOurs, ours]) each.process.kill('SIGTERM');
    assert.deepEqual(await Promise.all([behindTheirs.status, behindOurs.status]), [0, 0]);
  },
);
