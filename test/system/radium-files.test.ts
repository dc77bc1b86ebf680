import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunningCommand } from '../support/run-command.ts';
import { accountOf, freePort, HOST, StreamLab, until } from '../support/stream-lab.ts';

const PATIENCE = { timeout: 60_000 };

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
