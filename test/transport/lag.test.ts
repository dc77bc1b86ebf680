import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lag } from '../../libs/transport/lag.ts';

test('who lacks something has been behind since it was there', () => {
  const lag = new Lag();
  assert.equal(lag.of(0, 99), 0);
  lag.note(10, 1000);
  lag.note(10, 2000);
  lag.note(15, 3000);
  const cases = [[0, 4000], [9, 4000], [10, 2000], [14, 2000], [15, 0], [99, 0]] as const; // prettier-ignore
  for (const [position, ms] of cases) assert.equal(lag.of(position, 5000), ms, `at ${position}`);
});

test('however long somebody stays away, little is remembered, and the lag is about right', () => {
  const lag = new Lag();
  for (let second = 0; second < 86_400; second++) lag.note(second + 1, second * 1000);
  const nowMs = 86_400_000;
  for (const position of [1000, 40_000, 80_000, 86_000, 86_399]) {
    const exact = nowMs - position * 1000;
    assert.ok(Math.abs(lag.of(position, nowMs) - exact) <= Math.max(1000, 0.05 * exact), `at ${position}`);
  }
});
