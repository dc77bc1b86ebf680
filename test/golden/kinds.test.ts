import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { KINDS_PATH } from './cases.ts';
import { recordsOfKinds } from './kinds.ts';

const sections = (text: string): string[] => text.split(/^(?=# )/m);

test('golden: the records of every link type, tunnel and protocol', async () => {
  const expected = sections(readFileSync(KINDS_PATH, 'utf8'));
  const printed = sections(await recordsOfKinds());
  for (const [index, section] of printed.entries()) assert.equal(section, expected[index]);
  assert.equal(printed.length, expected.length);
});
