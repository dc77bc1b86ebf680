import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from '../fuzz/capture.ts';

test('mutated capture files never make the readers throw', async () => {
  const { problems } = await fuzz({ seed: 20_261, runs: 500 });
  assert.deepEqual(problems, []);
});
