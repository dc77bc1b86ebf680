import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { didYouMean, editDistance, nearest } from '../../libs/core/nearest.ts';
import { printable } from '../../libs/core/sanitize.ts';

const FIELDS = ['saddr', 'daddr', 'sport', 'dport', 'sbytes', 'bytes', 'dur'];

test('the nearest word is the one with the least edits', () => {
  assert.equal(nearest('sadr', FIELDS), 'saddr');
  assert.equal(nearest('spotr', FIELDS), 'sport');
  assert.equal(nearest('SBYTES', FIELDS), 'sbytes');
  assert.equal(nearest('sbyte', FIELDS), 'sbytes');
  assert.equal(nearest('hst', ['est', 'host']), 'host');
  assert.equal(nearest('zebra', FIELDS), undefined);
  assert.equal(nearest('x', ['y']), undefined);
  assert.equal(nearest('a'.repeat(10_000), FIELDS), undefined);
  assert.equal(didYouMean('dru', FIELDS), "Did you mean 'dur'?");
  assert.equal(didYouMean('zebra', FIELDS), '');
});

test('distance is that of a metric, and a swap is one edit', () => {
  assert.equal(editDistance('ab', 'ba'), 1);
  assert.equal(editDistance('', 'abc'), 3);
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance >= Math.abs(a.length - b.length) && distance <= Math.max(a.length, b.length));
    }),
    { numRuns: 300, seed: 3 },
  );
});

test('printable text moves no cursor and turns no line around', () => {
  assert.equal(printable('a\u001b[31mb\r\n\u202ec\u0085\ufeff\ud800d'), 'a.[31mb...c...d');
  assert.equal(printable('naïve 🙂 text'), 'naïve 🙂 text');
});
