import type { NumericArray } from './kinds.ts';

/** So many are looked at one by one, since most columns differ among the first few. */
const FEW = 16;

/** Whether the first `rows` values are the same to the bit, at least one: then they are what they are one place further on. */
export function isConstant(values: NumericArray, rows: number): boolean {
  const first = values[0]!;
  if (first !== values[rows - 1]) return false; // nor is NaN
  for (let i = 1; i < rows && i < FEW; i++) if (!Object.is(values[i], first)) return false;
  if (rows <= FEW) return true;
  const size = values.BYTES_PER_ELEMENT;
  const bytes = Buffer.from(values.buffer, values.byteOffset, rows * size);
  return bytes.compare(bytes, size, rows * size, 0, (rows - 1) * size) === 0;
}
