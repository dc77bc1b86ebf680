import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { NetLab } from '../support/netlab.ts';
import { CHOSEN, OriginalsLab, originalsMissing, PACKETS, packetsIn } from '../support/originals-lab.ts';
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
    await until(() => lab.listens(5620));
    const direct = lab.ours('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'direct'));
    const filtered = lab.ours(
      'ra',
      '-S',
      '127.0.0.1:5610',
      '-w',
      join(folder, 'filtered'),
      '-',
      `udp and port ${CHOSEN}`,
    );
    const computed = lab.ours('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'computed'), '-', `src port ${CHOSEN}`);
    const relayed = lab.ours('ra', '-S', '127.0.0.1:5620', '-w', join(folder, 'relayed'));
    lab.original('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'original'));
    await lab.flowing('direct', 'filtered', 'computed', 'relayed', 'original');
    await lab.replay(1000);
    await Promise.all(['relayed', 'original'].map((file) => lab.arrived(file, PACKETS)));
    argus.kill('SIGTERM');
    assert.deepEqual(await Promise.all([direct, filtered, computed].map(({ status }) => status)), [0, 0, 0]);
    radium.process.kill('SIGTERM');
    assert.equal(await relayed.status, 0);
    assert.match(direct.stderr, /127.0.0.1:5610 stopped/);

    const original = await lab.table('original');
    assert.equal(packetsIn(original), PACKETS);
    assert.deepEqual(await lab.table('direct'), original);
    assert.deepEqual(await lab.table('relayed'), original);
    const some = original.filter((line) => line.includes(`,${CHOSEN},`));
    assert.ok(some.length > 0);
    for (const file of ['filtered', 'computed']) assert.deepEqual(await lab.table(file), some);
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
    await until(() => lab.listens(5620));
    const behindTheirs = lab.ours('ra', '-S', '127.0.0.1:5630', '-w', join(lab.folder, 'theirs'));
    const behindOurs = lab.ours('ra', '-S', '127.0.0.1:5620', '-w', join(lab.folder, 'ours'));
    const files = ['theirs', 'ours'];
    await lab.flowing(...files);
    await lab.replay(1000);
    await Promise.all(files.map((file) => lab.arrived(file, PACKETS)));

    theirs.kill('SIGKILL');
    await until(() => /connection to 127.0.0.1:5630 lost/.test(behindTheirs.stderr));
    await lab.radium(5630);
    await until(() => /connected to 127.0.0.1:5630/.test(behindTheirs.stderr));
    await lab.flowing(...files);
    await lab.replay(2000);
    await Promise.all(files.map((file) => lab.arrived(file, 2 * PACKETS)));

    argus.kill('SIGKILL');
    await until(() => /connection to 127.0.0.1:5610 lost/.test(ours.stderr));
    await lab.argus(5610);
    await until(() => /connected to 127.0.0.1:5610/.test(ours.stderr));
    await lab.flowing('ours');
    await lab.replay(3000);
    await lab.arrived('ours', 3 * PACKETS);
    for (const each of [behindTheirs, behindOurs, ours]) each.process.kill('SIGTERM');
    assert.deepEqual(await Promise.all([behindTheirs.status, behindOurs.status]), [0, 0]);
  },
);
