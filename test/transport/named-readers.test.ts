import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NamedReaders } from '../../libs/transport/named-readers.ts';

const DAY_MS = 86_400_000;

test('who comes with ever new names keeps nobody out, and pushes nobody out who took something or is there', () => {
  const readers = new NamedReaders(undefined, DAY_MS);
  const nobody = (): boolean => false;
  const keeper = readers.meet('keeper', 0, nobody)!;
  readers.acknowledge(keeper, 1);
  const present = readers.meet('present', 0, nobody)!;
  for (let i = 0; i < 3000; i++) assert.ok(readers.meet(`stranger-${i}`, 0, (reader) => reader === present));
  assert.equal(readers.size, 1024);
  const names = [...readers].map(({ name }) => name);
  assert.deepEqual([names[0], names[1], names.at(-1)], ['keeper', 'present', 'stranger-2999']);
  assert.equal(
    readers.meet('one more', 0, () => true),
    undefined,
    'all others are there',
  );
});
