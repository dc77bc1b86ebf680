/** Exchanges the value at `at` with the next. */
export function exchange(values: Uint8Array | Uint16Array | Uint32Array | Float64Array, at: number): void {
  const first = values[at]!;
  values[at] = values[at + 1]!;
  values[at + 1] = first;
}

/** `bits` with each bit of `mask` exchanged with the one above it. */
export function exchangedBits(bits: number, mask: number): number {
  return (bits & ~(mask | (mask << 1))) | ((bits & mask) << 1) | ((bits >> 1) & mask);
}
