import { STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';
import { numberColumn, sided, type KeyPiece, type Side } from './key-piece.ts';

/** Values of a numeric field, 0 where there is none; see `presencePiece`. */
export function numberPiece(name: StoredName, bits: number, side?: Side): KeyPiece {
  const { number } = STORED_FIELDS[name];
  return {
    bits,
    ...sided(side),
    fill(batch, rows, count, { words, from, step }) {
      const column = numberColumn(batch, number);
      if (column === undefined) return 0;
      const { values, valid } = column;
      if (valid === undefined) for (let i = 0, at = from; i < count; i++, at += step) words[at] = values[rows[i]!]!;
      else
        for (let i = 0, at = from; i < count; i++, at += step) words[at] = column.has(rows[i]!) ? values[rows[i]!]! : 0;
      return undefined;
    },
  };
}

/** One bit: whether there is a value. */
export function presencePiece(name: StoredName, side?: Side): KeyPiece {
  const { number } = STORED_FIELDS[name];
  return {
    bits: 1,
    ...sided(side),
    fill(batch, rows, count, { words, from, step }) {
      const column = batch.columns[number];
      if (column?.valid === undefined) return column === undefined ? 0 : 1;
      for (let i = 0, at = from; i < count; i++, at += step) words[at] = column.has(rows[i]!) ? 1 : 0;
      return undefined;
    },
  };
}

/** A field of 64 bits as two pieces. */
export function doublePieces(name: StoredName, side?: Side): KeyPiece[] {
  const { number } = STORED_FIELDS[name];
  return [0, 1].map((half) => ({
    bits: 32,
    ...sided(side === undefined ? undefined : { ...side, name: `${side.name}.${half}` }),
    fill(batch, rows, count, { words, from, step }): undefined {
      const column = numberColumn(batch, number);
      for (let i = 0, at = from; i < count; i++, at += step) words[at] = halfOf(column?.has(rows[i]!) === true ? column.values[rows[i]!]! : 0, half); // prettier-ignore
    },
  }));
}

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/** @param half 0 the lower 32 bits of the double, 1 the upper ones */
export function halfOf(value: number, half: number): number {
  double[0] = value;
  return halves[half]!;
}
