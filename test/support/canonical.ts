import type { Batch } from '../../libs/record/batch.ts';
import { cellsAt, type Cell } from './batches.ts';

/** A batch as plain JSON values: columns by field number, bytes in hexadecimal, doubles that JSON lacks as text. */
export function canonical(batch: Batch): unknown {
  const { kind, origin, first, covers, rows } = batch;
  const columns = batch.columns.flatMap((column, field) =>
    column === undefined ? [] : [[field, cellsAt(batch, field).map(plainCell)] as const],
  );
  const unknown = batch.unknown.map(({ entry, bytes }) => [entry, Buffer.from(bytes).toString('hex')]);
  return { kind, origin, first, covers, rows, columns: Object.fromEntries(columns), unknown };
}

function plainCell(cell: Cell): unknown {
  if (cell === undefined) return null;
  if (cell instanceof Uint8Array) return { bytes: Buffer.from(cell).toString('hex') };
  if (typeof cell === 'number' && (!Number.isFinite(cell) || Object.is(cell, -0))) return { number: Object.is(cell, -0) ? '-0' : String(cell) }; // prettier-ignore
  return cell;
}
