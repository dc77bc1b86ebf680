import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

for (const { name, root, flags } of [
  { name: 'without code', root: folder, flags: [] },
  { name: 'with code of other flags of V8', root: ROOT, flags: ['--max-old-space-size=300'] },
]) {
  test(`commands run ${name}, if more slowly`, () => {
    const args = [...flags, join(root, 'dist/bin/ra'), '--version'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `ra (Panoptes) ${version}\n`, stderr: '' });
  });
}
