import type { AddressColumn, Column } from '../record/columns.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { RowSet } from './rows.ts';

/** More exceptions in this many candidates, and copies are not worth it. */
const EXCEPTIONS_IN = 8;

/**
 * The exceptions in a column, one bit for each candidate (see `copies.ts`); undefined where copies are not worth it.
 * @param earlier by row: the latest earlier row of its flow
 */
export function findExceptions(
  column: Column,
  set: RowSet,
  candidates: Uint16Array,
  earlier: Int16Array,
): Uint8Array | undefined {
  if (column.kind === 'text' || column.kind === 'bytes' || candidates.length === 0) return undefined;
  const exceptions = new Uint8Array((candidates.length + 7) >> 3);
  const most = Math.floor(candidates.length / EXCEPTIONS_IN);
  if (column.kind === 'address') {
    if (isConstantAddress(column, set.rows)) return undefined;
    return markAddresses(column, candidates, earlier, exceptions, most) ? exceptions : undefined;
  }
  if (isConstant(column.values, set.rows)) return undefined;
  return mark(column.values, candidates, earlier, exceptions, most) ? exceptions : undefined;
}

/** Such a column needs no bytes as it is. */
function isConstant(values: NumericArray, rows: Uint16Array): boolean {
  const first = values[rows[0]!]!;
  if (values[rows[rows.length - 1]!] !== first) return false; // nor is NaN
  for (let i = 1; i < rows.length; i++) if (!Object.is(values[rows[i]!], first)) return false;
  return true;
}

function isConstantAddress(column: AddressColumn, rows: Uint16Array): boolean {
  const [a, b, c, d] = column.strides;
  if (column.familyStride + a + b + c + d === 0) return true;
  for (let i = 1; i < rows.length; i++) if (!isSameAddress(column, rows[i]!, rows[0]!)) return false;
  return true;
}

/** @returns false where there are more than `most` */
type Mark<V> = (values: V, candidates: Uint16Array, earlier: Int16Array, exceptions: Uint8Array, most: number) => boolean; // prettier-ignore

const mark: Mark<NumericArray> = (values, candidates, earlier, exceptions, most) => {
  if (values instanceof Float64Array) return mark64(values, candidates, earlier, exceptions, most);
  if (values instanceof Uint32Array) return mark32(values, candidates, earlier, exceptions, most);
  if (values instanceof Uint16Array) return mark16(values, candidates, earlier, exceptions, most);
  return mark8(values, candidates, earlier, exceptions, most);
};

// One function for all widths would be several times slower.

const mark64: Mark<Float64Array> = (values, candidates, earlier, exceptions, most) => {
  let left = most;
  for (let i = 0; i < candidates.length; i++) {
    const row = candidates[i]!;
    const value = values[row]!;
    const other = values[earlier[row]!]!;
    if (value === other && value !== 0) continue;
    if (Object.is(value, other)) continue;
    exceptions[i >> 3]! |= 1 << (i & 7);
    if (--left < 0) return false;
  }
  return true;
};

const mark32: Mark<Uint32Array> = (values, candidates, earlier, exceptions, most) => {
  let left = most;
  for (let i = 0; i < candidates.length; i++) {
    const row = candidates[i]!;
    if (values[row] === values[earlier[row]!]) continue;
    exceptions[i >> 3]! |= 1 << (i & 7);
    if (--left < 0) return false;
  }
  return true;
};

const mark16: Mark<Uint16Array> = (values, candidates, earlier, exceptions, most) => {
  let left = most;
  for (let i = 0; i < candidates.length; i++) {
    const row = candidates[i]!;
    if (values[row] === values[earlier[row]!]) continue;
    exceptions[i >> 3]! |= 1 << (i & 7);
    if (--left < 0) return false;
  }
  return true;
};

const mark8: Mark<Uint8Array> = (values, candidates, earlier, exceptions, most) => {
  let left = most;
  for (let i = 0; i < candidates.length; i++) {
    const row = candidates[i]!;
    if (values[row] === values[earlier[row]!]) continue;
    exceptions[i >> 3]! |= 1 << (i & 7);
    if (--left < 0) return false;
  }
  return true;
};

const markAddresses: Mark<AddressColumn> = (column, candidates, earlier, exceptions, most) => {
  const { lanes, strides, family, familyStride } = column;
  const [a, b, c, d] = lanes;
  const [sa, sb, sc, sd] = strides;
  let left = most;
  for (let i = 0; i < candidates.length; i++) {
    const row = candidates[i]!;
    const other = earlier[row]!;
    const isSame =
      d[row * sd] === d[other * sd] &&
      c[row * sc] === c[other * sc] &&
      b[row * sb] === b[other * sb] &&
      a[row * sa] === a[other * sa] &&
      family[row * familyStride] === family[other * familyStride];
    if (isSame) continue;
    exceptions[i >> 3]! |= 1 << (i & 7);
    if (--left < 0) return false;
  }
  return true;
};

function isSameAddress(column: AddressColumn, row: number, other: number): boolean {
  return (
    column.lane(3, row) === column.lane(3, other) &&
    column.lane(2, row) === column.lane(2, other) &&
    column.lane(1, row) === column.lane(1, other) &&
    column.lane(0, row) === column.lane(0, other) &&
    column.familyOf(row) === column.familyOf(other)
  );
}
