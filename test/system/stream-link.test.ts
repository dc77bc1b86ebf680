import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { NetLab, netLabMissing } from '../support/netlab.ts';
import { RunningCommand } from '../support/run-command.ts';
import { accountFulfils, accountOf, FedProbe, StreamLab, until } from '../support/stream-lab.ts';
import { join } from 'node:path';
import { PATIENCE } from '../support/patience.ts';

test(
  'the way between two machines is down for longer than every time-out: nothing is lost, nothing doubled',
  { skip: netLabMissing(), ...PATIENCE },
  async () => {
    await using lab = new StreamLab();
    await using net = await NetLab.create();
    const there = net.prefix('a');
    const here = net.prefix('b');
    const state = (name: string): string[] => ['--state', join(lab.folder, name)];
    const probe = new FedProbe(4000, join(lab.folder, 'probe'), '127.0.0.1', there);
    lab.start(probe.command);
    const times = ['--retry', '0.2', '--stall', '1'];
    const radium = (words: readonly string[], name: string, prefix: readonly string[]): RunningCommand =>
      lab.start(new RunningCommand('radium', [...words, ...times, ...state(name)], {}, prefix));
    radium(['-S', '127.0.0.1:4000', '-B', '10.99.0.1', '-P', '3999', '--heartbeat', '0.2'], 'router', there);
    // Only where the way goes down: a probe that has nothing to say would be taken for dead, and could end while nobody is connected.
    const impatient = ['--silence', '1', '--heartbeat', '0.2'];
    const far = radium(['-S', '10.99.0.1:3999', '-B', '127.0.0.1', '-P', '4001', ...impatient], 'hq', here);
    const out = ['-M', 'count', '1000000', '-w', join(lab.folder, 'out')];
    const archive = ['-S', '127.0.0.1:4001', '--name', 'keeper', '--retry', '0.2', ...out, ...state('archive')];
    lab.start(new RunningCommand('rastream', archive, {}, here));
    const journal = join(lab.folder, 'archive/rastream-keeper/journal');
    const archived = (least: number): Promise<void> => accountFulfils(journal, ({ packets }) => packets >= least);
    probe.feed(2000);
    await archived(1000);
    for (let turn = 0; turn < 2; turn++) {
      await net.linkDown();
      const before = far.stderr.length;
      for (let i = 0; i < 20; i++) {
        probe.feed(1000);
        await delay(10);
      }
      await until(() => /silent for 1000 ms|cannot reach/.test(far.stderr.slice(before)));
      await net.linkUp();
      await until(() => far.stderr.slice(before).includes('connected to'));
      await archived(probe.sent - 1000);
    }
    await probe.end();
    await archived(probe.sent);
    const { packets, doubles, lost, ranges } = accountOf(journal);
    assert.deepEqual({ packets, doubles, lost }, { packets: probe.sent, doubles: 0, lost: 0 });
    for (const of of ranges) assert.equal(of.length, 1, JSON.stringify(of));
  },
);
