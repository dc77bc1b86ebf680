import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../libs/synthetic/random.ts';
import { encodeAcknowledgement, encodeHello } from '../../libs/transport/handshake.ts';
import { netLabMissing } from '../support/netlab.ts';
import type { RunningCommand } from '../support/run-command.ts';
import { freePort, HOST } from '../support/free-port.ts';
import { StreamLab, until } from '../support/stream-lab.ts';
import { PATIENCE } from '../support/patience.ts';

const HELLO = { version: 1, program: 'stranger', filter: '', fields: undefined, name: '', have: [], token: '' };

/** What a stranger says, whole, in part or changed; or nothing. */
function words(random: Random): Uint8Array {
  const name = random.between(0, 3) === 0 ? `stranger-${random.between(0, 3)}` : '';
  const filter = random.between(0, 2) === 0 ? 'udp and port 53' : '';
  const said = Buffer.concat([encodeHello({ ...HELLO, name, filter }), encodeAcknowledgement(random.between(0, 5))]);
  switch (random.between(0, 6)) {
    case 0:
      return new Uint8Array(0);
    case 1:
      return said.subarray(0, random.between(1, said.length - 1));
    case 2:
      said[random.between(0, said.length - 1)]! ^= 1 << random.between(0, 7);
      return said;
    case 3:
      return Uint8Array.from({ length: random.between(1, 300) }, () => random.between(0, 255));
    case 4:
      return Buffer.from(`FILTER: man or (${filter})`);
    case 5:
      return Buffer.from('START: '.slice(0, random.between(1, 7)));
    default:
      return said;
  }
}

async function visit(port: number, random: Random): Promise<void> {
  const socket: Socket = connect(port, HOST);
  socket.on('error', () => undefined);
  const bytes = words(random);
  const stay = random.between(0, 30);
  const abrupt = random.between(0, 1) === 0;
  const reads = random.between(0, 1) === 0;
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  if (reads) socket.resume();
  socket.write(bytes);
  await delay(stay);
  if (abrupt) socket.resetAndDestroy();
  else socket.destroy();
}

const descriptors = (command: RunningCommand): number => readdirSync(`/proc/${command.process.pid}/fd`).length;

test(
  'a thousand strangers come and go as they like; the archive misses nothing, and nothing is left of them',
  PATIENCE,
  async () => {
    await using lab = new StreamLab();
    const [probePort, port] = [await freePort(), await freePort()];
    const probe = lab.probe(probePort);
    const radium = lab.radium([`${HOST}:${probePort}`], port);
    lab.rastream(port, 'keeper');
    probe.feed(2000);
    await lab.archived('keeper', ({ packets }) => packets >= 1000);
    const before = { radium: descriptors(radium), probe: descriptors(probe.command) };
    const random = new Random(11);
    for (let round = 0; round < 50; round++) {
      probe.feed(200);
      await Promise.all(Array.from({ length: 20 }, () => visit(round % 2 === 0 ? port : probePort, random)));
    }
    await until(() => descriptors(radium) <= before.radium && descriptors(probe.command) <= before.probe);
    await probe.end();
    await lab.archived('keeper', ({ packets }) => packets >= probe.sent);
    const { packets, doubles, lost } = lab.account('keeper');
    assert.deepEqual({ packets, doubles, lost }, { packets: probe.sent, doubles: 0, lost: 0 });
    const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${radium.process.pid}/status`, 'utf8'))?.[1]) / 1024;
    assert.ok(peak < 400, `${peak} MiB`);
    assert.match(radium.stderr, /client \S+ refused: not a message of this stream/);
  },
);

test(
  'a full disk is said, costs nothing that memory and disk hold, and is used again when there is room',
  { ...PATIENCE, skip: netLabMissing() },
  async () => {
    await using lab = new StreamLab();
    const [probePort, port] = [await freePort(), await freePort()];
    const state = join(lab.folder, `radium-${port}`);
    mkdirSync(state);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24k', 'tmpfs', state]);
    using _ = { [Symbol.dispose]: () => execFileSync('umount', ['-l', state]) };
    const probe = lab.probe(probePort);
    const radium = lab.radium([`${HOST}:${probePort}`], port, '--keep-memory', '0.02', '--name', 'middle');
    const archive = lab.rastream(port, 'keeper');
    probe.feed(1000);
    await lab.archived('keeper', ({ packets }) => packets > 0);
    archive.process.kill('SIGKILL');
    await archive.status;
    while (!/cannot keep records in/.test(radium.stderr)) {
      probe.feed(1000);
      await delay(20);
    }
    execFileSync('mount', ['-o', 'remount,size=16m', state]);
    await until(() => {
      probe.feed(1000);
      return /can be written again/.test(radium.stderr);
    });
    await probe.end();
    lab.rastream(port, 'keeper');
    await lab.archived('keeper', ({ ranges }) => {
      return ranges.some((of) => of[0]![1] > 1000) && ranges.every((of) => of.length === 1);
    });
    assert.equal(lab.account('keeper').doubles, 0);
  },
);
