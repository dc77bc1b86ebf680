import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ROOT, folders, readText, trackedFiles } from './tree.ts';

type Manifest = {
  readonly bin: Readonly<Record<string, string>>;
  readonly man: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
const manifest = JSON.parse(readText('package.json')) as Manifest;

test('bin lists every command, and nothing else', () => {
  const expected = Object.fromEntries(folders('apps').map((name) => [name, `dist/bin/${name}`]));
  assert.deepEqual({ ...manifest.bin }, expected);
});

test('every command has a main.ts', () => {
  const without = folders('apps').filter((name) => !existsSync(join(ROOT, 'apps', name, 'main.ts')));
  assert.deepEqual(without, []);
});

test('the programs that the scripts start exist', () => {
  const programs = Object.values(manifest.scripts).flatMap((script) => script.match(/\b(dist|deploy)\/\S+/g) ?? []);
  const missing = programs
    .map((path) => path.replace(/^dist\/bin\/(\S+)$/, 'apps/$1/main.ts').replace(/^dist\/(\S+)\.js$/, '$1.ts'))
    .filter((path) => !path.endsWith('/') && !existsSync(join(ROOT, path)));
  assert.deepEqual(missing, []);
});

test('every command has its man page in the package', () => {
  const pages = Object.keys(manifest.bin).map((name) => `dist/share/man/man1/${name}.1`);
  assert.deepEqual(manifest.man, pages);
});

test('every script that needs a prepared clone prepares it', () => {
  const bare = Object.keys(manifest.scripts).filter(
    (name) => !/^(pre|build$)/.test(name) && manifest.scripts[`pre${name}`] !== 'node deploy/setup.mjs',
  );
  assert.deepEqual(bare, []);
});

test('dependencies are pinned to one version', () => {
  const versions = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };
  const loose = Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  assert.deepEqual(loose, []);
});

test('the top level holds what the architecture page says, and dotfiles', (t) => {
  const files = trackedFiles();
  if (files.length === 0) return t.skip('not a git clone');
  const top = new Set(files.map((path) => path.split('/')[0] ?? '').filter((name) => !name.startsWith('.')));
  const expected = 'LICENSE README.md apps deploy docs libs package-lock.json package.json test tsconfig.json';
  assert.equal([...top].sort().join(' '), expected);
});
