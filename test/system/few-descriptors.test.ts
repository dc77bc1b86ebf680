import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { commandLine } from '../support/run-command.ts';
import { recordBatch } from '../support/records.ts';

const FILES = 300;

test('a folder of more files than a process may have open is read whole', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'few-descriptors-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const bytes = encodeBatch(recordBatch([{ stime: 1e15, spkts: 1 }]));
  for (let i = 0; i < FILES; i++) writeFileSync(join(folder, `${i}`), bytes);
  for (const limit of [64, 80, 128]) {
    const command = commandLine('racount', '-R', folder);
    const words = ['-c', `ulimit -n ${limit}; exec "$@"`, 'sh', process.execPath, ...command];
    const { status, stdout, stderr } = spawnSync('sh', words, { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, ''], `${limit} descriptors`);
    assert.match(stdout, new RegExp(`^ +sum +${FILES} `, 'm'));
  }
});
