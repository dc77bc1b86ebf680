import assert from 'node:assert/strict';
import test from 'node:test';
import { AddressCounts } from '../../apps/racount/address-counts.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import type { AddressColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { batchOf, type Cell } from '../support/batches.ts';
import { decoded } from '../support/frames.ts';

const ipv4 = (lane: number): Cell => [4, 0, 0, 0xffff, lane];

function counted(...columns: readonly (readonly Cell[])[]): [number, number] {
  const counts = new AddressCounts(1 << 24);
  for (const cells of columns) counts.add(batchOf(cells.length, { saddr: cells, daddr: cells.toReversed() }), undefined, cells.length); // prettier-ignore
  const sum = (side: 'sources' | 'destinations'): number =>
    counts.classes().reduce((total, one) => total + one[side], 0);
  return [sum('sources'), sum('destinations')];
}

test('each address counts once, however often and in whatever order it comes', () => {
  const random = new Random(1);
  const lanes = Array.from({ length: 20_000 }, () => random.between(0, 5_000) * 104_729);
  const different = new Set(lanes).size;
  const cells = lanes.map(ipv4);
  assert.deepEqual(counted(cells.slice(0, 9000), cells.slice(9000), cells.slice(0, 100)), [different, different]);
});

test('of frames, where networks change and hosts end alike, each address counts once', () => {
  const host = (network: number, lane: number): Cell => [6, 0x2001_0db8, network, 0, lane];
  const lanes = Array.from({ length: 2000 }, (_, i) => i % 700);
  const frames = [1, 2, 1].map((network) => [
    ...lanes.map((lane) => (lane % 3 === 0 ? ipv4(lane) : host(network, lane))),
    [1, 0, 0, 5, 700] as Cell, // a MAC address that ends as an IPv4 address that comes later
    ...(network === 2 ? [ipv4(700), undefined] : []),
  ]);
  const counts = new AddressCounts(1 << 24);
  for (const cells of frames) {
    const batch = decoded(encodeBatch(batchOf(cells.length, { saddr: cells })));
    assert.notEqual((batch.columns[STORED_FIELDS.saddr.number] as AddressColumn).upper, undefined);
    counts.add(batch, undefined, cells.length);
  }
  const different = new Set(
    frames
      .flat()
      .filter((cell) => cell !== undefined && (cell as number[])[0] !== 1)
      .map(String),
  );
  assert.equal(counts.classes().reduce((sum, { sources }) => sum + sources, 0), different.size); // prettier-ignore
});

test('0.0.0.0 counts, rows without an address do not, and IPv6 addresses that end alike do', () => {
  assert.deepEqual(counted([undefined, ipv4(0), undefined, ipv4(1), ipv4(0)]), [2, 2]);
  assert.deepEqual(counted([ipv4(7), [6, 1, 2, 3, 7], [6, 9, 2, 3, 7], [6, 1, 2, 3, 7], ipv4(7), [1, 0, 0, 0, 7]]), [3, 3]); // prettier-ignore
});
