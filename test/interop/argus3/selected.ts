import { createReadStream } from 'node:fs';
import { compileFilter } from '../../../libs/filter/compile.ts';
import { Argus3Reader } from '../../../libs/interop/argus3/reader.ts';
import { RecordNumbers } from '../../../libs/interop/argus3/record-numbers.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../../../libs/record/batch.ts';
import { numberReader } from '../../../libs/record/row.ts';

/** What tells a record from the others of a file, and prints the same everywhere. */
export const KEY_FIELDS = ['seq', 'stime', 'spkts', 'dpkts', 'sbytes', 'dbytes'] as const;

const [seq, stime, ...counts] = KEY_FIELDS.map((name) => numberReader(name)!);
const US_PER_SECOND = 1e6;

/** Flow records of a file of Argus. */
export async function allRecords(path: string): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of new Argus3Reader(createReadStream(path), { numbers: new RecordNumbers() }))
    if (batch.kind === FLOW_BATCH) batches.push(batch);
  return batches;
}

/** The keys of what passes a filter, sorted; with commas, times in seconds of six digits. */
export function selectedKeys(batches: readonly Batch[], filter: string): string[] {
  const { select } = compileFilter(filter);
  const rows = new Uint32Array(BATCH_ROWS_MAX);
  const keys: string[] = [];
  for (const batch of batches) {
    for (let row = 0; row < batch.rows; row++) rows[row] = row;
    const count = select(batch, rows, batch.rows);
    for (const row of rows.subarray(0, count)) keys.push(keyOf(batch, row));
  }
  return keys.sort();
}

function keyOf(batch: Batch, row: number): string {
  const seconds = (stime!(batch, row) / US_PER_SECOND).toFixed(6);
  return [seq!(batch, row) ?? '', seconds, ...counts.map((count) => count(batch, row) ?? '')].join(',');
}
