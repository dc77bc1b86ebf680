import assert from 'node:assert/strict';
import test from 'node:test';
import { closingSummary } from './closing-summary.ts';

test('a run ends with what was skipped, by reason, and the counts', () => {
  const skipped = [
    { name: 'live', file: 'test/a.test.js', reason: 'needs root' },
    { name: 'corpus', file: 'test/b.test.js', reason: 'CORPUS_DIR is not set' },
    { name: 'interface', file: 'test/c.test.js', reason: 'needs root' },
  ];
  const lines = closingSummary(skipped, ['tests 9', 'skipped 3']).split('\n');
  assert.deepEqual(lines, [
    '',
    'skipped: needs root',
    '  test/a.test.js: live',
    '  test/c.test.js: interface',
    'skipped: CORPUS_DIR is not set',
    '  test/b.test.js: corpus',
    '',
    '# tests 9',
    '# skipped 3',
    '',
  ]);
});

test('a run without skipped tests ends with the counts alone', () => {
  assert.equal(closingSummary([], ['tests 1', 'pass 1']), '\n# tests 1\n# pass 1\n');
});
