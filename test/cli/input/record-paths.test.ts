import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import test from 'node:test';
import { checkFiles, checkTrees, filesBelow } from '../../../libs/cli/input/record-paths.ts';
import { InputError } from '../../../libs/core/errors.ts';

async function tree(t: test.TestContext, files: readonly string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'record-paths-'));
  t.after(() => rm(root, { recursive: true }));
  for (const file of files) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), '');
  }
  return root;
}

async function below(root: string, path = root): Promise<string[]> {
  const found: string[] = [];
  for await (const file of filesBelow(path, assert.fail)) found.push(relative(root, file));
  return found;
}

test('files come folder by folder in the order of names; dot names do not', async (t) => {
  const root = await tree(t, ['b/2', 'b/1', 'a/x/9', 'a/y', 'c', '.hidden', '.git/config', 'a/.swp']);
  assert.deepEqual(await below(root), ['a/x/9', 'a/y', 'b/1', 'b/2', 'c']);
});

test('links that lead out of the tree are followed, and no file comes twice by one', async (t) => {
  const disk = await tree(t, ['2025/1', '2025/2', 'single', 'x/y/3']);
  const root = await tree(t, ['2026/1']);
  const links = [
    [join(root, '2026'), 'current'],
    [root, '2026/loop'],
    [join(disk, '2025'), '2025'],
    [join(disk, '2025'), 'again'],
    [join(disk, '2025'), '2025/itself'],
    [join(disk, 'single'), 'one'],
    [join(disk, 'single'), 'one-again'],
    [join(disk, 'x/y'), 'below'],
    [join(disk, 'x'), 'whole'],
  ] as const;
  for (const [target, name] of links) await symlink(target, join(root, name));
  assert.deepEqual(await below(root), ['2025/1', '2025/2', '2026/1', 'below/3', 'one']);
});

test('a link to nothing is told of, as a folder that cannot be read', async (t) => {
  const root = await tree(t, ['1']);
  await symlink('gone', join(root, 'dead'));
  await symlink('round', join(root, 'round'));
  const told: string[] = [];
  const files: string[] = [];
  for await (const file of filesBelow(root, ({ message }) => told.push(message))) files.push(file);
  assert.deepEqual(files, [join(root, '1')]);
  assert.match(told.join(), /dead: no such file.*round: too many symbolic links/);
});

test('what the command line names itself may be a file or a link to a folder', async (t) => {
  const root = await tree(t, ['a/1']);
  await symlink(join(root, 'a'), join(root, 'link'));
  assert.deepEqual(await below(root, join(root, 'a/1')), ['a/1']);
  assert.deepEqual(await below(root, join(root, 'link')), ['link/1']);
});

test('a missing file, a missing folder and a folder given as a file are found out before anything is read', async (t) => {
  const root = await tree(t, ['a/1']);
  checkFiles([join(root, 'a/1'), '-']);
  checkTrees([root]);
  assert.throws(() => checkFiles([join(root, 'a/1'), join(root, 'none')]), /none: no such file/);
  assert.throws(() => checkTrees([join(root, 'none')]), /none: no such file/);
  assert.throws(
    () => checkFiles([root]),
    (error) => error instanceof InputError && /-R/.test(error.hint),
  );
});

for (const [name, hint] of [
  ['host', /a lone - before it/],
  ['tcp', /a lone - before it/],
  ['cisco:flows', /NetFlow/],
  ['mysql://host/db/table', /Databases/],
  ['no-such-file', /^$/],
] as const) {
  test(`a file '${name}' that is not there`, async () => {
    assert.throws(
      () => checkFiles([name]),
      (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, /no such file/);
        assert.match(error.hint, hint);
        return true;
      },
    );
  });
}
