import assert from 'node:assert/strict';
import { chmod, copyFile, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { looksLikeArgus3 } from '../../libs/interop/argus3/recognise.ts';
import { flowBatch } from '../support/flow-batch.ts';
import { runCommand } from '../support/run-command.ts';

const ARGUS = join(import.meta.dirname, '../../../test/interop/argus3/argus3/06-udp-dns.arg');

for (const command of ['racluster', 'rasort']) {
  test(`${command} -M replace keeps the rights of the file, links to it, files beside it, and its format`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), `${command}-replaced-`));
    t.after(() => rm(folder, { recursive: true }));
    const [own, link, theirs, packed] = ['own', 'link', 'theirs', 'packed'].map((name) => join(folder, name)) as [string, string, string, string]; // prettier-ignore
    await writeFile(own, encodeBatch(flowBatch({ rows: 300, seed: 1, repeats: true })));
    await chmod(own, 0o640);
    await symlink('own', link);
    await writeFile(`${own}.new`, 'somebody else’s');
    await copyFile(ARGUS, theirs);
    await writeFile(packed, gzipSync(await readFile(ARGUS)));
    const { status, stderr } = await runCommand(command, ['-X', '-M', 'replace', '-r', link, theirs, packed]);
    assert.deepEqual([status, stderr], [0, '']);
    assert.ok((await lstat(link)).isSymbolicLink());
    assert.equal((await stat(own)).mode & 0o777, 0o640);
    for (const path of [theirs, packed]) assert.ok(looksLikeArgus3(await readFile(path)), path);
    assert.deepEqual((await readdir(folder)).toSorted(), ['link', 'own', 'own.new', 'packed', 'theirs']);
    assert.equal(await readFile(`${own}.new`, 'utf8'), 'somebody else’s');
  });
}

for (const mode of ['ind', 'replace']) {
  test(`racluster -M ${mode}: a part of the tree that cannot be read is a failure, and the rest is done`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'racluster-tree-'));
    t.after(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'own'), encodeBatch(flowBatch({ rows: 300, seed: 1, repeats: true })));
    await symlink('gone', join(folder, 'dead'));
    const { status, stderr } = await runCommand('racluster', ['-X', '-q', '-M', mode, '-R', folder]);
    assert.match(stderr, /^racluster: cannot read .*dead: no such file or folder\n$/);
    assert.equal(status, 1);
  });
}

const PARTS: readonly (readonly [words: string, says: RegExp])[] = [
  ['-r FILE - tcp', /whole files/],
  ['-r FILE -N 5', /whole files/],
  ['-r FILE -t -1h', /whole files/],
  ['-r FILE -w other', /whole files/],
  ['-r -', /whole files/],
  ['-r FILE::0', /whole files, not .*::0/],
];

for (const command of ['racluster', 'rasort']) {
  test(`${command} -M replace: nothing that would throw records away is done`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), `${command}-parts-`));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, 'own');
    const bytes = encodeBatch(flowBatch({ rows: 300, seed: 1, repeats: true }));
    await writeFile(file, bytes);
    for (const [words, says] of PARTS) {
      const args = words.split(' ').map((word) => word.replace('FILE', file));
      const { status, stderr } = await runCommand(command, ['-X', '-M', 'replace', ...args]);
      assert.match(stderr, says, words);
      assert.equal(status, 2, words);
    }
    assert.deepEqual(new Uint8Array(await readFile(file)), new Uint8Array(bytes));
  });
}
