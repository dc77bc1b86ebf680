import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { NetLab } from '../support/netlab.ts';
import { CHOSEN, OriginalsLab, originalsMissing, PACKETS, packetsIn } from '../support/originals-lab.ts';
import { RunningCommand } from '../support/run-command.ts';
import { freePort, HOST } from '../support/free-port.ts';
import { until } from '../support/stream-lab.ts';
import { PATIENCE } from '../support/patience.ts';

const OPTIONS = { skip: originalsMissing, ...PATIENCE };
const PROBE = 5610;
const OURS = 5620;
const THEIRS = 5630;

function probe(lab: OriginalsLab): RunningCommand {
  const words = ['-i', 'rx0', '-P', String(PROBE), '-B', '127.0.0.1', '-S', '1', '-M', '1', '-e', '192.0.2.9'];
  return lab.ours('argus', '-X', ...words, '--state', join(lab.folder, 'probe'));
}

function multiplexer(lab: OriginalsLab): RunningCommand {
  const words = ['-S', `127.0.0.1:${PROBE}`, '-B', '127.0.0.1', '-P', String(OURS), '--retry', '0.2'];
  return lab.ours('radium', '-X', ...words, '--state', join(lab.folder, 'radium'));
}

const arrived = (lab: OriginalsLab, files: readonly string[], packets: number): Promise<unknown> =>
  Promise.all(files.map((file) => lab.arrived(file, packets)));

test('a real argus through our radium, read by the real ra and ours at once: the same records', OPTIONS, async () => {
  await using lab = new OriginalsLab(await NetLab.create());
  await lab.argus(PROBE);
  const radium = multiplexer(lab);
  await until(() => lab.listens(OURS));
  lab.original('ra', '-S', `127.0.0.1:${OURS}`, '-w', join(lab.folder, 'original'));
  lab.original('ra', '-S', `127.0.0.1:${OURS}`, '-w', join(lab.folder, 'filtered'), '-', `udp and port ${CHOSEN}`);
  const ours = lab.ours('ra', '-X', '-S', `127.0.0.1:${OURS}`, '-w', join(lab.folder, 'ours'));
  await lab.flowing('original', 'filtered', 'ours');
  await lab.replay(1000);
  await arrived(lab, ['original', 'ours'], PACKETS);
  radium.process.kill('SIGTERM');
  assert.equal(await radium.status, 0);
  assert.equal(await ours.status, 0);
  const table = await lab.table('ours');
  assert.equal(packetsIn(table), PACKETS);
  assert.deepEqual(await lab.table('original'), table);
  const some = table.filter((line) => line.includes(`,${CHOSEN},`));
  assert.ok(some.length > 0);
  await lab.arrived('filtered', packetsIn(some));
  assert.deepEqual(await lab.table('filtered'), some);
});

test('our argus, read by the real ra, by a real radium and by ours: the same records', OPTIONS, async () => {
  await using lab = new OriginalsLab(await NetLab.create());
  const argus = probe(lab);
  await until(() => lab.listens(PROBE));
  await lab.radium(THEIRS);
  lab.original('ra', '-S', `127.0.0.1:${PROBE}`, '-w', join(lab.folder, 'original'));
  const direct = lab.ours('ra', '-X', '-S', `127.0.0.1:${PROBE}`, '-w', join(lab.folder, 'direct'));
  lab.original('ra', '-S', `127.0.0.1:${THEIRS}`, '-w', join(lab.folder, 'relayed'));
  const files = ['original', 'direct', 'relayed'];
  await lab.flowing(...files);
  await lab.replay(1000);
  await arrived(lab, files, PACKETS);
  argus.process.kill('SIGTERM');
  assert.equal(await argus.status, 0);
  assert.equal(await direct.status, 0);
  const table = await lab.table('direct');
  assert.equal(packetsIn(table), PACKETS);
  assert.deepEqual(await lab.table('original'), table);
  assert.deepEqual(await lab.table('relayed'), table);
});

test('our argus and the original programs behind it are killed and come back: all read on', OPTIONS, async () => {
  await using lab = new OriginalsLab(await NetLab.create());
  const argus = probe(lab);
  await until(() => lab.listens(PROBE));
  const theirs = await lab.radium(THEIRS);
  multiplexer(lab);
  await until(() => lab.listens(OURS));
  const behindOurs = lab.original('ra', '-S', `127.0.0.1:${OURS}`, '-w', join(lab.folder, 'ours'));
  lab.ours('ra', '-X', '-S', `127.0.0.1:${THEIRS}`, '-w', join(lab.folder, 'theirs'));
  const files = ['ours', 'theirs'];
  await lab.flowing(...files);
  await lab.replay(1000);
  await arrived(lab, files, PACKETS);

  theirs.kill('SIGKILL');
  behindOurs.kill('SIGKILL');
  await Promise.all([once(theirs, 'close'), once(behindOurs, 'close')]);
  await lab.radium(THEIRS);
  lab.original('ra', '-S', `127.0.0.1:${OURS}`, '-w', join(lab.folder, 'ours'));
  await lab.flowing(...files);
  await lab.replay(2000);
  await arrived(lab, files, 2 * PACKETS);

  argus.process.kill('SIGKILL');
  await argus.status;
  probe(lab);
  await lab.flowing(...files);
  await lab.replay(3000);
  await arrived(lab, files, 3 * PACKETS);
});

test('--argus3 off refuses clients of Argus; any other word is none', PATIENCE, async () => {
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'argus3-off-'))];
  const words = ['-X', '-r', '-', '-B', HOST, '-P', String(port), '--state', folder, '--argus3'];
  const argus = new RunningCommand('argus', [...words, 'off']);
  const received = await startAt(port);
  assert.equal(received.subarray(-4).toString('hex'), '83810001');
  argus.process.stdin.end();
  await argus.status;
  assert.match(argus.stderr, /clients of Argus 3 are not served/);
  const wrong = new RunningCommand('argus', [...words, 'maybe']);
  assert.equal(await wrong.status, 2);
  assert.match(wrong.stderr, /'maybe' is neither on nor off/);
  rmSync(folder, { recursive: true });
});

/** What a client gets that says START, once the port is open. */
async function startAt(port: number): Promise<Buffer> {
  for (;;) {
    const socket = connect(port, HOST);
    const received: Buffer[] = [];
    socket.write('START: ');
    const failed = await new Promise((resolve) => {
      socket.on('data', (chunk) => received.push(chunk));
      socket.on('error', () => resolve(true));
      socket.on('close', () => resolve(false));
    });
    if (failed !== true) return Buffer.concat(received);
    await delay(20);
  }
}
