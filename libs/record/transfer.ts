import type { Batch, BatchKind, Origin, UnknownColumn } from './batch.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from './columns.ts';

/** A batch as structured cloning carries it: columns without their classes, all over one buffer that is transferred. */
export interface BatchMessage {
  readonly kind: BatchKind;
  readonly origin: Origin;
  readonly first: number;
  readonly covers: number;
  readonly rows: number;
  readonly buffer: ArrayBuffer;
  readonly columns: readonly (readonly [field: number, column: Column])[];
  readonly unknown: readonly UnknownColumn[];
}

/**
 * Readies a batch for another thread: `port.postMessage(message, [message.buffer])`. The batch cannot be used after
 * that.
 */
export function toMessage(batch: Batch): BatchMessage {
  const columns: [number, Column][] = [];
  batch.columns.forEach((column, field) => {
    if (column !== undefined) columns.push([field, column]);
  });
  return { ...batch, columns };
}

/** The batch again, in the thread that got the message. */
export function fromMessage(message: BatchMessage): Batch {
  const columns: (Column | undefined)[] = [];
  for (const [field, column] of message.columns) columns[field] = revive(column, message.rows);
  return { ...message, columns };
}

function revive(column: Column, rows: number): Column {
  switch (column.kind) {
    case 'address':
      return new AddressColumn(column.lanes, column.family, rows, column.valid);
    case 'text':
      return new TextColumn(column.index, column.dictionary, column.valid);
    case 'bytes':
      return new BytesColumn(column.ends, column.blob, column.valid);
    default:
      return new NumberColumn(column.kind, column.values, column.valid);
  }
}
