import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { logStyleOf } from '../../libs/cli/log-style.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { commandLine } from '../support/run-command.ts';

test('--log: the last one counts, and a form that is none is an error that knows the nearest', () => {
  assert.equal(logStyleOf(['--port=1']), undefined);
  assert.equal(logStyleOf(['--log=json', '--log=text']), undefined);
  assert.equal(logStyleOf(['--log=text', '--log=json']), 'json');
  assert.throws(
    () => logStyleOf(['--log=jsn']),
    (error) => error instanceof UsageError && /'json'/.test(error.hint),
  );
});

const NO_FILE = ['-X', '-r', '/nowhere/at/all'];

/** What argus says of a file that is not there, into a file whose numbers JOURNAL_STREAM has, or has not. */
function said(args: readonly string[], isJournal: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'log-style-'));
  const path = join(folder, 'stderr');
  const fd = openSync(path, 'w');
  try {
    const { dev, ino } = fstatSync(fd);
    const JOURNAL_STREAM = isJournal ? `${dev}:${ino}` : `${dev}:${ino + 1}`;
    spawnSync(process.execPath, commandLine('argus', ...args), {
      stdio: ['ignore', 'ignore', fd],
      env: { ...process.env, JOURNAL_STREAM },
    });
    return readFileSync(path, 'utf8');
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}

test('messages have a priority where the journal reads them, and nowhere else', () => {
  assert.match(said(NO_FILE, true), /^<3>argus: .*nowhere.*\n$/);
  assert.match(said(NO_FILE, false), /^argus: .*nowhere.*\n$/);
});

test('with --log json each message is an object, the last one too', () => {
  const lines = said(['--log', 'json', ...NO_FILE], true)
    .trimEnd()
    .split('\n');
  const [message] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(lines.length, 1);
  assert.deepEqual([message?.['program'], message?.['level']], ['argus', 'error']);
  assert.match(String(message?.['message']), /nowhere/);
});
