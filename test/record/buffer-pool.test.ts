import assert from 'node:assert/strict';
import test from 'node:test';
import { newBuffer } from '../../libs/record/builder.ts';
import { BufferPool } from '../../libs/record/buffer-pool.ts';

test('what is given back is given out again where it fits, and only there', () => {
  const pool = new BufferPool(newBuffer);
  const [small, large] = [pool.take(5000), pool.take(70_000)];
  assert.ok(small.byteLength >= 5000 && large.byteLength >= 70_000);
  pool.give(large);
  pool.give(small);
  assert.notEqual(pool.take(small.byteLength + 1), small);
  assert.equal(pool.take(large.byteLength), large);
  assert.equal(pool.take(small.byteLength), small);
  assert.notEqual(pool.take(5000), small);
});

test('no more is kept than the limit says, whatever comes back', () => {
  const pool = new BufferPool(newBuffer, 3 * 4096);
  const taken = Array.from({ length: 10 }, () => pool.take(1));
  for (const buffer of taken) pool.give(buffer);
  const again = Array.from({ length: 10 }, () => pool.take(4096));
  assert.equal(again.filter((buffer) => taken.includes(buffer)).length, 3);
});
