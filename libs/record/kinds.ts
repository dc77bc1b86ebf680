/** How a stored field lies in a batch. `bits` is a u32 of named flags. */
export type Kind = 'u8' | 'u16' | 'u32' | 'f64' | 'bits' | 'address' | 'text' | 'bytes';

export type NumericKind = 'u8' | 'u16' | 'u32' | 'f64' | 'bits';

export type NumericArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Bytes per value of each numeric kind. */
export const BYTES_PER_VALUE = { u8: 1, u16: 2, u32: 4, bits: 4, f64: 8 } as const satisfies Record<
  NumericKind,
  number
>;

export function isNumeric(kind: Kind): kind is NumericKind {
  return kind !== 'address' && kind !== 'text' && kind !== 'bytes';
}

/** An array of `length` values of `kind` at `byteOffset` of `buffer`, or a new one. */
export function numericArray(
  kind: NumericKind,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): NumericArray {
  switch (kind) {
    case 'u8':
      return new Uint8Array(buffer, byteOffset, length);
    case 'u16':
      return new Uint16Array(buffer, byteOffset, length);
    case 'u32':
    case 'bits':
      return new Uint32Array(buffer, byteOffset, length);
    case 'f64':
      return new Float64Array(buffer, byteOffset, length);
  }
}
