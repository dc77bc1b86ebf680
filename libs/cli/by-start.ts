import { FLOW_BATCH, type Batch } from '../record/batch.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { selectRows } from '../record/select.ts';
import { RecordSorter } from '../sort/record-sorter.ts';

/** Which rows of a batch are wanted: the first as many of `rows` as it returns. */
export interface Wanted {
  readonly rows: Uint32Array;
  match(batch: Batch): number;
}

/** Stored fields that are looked at, beside those that are asked for. */
export const START_FIELDS: readonly number[] = [STORED_FIELDS.stime.number];

/**
 * All flow records of some inputs in the order of their starts, wherever they are from; equal ones in the order in which they came. Other
 * batches come first, as they are. Nothing comes before all has been read.
 * @param wanted rows that are sorted; undefined for all
 * @param memoryBytes what is more waits in temporary files
 * @throws {SuiteError} when there is no room for these
 */
export async function* byStart(
  inputs: AsyncIterable<Batch>,
  wanted: Wanted | undefined,
  memoryBytes: number,
): AsyncGenerator<Batch> {
  await using sorter = new RecordSorter({ keys: [{ field: 'stime', descending: false }], memoryBytes });
  for await (const batch of inputs) {
    if (batch.kind !== FLOW_BATCH) yield batch;
    else if (wanted === undefined) await sorter.push(batch, undefined, batch.rows);
    else await sorter.push(batch, wanted.rows, wanted.match(batch));
  }
  for await (const { batch, rows, count } of sorter.sorted())
    yield rows === undefined ? batch : selectRows(batch, rows, count);
}
