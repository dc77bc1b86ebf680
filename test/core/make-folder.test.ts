import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeFolder } from '../../libs/core/make-folder.ts';

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-folder-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a folder is made with all above it, and one that is there stays as it is', (t) => {
  const base = place(t);
  const folder = join(base, 'a', 'b', 'c');
  assert.equal(makeFolder(folder, 0o750), join(base, 'a'));
  for (const part of ['a', 'a/b', 'a/b/c']) assert.equal(statSync(join(base, part)).mode & 0o777, 0o750);
  assert.equal(makeFolder(folder), undefined);
  mkdirSync(join(base, 'x'));
  assert.equal(makeFolder(join(base, 'x', 'y')), join(base, 'x', 'y'));
});

test('what stands in the way is an error', (t) => {
  const base = place(t);
  writeFileSync(join(base, 'file'), '');
  assert.throws(() => makeFolder(join(base, 'file')), { code: 'EEXIST' });
  assert.throws(() => makeFolder(join(base, 'file', 'a', 'b')), { code: /ENOTDIR|EEXIST/ });
});

test('where nothing can be made, it ends and says so', { skip: !existsSync('/proc/self') && 'no /proc' }, () => {
  assert.throws(() => makeFolder('/proc/panoptes/archive/.state'), { code: 'ENOENT' });
});
