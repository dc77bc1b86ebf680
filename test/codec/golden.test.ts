import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { canonical } from '../support/canonical.ts';
import { decodedAll } from '../support/frames.ts';

/**
 * Frames as every released version wrote them, each file with the records that it holds: as JSON, or, where they are many, as
 * the SHA-256 of that. They are never written again: what was once a file of records stays one.
 */
const FOLDER = join(import.meta.dirname, '../../../test/codec/golden');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.frames'));

test('frames of version 1 are kept', () => {
  assert.deepEqual(FILES.filter((name) => name.startsWith('v1-')).sort(), [
    'v1-flows-column-by-column.frames',
    'v1-flows-whole.frames',
    'v1-kinds-of-batches.frames',
    'v1-odd-values.frames',
  ]);
});

for (const name of FILES) {
  test(`frames of an earlier version still say the same: ${name}`, () => {
    const expected: unknown = JSON.parse(readFileSync(join(FOLDER, name.replace('.frames', '.json')), 'utf8'));
    const batches = JSON.stringify(decodedAll(readFileSync(join(FOLDER, name))).map(canonical));
    if (typeof expected === 'string') assert.equal(createHash('sha256').update(batches).digest('hex'), expected);
    else assert.deepEqual(JSON.parse(batches), expected);
  });
}
