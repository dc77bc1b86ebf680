import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { recordBatch } from '../support/records.ts';
import { RunningCommand } from '../support/run-command.ts';
import { freePort, HOST } from '../support/free-port.ts';
import { accountOf, StreamLab, until } from '../support/stream-lab.ts';
import { PATIENCE } from '../support/patience.ts';

test('two multiplexers that only write files are two readers, and no third writes one of these', PATIENCE, async () => {
  await using lab = new StreamLab();
  const port = await freePort();
  const probe = lab.probe(port);
  const folder = (name: string): string => join(lab.folder, name);
  const start = (name: string): RunningCommand => {
    mkdirSync(folder(name), { recursive: true });
    const words = ['-S', `${HOST}:${port}`, '-w', join(folder(name), 'records'), '--state', folder('state')];
    return lab.start(new RunningCommand('radium', ['-X', ...words, '--retry', '0.2']));
  };
  const running = [start('one'), start('two')];
  // Nothing is kept for whom the probe does not know yet.
  await lab.knownToProbe(2);
  const packets = (name: string): number => {
    return existsSync(join(folder(name), 'records')) ? accountOf(folder(name)).packets : 0;
  };
  for (let i = 0; i < 4; i++) {
    const before = probe.sent;
    probe.feed(300);
    await until(() => packets('one') > before && packets('two') > before);
  }
  const third = start('one');
  assert.equal(await third.status, 1);
  assert.match(third.stderr, new RegExp(`process ${running[0]!.process.pid} runs already`));
  await probe.end();
  await until(() => packets('one') === probe.sent && packets('two') === probe.sent);
});

test(
  'a multiplexer that serves elsewhere than before says where records lie that readers did not get',
  PATIENCE,
  async () => {
    await using lab = new StreamLab();
    const [port, before, now] = [await freePort(), await freePort(), await freePort()];
    const state = join(lab.folder, 'state');
    const left = join(state, `radium-${HOST}-${before}`);
    mkdirSync(join(left, 'spool'), { recursive: true });
    writeFileSync(join(left, 'spool', '0000000000000000.records'), '');
    const start = (): RunningCommand =>
      lab.start(
        new RunningCommand('radium', ['-X', '-S', `${HOST}:${port}`, '-B', HOST, '-P', String(now), '--state', state]),
      );
    const moved = start();
    await until(() => moved.stderr.includes(`records that readers did not get lie in ${left};`));
    moved.process.kill();
    await moved.status;
    writeFileSync(join(left, 'pid'), `${lab.radium([`${HOST}:${port}`], await freePort()).process.pid}\n`);
    const other = start();
    await until(() => other.stderr.includes('nothing listens there'));
    assert.doesNotMatch(other.stderr, /did not get/);
  },
);

test('all records of files that were sorted, divided or are read twice reach readers', PATIENCE, async () => {
  await using lab = new StreamLab();
  // As rasort writes them: each frame may have any of the numbers.
  const frames = (
    [
      [5, 0],
      [3, 0],
      [1, 9],
    ] as const
  ).map(([port, first]) => {
    const records = [port, port].map((sport) => ({ flowid: sport, stime: 1e15, ipproto: 6, sport, spkts: 1 }));
    return encodeBatch({ ...recordBatch(records), first, covers: 4 });
  });
  const file = join(lab.folder, 'sorted');
  writeFileSync(file, Buffer.concat(frames));
  const port = await freePort();
  lab.radium([], port, '-r', file, file);
  const words = ['-X', '-S', `${HOST}:${port}`, '-n', '-L', '-1', '-c', ',', '-s', 'sport'];
  let reader = lab.start(new RunningCommand('ra', words));
  while ((await reader.status) !== 0 && reader.stderr.includes('nothing listens there'))
    reader = lab.start(new RunningCommand('ra', words));
  assert.equal(reader.stderr, '');
  assert.deepEqual(reader.stdout.trim().split('\n'), '5 5 3 3 1 1 5 5 3 3 1 1'.split(' '));
});
