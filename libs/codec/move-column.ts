import type { Area } from '../record/builder.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from '../record/columns.ts';

/**
 * The same column in another area.
 * @param rows of the batch
 * @param valid its bitmap, which lies there already
 */
export function moveColumn(column: Column, rows: number, valid: Uint8Array | undefined, area: Area): Column {
  switch (column.kind) {
    case 'address': {
      const { lanes: [a, b, c, d], family } = column; // prettier-ignore
      const lanes = [moveWords(a, area), moveWords(b, area), moveWords(c, area), moveWords(d, area)] as const;
      return new AddressColumn(lanes, moveBytes(family, area), rows, valid);
    }
    case 'text': {
      const index = area.u16(rows);
      index.set(column.index);
      return new TextColumn(index, column.dictionary, valid);
    }
    case 'bytes':
      return new BytesColumn(moveWords(column.ends, area), moveBytes(column.blob, area), valid);
    case 'u8':
    case 'u16':
    case 'u32':
    case 'bits':
    case 'f64': {
      const values = area.numbers(column.kind, rows);
      values.set(column.values);
      return new NumberColumn(column.kind, values, valid);
    }
  }
}

export function moveWords(values: Uint32Array, area: Area): Uint32Array {
  const moved = area.u32(values.length);
  moved.set(values);
  return moved;
}

export function moveBytes(values: Uint8Array, area: Area): Uint8Array {
  const moved = area.u8(values.length);
  moved.set(values);
  return moved;
}
