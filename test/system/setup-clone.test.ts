import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';

const ROOT = join(import.meta.dirname, '../../..');

/**
 * A clone in small: our set-up and settings, one command, one test; with the packages at hand unless told otherwise.
 * Its npm has no network, and cannot touch the packages that it shares with the real clone.
 */
function smallClone(t: TestContext, { packages = true } = {}): string {
  const clone = mkdtempSync(join(tmpdir(), 'panoptes-setup-'));
  t.after(() => rmSync(clone, { recursive: true }));
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'deploy']) {
    cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  }
  if (packages) symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  write(clone, 'bin/npm', '#!/bin/sh\necho "npm error code ENOTFOUND" >&2\nexit 1\n');
  chmodSync(join(clone, 'bin/npm'), 0o755);
  write(clone, 'libs/word/word.ts', "export const word: string = 'seen';\n");
  write(clone, 'apps/look/main.ts', "import { word } from '../../libs/word/word.ts';\nconsole.log(word);\n");
  write(clone, 'test/word/word.test.ts', "import '../../libs/word/word.ts';\n");
  return clone;
}

function write(clone: string, path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
}

function setUp(clone: string): { status: number | null; said: string } {
  const env = { ...process.env, PATH: [join(clone, 'bin'), process.env['PATH']].join(delimiter) };
  const result = spawnSync(process.execPath, [join(clone, 'deploy/setup.mjs')], { encoding: 'utf8', env });
  assert.equal(result.stdout, '', 'standard output belongs to the program that is started');
  return { status: result.status, said: result.stderr };
}

test('set-up makes commands that run, also through a link, and then has nothing to do', (t) => {
  const clone = smallClone(t);
  const first = setUp(clone);
  assert.deepEqual(first, { status: 0, said: 'panoptes: compiling …\n' });
  assert.equal(execFileSync(join(clone, 'dist/bin/look'), { encoding: 'utf8' }), 'seen\n');
  symlinkSync(join(clone, 'dist/bin/look'), join(clone, 'link'));
  assert.equal(execFileSync(join(clone, 'link'), { encoding: 'utf8' }), 'seen\n');

  const compiledAt = statSync(join(clone, 'dist/apps/look/main.js')).mtimeMs;
  assert.deepEqual(setUp(clone), { status: 0, said: '' });
  assert.equal(statSync(join(clone, 'dist/apps/look/main.js')).mtimeMs, compiledAt);
});

test('set-up follows the sources: changed, added and deleted', (t) => {
  const clone = smallClone(t);
  setUp(clone);
  write(clone, 'libs/word/word.ts', "export const word: string = 'changed';\n");
  write(clone, 'apps/again/main.ts', "import '../look/main.ts';\n");
  rmSync(join(clone, 'test/word'), { recursive: true });
  assert.equal(setUp(clone).status, 0);
  assert.equal(execFileSync(join(clone, 'dist/bin/again'), { encoding: 'utf8' }), 'changed\n');
  assert.ok(!existsSync(join(clone, 'dist/test/word')), 'a deleted test must not go on running');

  rmSync(join(clone, 'apps/again'), { recursive: true });
  assert.equal(setUp(clone).status, 0);
  assert.ok(!existsSync(join(clone, 'dist/bin/again')));
});

test('set-up passes on what the compiler found, and does not take a failed compilation for done', (t) => {
  const clone = smallClone(t);
  write(clone, 'libs/word/word.ts', 'export const word: string = 1;\n');
  for (const attempt of [1, 2]) {
    const { status, said } = setUp(clone);
    assert.equal(status, 1, `attempt ${attempt}`);
    assert.match(said, /libs\/word\/word\.ts\(1,14\): error TS2322/);
  }
});

test('without packages and without network, set-up says so', (t) => {
  const clone = smallClone(t, { packages: false });
  const { status, said } = setUp(clone);
  assert.equal(status, 1);
  assert.match(said, /the npm registry cannot be reached \(ENOTFOUND\)/);
});
