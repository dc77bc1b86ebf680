import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { readHeader } from '../../libs/codec/format.ts';
import { Zones } from '../../libs/codec/zones.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { arbitraryBatch } from '../support/arbitrary-batch.ts';
import { assertSameBatch, batchOf, cellOf, cellsOf, type Table } from '../support/batches.ts';
import { decoded } from '../support/frames.ts';

/** Frames of fewer rows have no zones. */
const ROWS = 1024;

function zonesIn(frame: Uint8Array): Zones | undefined {
  return Zones.of(frame, readHeader(frame, 0).envelopeBytes);
}

/** A batch of so many rows that are those of another again and again. */
function repeated(few: Batch, rows: number): Batch {
  const table: Table = {};
  for (const name of Object.keys(STORED_FIELDS) as StoredName[]) {
    const cells = cellsOf(few, name);
    table[name] = Array.from({ length: rows }, (_, row) => cells[row % few.rows]);
  }
  return batchOf(rows, table);
}

function zonesOf(batch: Batch): Zones {
  const zones = zonesIn(encodeBatch(batch, { zones: true }));
  assert.ok(zones !== undefined);
  return zones;
}

test('no value is outside the zones, and the frame says what it says without them', () => {
  fc.assert(
    fc.property(arbitraryBatch(40), (few) => {
      fc.pre(few.rows > 0);
      const batch = repeated(few, ROWS);
      const zones = zonesOf(batch);
      batch.columns.forEach((column, field) => {
        for (let row = 0; row < few.rows; row++) {
          const cell = cellOf(column, row);
          if (column !== undefined && 'values' in column && typeof cell === 'number') {
            const { least, greatest, isComplete } = zones.range(field)!;
            assert.ok(
              !(cell < least) && !(cell > greatest) && !(isComplete && Number.isNaN(cell)),
              `${cell} of field ${field}`,
            );
          }
          if (column?.kind === 'address' && ADDRESS_FIELDS.has(field) && Array.isArray(cell)) {
            const [family, ...lanes] = cell as [number, number, number, number, number];
            assert.ok(zones.mayHaveAddress(family, lanes));
          }
        }
      });
      assertSameBatch(decoded(encodeBatch(batch, { zones: true })), batch);
    }),
    { seed: 1, numRuns: 30 },
  );
});

const ADDRESS_FIELDS = new Set<number>([STORED_FIELDS.saddr.number, STORED_FIELDS.daddr.number]);
const ipv4 = (address: number): [number, number, number, number, number] => [4, 0, 0, 0xffff, address];
const flows = (rows: number): Batch =>
  batchOf(rows, {
    saddr: Array.from({ length: rows }, (_, row) => ipv4(0x0a00_0000 + row)),
    daddr: Array.from({ length: rows }, () => ipv4(0xc000_0201)),
    spkts: Array.from({ length: rows }, (_, row) => 10 + (row % 7)),
  });

test('an address that is not there is told in 97 of 100 cases, at 10 bits an address', () => {
  const zones = zonesOf(flows(2000));
  let errors = 0;
  for (let i = 0; i < 10_000; i++) errors += Number(zones.mayHaveAddress(4, [0, 0, 0xffff, 0x0b00_0000 + i]));
  assert.ok(errors < 300, `${errors} of 10000`);
  const withZones = encodeBatch(flows(2000), { zones: true }).length;
  assert.ok(withZones - encodeBatch(flows(2000)).length < 2000 * 1.25 + 100);
});

test('a range is that of the rows that have a value', () => {
  const zones = zonesOf(flows(2000));
  assert.deepEqual(zones.range(STORED_FIELDS.spkts.number), { least: 10, greatest: 16, isComplete: true });
  assert.equal(zones.range(STORED_FIELDS.dpkts.number), undefined);
});

test('small frames have no zones, nor have those of streams', () => {
  assert.equal(zonesIn(encodeBatch(flows(100), { zones: true })), undefined);
  assert.equal(zonesIn(encodeBatch(flows(2000))), undefined);
});

test('zones of which one bit is wrong do not count', () => {
  const frame = encodeBatch(flows(1024), { zones: true });
  const end = 24 + readHeader(frame, 0).envelopeBytes;
  for (let byte = 0; byte < end; byte += 7) {
    if (byte >= 20 && byte < 24) continue; // the checksum of the whole frame
    const wrong = frame.slice();
    wrong[byte]! ^= 1 << (byte & 7);
    const { envelopeBytes } = readHeader(wrong, 0);
    assert.equal(Zones.of(wrong, envelopeBytes), undefined, `byte ${byte}`);
  }
});
