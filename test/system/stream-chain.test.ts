import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connectRecords } from '../../libs/transport/client.ts';
import { RunningCommand, runCommand } from '../support/run-command.ts';
import { freePort, HOST } from '../support/free-port.ts';
import { StreamLab, until } from '../support/stream-lab.ts';
import { PATIENCE } from '../support/patience.ts';

/** Promised are 100 ms; where other tests run beside, the least of some is nearest to what a quiet machine takes. */
const LATENCY_MS_MAX = 2000;

/** Whether a reader that stays until the signal is let in; the multiplexer's own start record is the first that it gets. */
async function isServed(port: number, signal: AbortSignal): Promise<boolean> {
  try {
    const records = connectRecords({ host: HOST, port, program: 'test', signal })[Symbol.asyncIterator]();
    return (await records.next()).done === false;
  } catch {
    return false;
  }
}

test('a chain of multiplexers, each killed while records come: every record once', PATIENCE, async () => {
  await using lab = new StreamLab();
  const [probePort, near, far] = [await freePort(), await freePort(), await freePort()];
  const probe = lab.probe(probePort);
  const start = {
    near: () => lab.radium([`${HOST}:${probePort}`], near),
    far: () => lab.radium([`${HOST}:${near}`], far),
  };
  const running = { near: start.near(), far: start.far() };
  lab.rastream(far, 'keeper');
  for (const which of ['near', 'far', 'near', 'far'] as const) {
    const before = probe.sent;
    for (let i = 0; i < 10; i++) {
      probe.feed(200);
      await delay(10);
    }
    running[which].process.kill('SIGKILL');
    await running[which].status;
    probe.feed(500);
    running[which] = start[which]();
    await lab.archived('keeper', ({ packets }) => packets >= before + 1);
  }
  await probe.end();
  await lab.archived('keeper', ({ packets }) => packets >= probe.sent);
  const { packets, doubles, lost, ranges } = lab.account('keeper');
  assert.deepEqual({ packets, doubles, lost }, { packets: probe.sent, doubles: 0, lost: 0 });
  for (const of of ranges) assert.equal(of.length, 1, JSON.stringify(of));
});

test('on a quiet stream a record is with the reader at once, through two multiplexers', PATIENCE, async (t) => {
  await using lab = new StreamLab();
  const [probePort, near, far] = [await freePort(), await freePort(), await freePort()];
  const probe = lab.probe(probePort);
  lab.radium([`${HOST}:${probePort}`], near);
  lab.radium([`${HOST}:${near}`], far);
  await until(() => isServed(far, AbortSignal.timeout(5000)));
  const reader = lab.start(new RunningCommand('ra', ['-S', `${HOST}:${far}`, '-n']));
  // Half a second of packets makes records due.
  await until(() => {
    probe.feed(50);
    return delay(200).then(() => reader.stdout !== '');
  });
  const taken: number[] = [];
  for (let turn = 0; turn < 10; turn++) {
    await delay(150); // nothing is on its way
    const { length } = reader.stdout;
    const beganMs = performance.now();
    probe.feed(50);
    await reader.until((stdout) => stdout.length > length);
    taken.push(performance.now() - beganMs);
  }
  const [least, middle, most] = [0, 5, 9].map((at) => Math.round(taken.toSorted((a, b) => a - b)[at]!));
  t.diagnostic(`from the packet to the line that ra prints: ${least}, ${middle}, ${most} ms (least, median, most)`);
  assert.ok(least! < LATENCY_MS_MAX, `${least} ms`);
});

test('one reader more than there is room for is refused, and told why', PATIENCE, async () => {
  await using lab = new StreamLab();
  const port = await freePort();
  const radium = lab.radium([`${HOST}:${await freePort()}`], port);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  await until(() => isServed(port, stop.signal));
  for (let readers = 1; readers < 128; readers++) assert.ok(await isServed(port, stop.signal));
  const { status, stderr } = await runCommand('ra', ['-S', `${HOST}:${port}`]);
  assert.equal(status, 1);
  assert.match(stderr, /^ra: 127\.0\.0\.1:\d+ refuses: all 128 places for readers are taken/);
  await until(() => /refused: all 128 places for readers are taken/.test(radium.stderr));
  stop.abort();
  await until(() => isServed(port, AbortSignal.timeout(5000)));
});
