import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { assertSameBatch, batchOf, cellsOf, type Cell } from '../support/batches.ts';
import { decoded, forge, openFrame, problemOf } from '../support/frames.ts';

const ROWS = 1501;
const many = (value: (row: number) => Cell): Cell[] => Array.from({ length: ROWS }, (_, row) => value(row));
const v4 = (host: number): readonly number[] => [4, 0, 0, 0xffff, 0x0a00_0000 + host];
const v6 = (network: number, host: number): readonly number[] => [6, 0x2001_0db8, network, 0, host];

const CASES: readonly { name: string; saddr: (row: number) => Cell }[] = [
  { name: 'both families, one network', saddr: (row) => (row % 3 === 0 ? v6(7, row) : v4(row)) },
  { name: 'both families, many networks', saddr: (row) => (row % 3 === 0 ? v6(row, 1) : v4(row)) },
  { name: 'MAC addresses too', saddr: (row) => [v4(row), v6(7, row), [1, 0, 0, row % 5, row]][row % 3] },
  { name: 'some without a value', saddr: (row) => [v4(row), v6(7, row), undefined][row % 3] },
  { name: 'an upper lane that both families have in common', saddr: (row) => (row % 2 === 0 ? v4(row) : [6, 0, 0, 0xffff, 9]) }, // prettier-ignore
];
for (const { name, saddr } of CASES)
  test(`addresses keep all lanes: ${name}`, () => {
    const batch = batchOf(ROWS, { saddr: many(saddr), daddr: many((row) => saddr(ROWS - row)) });
    assertSameBatch(decoded(encodeBatch(batch)), batch);
  });

test('addresses that repeat in a flow keep all lanes', () => {
  const saddr = many((row) => (row % 4 < 2 ? v6(7, row % 100) : v4(row % 100)));
  const batch = batchOf(ROWS, { flowid: many((row) => row % 100), saddr });
  assertSameBatch(decoded(encodeBatch(batch)), batch);
});

test('upper lanes that go by the family take no chunk', () => {
  const [entry] = openFrame(encodeBatch(batchOf(ROWS, { saddr: many((row) => (row % 3 === 0 ? v6(7, row) : v4(row))) }))).entries; // prettier-ignore
  assert.deepEqual(entry!.slice(4, 7), [[7, 4, 0, 6, 0x2001_0db8], [7, 4, 0, 6, 7], [7, 4, 0xffff, 6, 0]]); // prettier-ignore
});

test('families that are not named have zeros, and so does what is no number', () => {
  const entry = [8, 6, [2], [2, 8, 4, 1], [7, 4, 9], [7, 'x', { valueOf: 1, toString: 1 }], [7], 1];
  const batch = decoded(forge({ rows: 2, entries: [entry], columns: Uint8Array.of(0, 2) }));
  assert.deepEqual(cellsOf(batch, 'saddr'), [
    [4, 9, 0, 0, 1],
    [6, 0, 0, 0, 1],
  ]);
});

test('a lane that is neither a number nor a list is a named problem', () => {
  const entry = [8, 6, [2], [2, 8, 4, 1], null, 0, 0, 1];
  assert.equal(
    problemOf(forge({ rows: 2, entries: [entry], columns: Uint8Array.of(0, 2) })),
    'stream: neither a number nor a list',
  );
});
