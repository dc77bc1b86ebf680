import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fieldsDocument } from '../../../libs/record/fields/document.ts';
import { FIELD_NAMES } from '../../../libs/record/fields/table.ts';

const PAGE = join(import.meta.dirname, '../../../../docs/fields.md');

test('docs/fields.md is what the table of fields says', () =>
  assert.equal(readFileSync(PAGE, 'utf8'), fieldsDocument()));

test('the page names every field once', () => {
  const page = fieldsDocument();
  for (const name of FIELD_NAMES) assert.equal(page.split(`\n| \`${name}\` `).length, 2, name);
});
