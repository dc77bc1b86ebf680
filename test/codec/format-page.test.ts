import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { assertSameBatch, batchOf } from '../support/batches.ts';
import { decoded } from '../support/frames.ts';

const PAGE = join(import.meta.dirname, '../../../docs/formats/records.md');

/** The records of the example. */
const BATCH = batchOf(
  3,
  {
    flowid: [7, 8, 9],
    stime: [1_767_225_600_000_000, 1_767_225_600_000_250, 1_767_225_600_001_000],
    etype: [0x0800, 0x0800, 0x0800],
    saddr: [1, 2, 3].map((host) => [4, 0, 0, 0xffff, 0xc000_0200 + host]),
    sport: [49_152, undefined, 50_000],
    dport: [53, undefined, 443],
    label: ['lan', undefined, undefined],
  },
  { origin: { source: 'probe-1', run: 1_767_225_599_000_000 }, first: 41 },
);

/** The bytes of the annotated dump; each line must begin where the one before ended. */
function dumpedBytes(): Uint8Array {
  const [, dump = ''] = /```frame\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? [];
  const bytes: number[] = [];
  for (const line of dump.trimEnd().split('\n')) {
    const [, offset, hex] = /^([0-9a-f]{4}) {2}((?:[0-9a-f]{2} )+) +\S/.exec(line) ?? [];
    assert.ok(offset !== undefined && hex !== undefined, line);
    assert.equal(Number.parseInt(offset, 16), bytes.length, line);
    bytes.push(...Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  }
  return Uint8Array.from(bytes);
}

test("the example on the format's page is what the encoder writes", () => {
  assert.deepEqual(dumpedBytes(), encodeBatch(BATCH));
});

test("the example on the format's page decodes to its records", () => {
  assertSameBatch(decoded(dumpedBytes()), BATCH);
});
