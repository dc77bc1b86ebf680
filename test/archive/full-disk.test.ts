import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { numbersBelow, upTo } from './archived.ts';
import type { ChildSettings } from './archiving-child.ts';
import { numberedStream } from './numbered-stream.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-full-'));
const mounts: string[] = [];
after(() => {
  for (const folder of mounts) spawnSync('umount', [folder]);
  rmSync(root, { recursive: true });
});
const CHILD = join(import.meta.dirname, 'archiving-child.js');
/** What is free on the small disk before the archive is started. */
const FREE_BYTES = 16 << 10;

/** A small file system that is almost full; undefined where that is not allowed. */
function fullDisk(name: string): string | undefined {
  const folder = join(root, name);
  mkdirSync(folder);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder]).status !== 0) return undefined;
  mounts.push(folder);
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, 'filler'), Buffer.alloc(bavail * bsize - FREE_BYTES));
  return folder;
}

for (const where of ['state', 'out'] as const) {
  test(`a full disk below the ${where === 'state' ? 'journal' : 'files'} stops the stream, and loses nothing`, async (t) => {
    const disk = fullDisk(where);
    if (disk === undefined) return t.skip('file systems cannot be mounted');
    const stream = { frames: 150, seed: 3, seconds: 90 };
    const other = join(root, `other-${where}`);
    const folders = where === 'state' ? { state: disk, out: other } : { state: other, out: disk };
    const mode = { mode: ['time', '10s'], name: 'a.%H.%M.%S' };
    const settings: ChildSettings = { stream, ...folders, ...mode, from: 0, dieAt: 0, dieBefore: false };
    const child = spawn(process.execPath, [CHILD, JSON.stringify(settings)]);
    let acknowledged = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (acknowledged += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const closed = once(child, 'close');
    while (!said.includes('ENOSPC')) await once(child.stderr, 'data');
    const before = acknowledged.trim().split('\n').length;
    assert.ok(before < stream.frames);
    rmSync(join(disk, 'filler'));
    assert.deepEqual(await closed, [0, null]);
    assert.equal(said.match(/ENOSPC/g)?.length, 1, said);
    assert.match(said, /goes on/);
    assert.equal(acknowledged.trim().split('\n').length, stream.frames);
    const records = numberedStream(stream).reduce((sum, { rows }) => sum + rows, 0);
    assert.deepEqual(await numbersBelow(folders.out), upTo(records));
  });
}
