import assert from 'node:assert/strict';
import { basename } from 'node:path';
import test from 'node:test';
import { readText, sources, type Source } from './tree.ts';

const product = [...sources('libs'), ...sources('apps')];
const all = [...product, ...sources('test')];

const paths = (wrong: readonly Source[]): string[] => wrong.map(({ path }) => path);
const isIn =
  (...folders: string[]) =>
  (source: Source) =>
    folders.some((folder) => source.path.startsWith(folder));

test('relative imports name the .ts file that defines the thing', () => {
  const wrong = all.filter(({ imports }) => imports.some((name) => name.startsWith('.') && !name.endsWith('.ts')));
  assert.deepEqual(paths(wrong), []);
});

test('no file gathers the exports of others', () => {
  const wrong = all.filter(
    ({ path, code }) => basename(path) === 'index.ts' || /\bexport\s+(type\s+)?(\*|\{[^}]*\}\s*from\b)/.test(code),
  );
  assert.deepEqual(paths(wrong), []);
});

test('no file or folder is named for having no subject', () => {
  const wrong = all.filter(({ path }) => /(^|\/|-)(utils?|helpers?|common|misc|shared)(\/|-|\.ts$)/.test(path));
  assert.deepEqual(paths(wrong), []);
});

test('only the command line, daemons and the commands touch arguments, environment, exit and standard output', () => {
  const touches = /(?<![#.])\bprocess\s*\.\s*(argv|exit|exitCode|env|stdout)\b|from 'node:process'/;
  const wrong = product.filter(
    (source) => !isIn('libs/cli/', 'libs/daemon/', 'apps/')(source) && touches.test(source.code),
  );
  assert.deepEqual(paths(wrong), []);
});

test('only the log and the command line write to standard error', () => {
  const wrong = product.filter(
    ({ path, code }) =>
      path !== 'libs/core/log.ts' &&
      !path.startsWith('libs/cli/') &&
      /(?<![#.])\bprocess\s*\.\s*stderr\b|\bconsole\s*\./.test(code),
  );
  assert.deepEqual(paths(wrong), []);
});

test('each package that we depend on is imported by one file', () => {
  const users = new Map<string, string[]>();
  for (const { path, imports } of product) {
    const packages = new Set(imports.filter((name) => !/^(\.|node:)/.test(name)).map(packageName));
    for (const name of packages) users.set(name, [...(users.get(name) ?? []), path]);
  }
  const shared = [...users].filter(([, files]) => files.length > 1);
  assert.deepEqual(shared, []);

  const { dependencies, optionalDependencies } = JSON.parse(readText('package.json')) as Record<
    string,
    Record<string, string>
  >;
  const declared = new Set(Object.keys({ ...dependencies, ...optionalDependencies }));
  const undeclared = [...users.keys()].filter((name) => !declared.has(name));
  assert.deepEqual(undeclared, []);
});

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
