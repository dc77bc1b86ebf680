import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, HOST } from '../support/free-port.ts';
import { StreamLab, until } from '../support/stream-lab.ts';
import { PATIENCE } from '../support/patience.ts';

test('radium and rastream killed in turn while records come: every record once', PATIENCE, async () => {
  await using lab = new StreamLab();
  const [probePort, radiumPort] = [await freePort(), await freePort()];
  const probe = lab.probe(probePort);
  let radium = lab.radium([`${HOST}:${probePort}`], radiumPort);
  let rastream = lab.rastream(radiumPort, 'keeper');
  for (let turn = 0; turn < 6; turn++) {
    const before = probe.sent;
    for (let i = 0; i < 10; i++) {
      probe.feed(200);
      await delay(10);
    }
    if (turn % 2 === 0) {
      radium.process.kill('SIGKILL');
      await radium.status;
      probe.feed(500);
      radium = lab.radium([`${HOST}:${probePort}`], radiumPort);
    } else {
      rastream.process.kill('SIGKILL');
      await rastream.status;
      probe.feed(500);
      rastream = lab.rastream(radiumPort, 'keeper');
    }
    await lab.archived('keeper', ({ packets }) => packets > before);
  }
  await probe.end();
  await lab.archived('keeper', ({ packets }) => packets >= probe.sent);
  const { packets, doubles, lost, ranges } = lab.account('keeper');
  assert.deepEqual({ packets, doubles, lost }, { packets: probe.sent, doubles: 0, lost: 0 });
  for (const of of ranges) assert.equal(of.length, 1, JSON.stringify(of));
});

test('a probe that is killed: what it had sent is archived without a hole, and its end is said', PATIENCE, async () => {
  await using lab = new StreamLab();
  const [probePort, radiumPort] = [await freePort(), await freePort()];
  const probe = lab.probe(probePort);
  const radium = lab.radium([`${HOST}:${probePort}`], radiumPort);
  const rastream = lab.rastream(radiumPort, 'keeper');
  for (let i = 0; i < 10; i++) {
    probe.feed(200);
    await delay(10);
  }
  await lab.archived('keeper', ({ packets }) => packets > 1000);
  probe.command.process.kill('SIGKILL');
  await probe.command.status;
  const next = lab.probe(probePort);
  next.feed(1000);
  await until(() => /was killed/.test(next.command.stderr));
  const ENDED = /the run of probe 0\.0\.0\.0 from \S+ ended after number \d+ without farewell/;
  await until(() => ENDED.test(radium.stderr) && ENDED.test(rastream.stderr));
  await next.end();
  await lab.archived('keeper', ({ packets }) => packets >= 1000 + next.sent);
  const { doubles, lost, ranges } = lab.account('keeper');
  assert.deepEqual({ doubles, lost }, { doubles: 0, lost: 0 });
  assert.equal(ranges.filter((of) => of.some(([, count]) => count > 1)).length >= 2, true);
  for (const of of ranges) assert.ok(of.length <= 1, JSON.stringify(of));
});

test('a reader that stands still delays nobody; a named one gets everything in the end', PATIENCE, async () => {
  await using lab = new StreamLab();
  const [probePort, radiumPort] = [await freePort(), await freePort()];
  const probe = lab.probe(probePort);
  lab.radium([`${HOST}:${probePort}`], radiumPort, '--stall', '2', '--keep-memory', '1');
  const still = lab.rastream(radiumPort, 'still');
  lab.rastream(radiumPort, 'brisk');
  // A reader that comes for the first time gets what others wait for, and no more.
  await lab.known(radiumPort, 'still', 'brisk');
  probe.feed(1000);
  await lab.archived('still', ({ packets }) => packets > 0);
  await lab.archived('brisk', ({ packets }) => packets > 0);
  still.process.kill('SIGSTOP');
  for (let i = 0; i < 20; i++) {
    probe.feed(5000);
    await delay(10);
  }
  await lab.archived('brisk', ({ packets }) => packets > 99_000);
  still.process.kill('SIGCONT');
  await probe.end();
  for (const name of ['brisk', 'still']) {
    await lab.archived(name, ({ packets }) => packets >= probe.sent);
    const { packets, doubles, lost, ranges } = lab.account(name);
    assert.deepEqual({ packets, doubles, lost }, { packets: probe.sent, doubles: 0, lost: 0 });
    for (const of of ranges) assert.equal(of.length, 1, JSON.stringify(of));
  }
});

test('what is beyond all limits is lost, and the gaps say exactly what', PATIENCE, async () => {
  await using lab = new StreamLab();
  const [probePort, radiumPort] = [await freePort(), await freePort()];
  const probe = lab.probe(probePort);
  const radium = lab.radium([`${HOST}:${probePort}`], radiumPort, '--keep-memory', '0.05', '--keep-disk', '0');
  let rastream = lab.rastream(radiumPort, 'away');
  probe.feed(1000);
  await lab.archived('away', ({ packets }) => packets > 0);
  rastream.process.kill('SIGTERM');
  await rastream.status;
  for (let i = 0; i < 60; i++) {
    probe.feed(10_000);
    await delay(10);
  }
  await probe.end();
  await until(() => /farewell/.test(radium.stderr));
  rastream = lab.rastream(radiumPort, 'away');
  await until(() => /lost on their way/.test(rastream.stderr));
  // The last record is the stop record: with it, all has come.
  await lab.archived('away', ({ ranges }) => ranges.some((of) => of.length === 1 && of[0]![1] > 50_000));
  const { doubles, lost, ranges } = lab.account('away');
  assert.equal(doubles, 0);
  assert.ok(lost > 0);
  for (const of of ranges) assert.equal(of.length, 1, JSON.stringify(of));
});

test(
  'two multiplexers with the same records: when one is killed the other goes on, without a double',
  PATIENCE,
  async () => {
    await using lab = new StreamLab();
    const [probePort, a, b] = [await freePort(), await freePort(), await freePort()];
    const probe = lab.probe(probePort);
    const first = lab.radium([`${HOST}:${probePort}`], a, '--name', 'first');
    lab.radium([`${HOST}:${probePort}`], b, '--name', 'second');
    const words = ['-S', `${HOST}:${a},${HOST}:${b}`];
    lab.rastream(a, 'either', ...words);
    lab.rastream(b, 'second');
    // Nothing is kept for whom one does not know yet.
    await lab.knownToProbe(2);
    await lab.known(a, 'either');
    await lab.known(b, 'either', 'second');
    probe.feed(2000);
    for (const name of ['either', 'second']) await lab.archived(name, ({ packets }) => packets > 0);
    first.process.kill('SIGKILL');
    probe.feed(2000);
    await probe.end();
    await lab.archived('either', ({ packets }) => packets >= probe.sent);
    const { packets, doubles, lost } = lab.account('either');
    assert.deepEqual({ packets, doubles, lost }, { packets: probe.sent, doubles: 0, lost: 0 });
  },
);
