import assert from 'node:assert/strict';
import test from 'node:test';
import { sources } from './tree.ts';

/** The last argument of a property's check, as it must and must not be. */
const FIXED_SEED = /\{[^{}]*\bseed: \d[^{}]*\},?\s*\)/;
const RUNS_ALONE = /\{ numRuns: \w+ \}/;

test('properties are tried with the same values at every run: `npm run fuzz` is where chance has its place', () => {
  const open: string[] = [];
  for (const { path, code } of sources('test')) {
    const [, ...checks] = code.split(/\bfc\.assert\(/);
    for (const [index, check] of checks.entries())
      if (!FIXED_SEED.test(check) || RUNS_ALONE.test(check)) open.push(`${path}, check ${index + 1}`);
  }
  assert.deepEqual(open, []);
});
