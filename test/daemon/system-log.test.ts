import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { log, setLogOutput } from '../../libs/core/log.ts';
import { openSystemLog } from '../../libs/daemon/system-log.ts';
import { NotifySocket } from '../support/notify-socket.ts';

const python = spawnSync('python3', ['--version']).status === 0;
const skip = process.platform !== 'linux' ? 'for Linux' : python ? false : 'python3 is not installed';

test('in the background, messages go to the log of the machine, also when that begins anew', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'system-log-'));
  const path = join(folder, 'log');
  const said: string[] = [];
  t.after(() => {
    setLogOutput((text) => said.push(text), 'plain');
    rmSync(folder, { recursive: true });
  });
  assert.equal(await openSystemLog(path), undefined);
  {
    using first = await NotifySocket.open(path);
    const use = await openSystemLog(path);
    use?.();
    log('argus', 'warning', 'a link went down');
    await first.until('went down');
    assert.match(first.messages[0] ?? '', /^<28>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d argus\[\d+\]: a link went down$/);
  }
  rmSync(path);
  log('argus', 'warning', 'nobody hears this');
  using second = await NotifySocket.open(path);
  log('argus', 'info', 'it came back');
  await second.until('came back');
});
