import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Script } from 'node:vm';

const ROOT = join(import.meta.dirname, '../../..');
const { bin, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly bin: Readonly<Record<string, string>>;
  readonly version: string;
};

/** The package as someone may have it who made nothing himself. */
const folder = mkdtempSync(join(tmpdir(), 'panoptes-code-'));
after(() => rmSync(folder, { recursive: true }));
for (const path of ['package.json', 'dist/bin', 'dist/bundle']) {
  cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter: (name) => !name.endsWith('.code') });
}

test('V8 takes the code that was compiled for each command at set-up', () => {
  type Start = { load(command: string): { readonly script: Script } };
  const start = createRequire(import.meta.url)(join(ROOT, 'dist/bundle/commands/start.js')) as Start;
  for (const name of Object.keys(bin)) assert.equal(start.load(name).script.cachedDataRejected, false, name);
});

const CODE = readFileSync(join(ROOT, 'dist/bundle/commands/ra.code'));

for (const { name, root, flags, code } of [
  { name: 'without code', root: folder, flags: [] },
  { name: 'with code of other flags of V8', root: ROOT, flags: ['--max-old-space-size=300'] },
  { name: 'with code that was cut short', root: folder, flags: [], code: CODE.subarray(0, CODE.length - 1000) },
]) {
  test(`commands run ${name}, if more slowly`, () => {
    if (code !== undefined) writeFileSync(join(root, 'dist/bundle/commands/ra.code'), code);
    const args = [...flags, join(root, 'dist/bin/ra'), '--version'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `ra (Panoptes) ${version}\n`, stderr: '' });
  });
}
