import { BATCH_ROWS_MAX, type Batch } from './batch.ts';
import type { NumberColumn } from './columns.ts';
import { STORED_FIELDS } from './fields/stored.ts';
import { mergeBatches } from './reblock.ts';
import { copyRows, selectRows } from './select.ts';

/** The part of a batch that is chosen: row numbers, ascending. */
interface Part {
  readonly batch: Batch;
  readonly rows: number[];
}

/** The start times of a batch's rows, microseconds since the epoch; NaN where there is none. */
export function startTimes(batch: Batch): Float64Array {
  const column = batch.columns[STORED_FIELDS.stime.number] as NumberColumn | undefined;
  const times = new Float64Array(batch.rows).fill(NaN);
  if (column === undefined) return times;
  for (let row = 0; row < batch.rows; row++) if (column.has(row)) times[row] = column.values[row]!;
  return times;
}

/**
 * The rows of several batches as batches of up to `BATCH_ROWS_MAX` rows, each copied once or twice. A batch made covers the
 * record numbers between its lowest and its highest. Columns of later versions are left out.
 * @param batches of one kind and origin, each with rows
 * @param order row numbers, as if all rows of all batches were counted on, in the order that is wanted
 */
export function gatherRows(batches: readonly Batch[], order: Uint32Array): Batch[] {
  const starts: number[] = [];
  let total = 0;
  for (const batch of batches) {
    starts.push(total);
    total += batch.rows;
  }
  const owner = new Uint32Array(total);
  for (const [i, start] of starts.entries()) owner.fill(i, start, start + batches[i]!.rows);
  const gathered: Batch[] = [];
  for (let at = 0; at < order.length; at += BATCH_ROWS_MAX) {
    gathered.push(gatherOne(batches, starts, owner, order.subarray(at, at + BATCH_ROWS_MAX)));
  }
  return gathered;
}

function gatherOne(
  batches: readonly Batch[],
  starts: readonly number[],
  owner: Uint32Array,
  order: Uint32Array,
): Batch {
  const ascending = order.slice().sort();
  const parts: Part[] = [];
  for (const global of ascending) {
    const batch = batches[owner[global]!]!;
    const row = global - starts[owner[global]!]!;
    const last = parts.at(-1);
    if (last?.batch === batch) last.rows.push(row);
    else parts.push({ batch, rows: [row] });
  }
  const selected = parts.map(({ batch, rows }) =>
    selectRows({ ...batch, unknown: [] }, Uint32Array.from(rows), rows.length),
  );
  const merged = { ...mergeBatches(selected), ...spanOf(parts) };
  return isAscending(order) ? merged : copyRows(merged, placesOf(order, ascending), order.length);
}

/** Record numbers from the lowest to the highest that the parts may have. */
function spanOf(parts: readonly Part[]): { first: number; covers: number } {
  let first = Infinity;
  let end = 0;
  for (const { batch, rows } of parts) {
    const numbers = numbersOf(batch, rows[0] ?? 0, rows.at(-1) ?? 0);
    first = Math.min(first, numbers.first);
    end = Math.max(end, numbers.first + numbers.covers);
  }
  return { first, covers: end - first };
}

/** The record numbers that rows `row` to `last` of a batch may have: exact as long as no filter took rows from it. */
export function numbersOf(batch: Batch, row: number, last: number): { first: number; covers: number } {
  const { first, covers, rows } = batch;
  return covers === rows ? { first: first + row, covers: last - row + 1 } : { first, covers };
}

function isAscending(order: Uint32Array): boolean {
  for (let i = 1; i < order.length; i++) if (order[i]! < order[i - 1]!) return false;
  return true;
}

/** Where each element of `order` stands in `ascending`. */
function placesOf(order: Uint32Array, ascending: Uint32Array): Uint32Array {
  const places = Uint32Array.from(order, (_, i) => i);
  places.sort((a, b) => order[a]! - order[b]!);
  const found = new Uint32Array(ascending.length);
  for (let i = 0; i < places.length; i++) found[places[i]!] = i;
  return found;
}
