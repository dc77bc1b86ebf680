import type { NumericArray } from '../record/kinds.ts';

/** The number that all of these are, at least one; undefined where some differ. */
export function constantOf(values: NumericArray): number | undefined {
  return isConstant(values) ? values[0] : undefined;
}

/** A loop for each width: one that meets several is slower. */
function isConstant(values: NumericArray): boolean {
  if (values instanceof Float64Array) return isConstant64(values);
  if (values instanceof Uint32Array) return isConstant32(values);
  return values instanceof Uint16Array ? isConstant16(values) : isConstant8(values);
}

function isConstant64(values: Float64Array): boolean {
  const first = values[0]!;
  for (let i = 0; i < values.length; i++) if (values[i] !== first) return false; // nor is NaN
  // There are two zeros.
  return first !== 0 || isConstant32(new Uint32Array(values.buffer, values.byteOffset, values.length * 2));
}

function isConstant32(values: Uint32Array): boolean {
  const first = values[0]!;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  return true;
}

function isConstant16(values: Uint16Array): boolean {
  const first = values[0]!;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  return true;
}

function isConstant8(values: Uint8Array): boolean {
  const first = values[0]!;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  return true;
}
