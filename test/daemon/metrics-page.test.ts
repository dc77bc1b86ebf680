import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../../..');

/** Names of metrics as they stand in these quotes. */
function names(text: string, quote: string): string[] {
  return [...text.matchAll(new RegExp(`${quote}(panoptes_[a-z_]+)${quote}`, 'g'))].map(([, name = '']) => name);
}

test('docs/running.md names each metric that a daemon gives, and no other', () => {
  const given = ['libs', 'apps'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => names(readFileSync(join(ROOT, folder, path), 'utf8'), "'")),
  );
  const described = names(readFileSync(join(ROOT, 'docs/running.md'), 'utf8'), '`');
  assert.ok(given.length > 10);
  assert.deepEqual([...new Set(described)].sort(), [...new Set(given)].sort());
  assert.equal(new Set(described).size, described.length, 'each once');
});
