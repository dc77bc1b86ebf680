import type { NumericArray, NumericKind } from './kinds.ts';

/**
 * One column of a batch: `rows` values of one field. A value that is absent is not zero: a column may carry a validity
 * bitmap (bit `row & 7` of byte `row >> 3`, 1 = present); without one every row has a value.
 */
export type Column = NumberColumn | AddressColumn | TextColumn | BytesColumn;

type Validity = Uint8Array | undefined;

function isSet(valid: Validity, row: number): boolean {
  return valid === undefined || (valid[row >> 3]! & (1 << (row & 7))) !== 0;
}

export class NumberColumn {
  readonly kind: NumericKind;
  readonly values: NumericArray;
  readonly valid: Validity;

  constructor(kind: NumericKind, values: NumericArray, valid: Validity) {
    this.kind = kind;
    this.values = values;
    this.valid = valid;
  }

  has(row: number): boolean {
    return isSet(this.valid, row);
  }
}

export type UpperLanes = (family: number) => readonly [number, number, number];

/**
 * Addresses as four u32 lanes, most significant first, and a family lane (`IPV4_ADDRESS`, `IPV6_ADDRESS`, `MAC_ADDRESS`
 * of `libs/packet/headers.ts`). A lane that is the same in all rows may have length 1: read lane `k` of a row as
 * `lanes[k][row * strides[k]]`, with stride 0 for such a lane.
 */
export class AddressColumn {
  readonly kind = 'address';
  readonly lanes: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  readonly strides: readonly [number, number, number, number];
  readonly family: Uint8Array;
  readonly familyStride: number;
  readonly valid: Validity;
  /** The first three lanes of all rows of a family that have a value; undefined where they are not known to be the same. */
  readonly upper: UpperLanes | undefined;

  constructor(
    lanes: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array],
    family: Uint8Array,
    rows: number,
    valid: Validity,
    upper?: UpperLanes,
  ) {
    this.upper = upper;
    const stride = (lane: { length: number }): number => (lane.length === 1 && rows !== 1 ? 0 : 1);
    this.lanes = lanes;
    this.strides = [stride(lanes[0]), stride(lanes[1]), stride(lanes[2]), stride(lanes[3])];
    this.family = family;
    this.familyStride = stride(family);
    this.valid = valid;
  }

  has(row: number): boolean {
    return isSet(this.valid, row);
  }

  lane(k: 0 | 1 | 2 | 3, row: number): number {
    return this.lanes[k][row * this.strides[k]]!;
  }

  familyOf(row: number): number {
    return this.family[row * this.familyStride]!;
  }
}

/** Texts by index into the batch's own dictionary, at most 65,536 different ones. */
export class TextColumn {
  readonly kind = 'text';
  readonly index: Uint16Array;
  readonly dictionary: readonly string[];
  readonly valid: Validity;

  constructor(index: Uint16Array, dictionary: readonly string[], valid: Validity) {
    this.index = index;
    this.dictionary = dictionary;
    this.valid = valid;
  }

  has(row: number): boolean {
    return isSet(this.valid, row);
  }

  get(row: number): string {
    return this.dictionary[this.index[row]!] ?? '';
  }
}

/** Byte strings: row `i` is `blob[ends[i-1] … ends[i])`, with 0 before the first. */
export class BytesColumn {
  readonly kind = 'bytes';
  readonly ends: Uint32Array;
  readonly blob: Uint8Array;
  readonly valid: Validity;

  constructor(ends: Uint32Array, blob: Uint8Array, valid: Validity) {
    this.ends = ends;
    this.blob = blob;
    this.valid = valid;
  }

  has(row: number): boolean {
    return isSet(this.valid, row);
  }

  /** A view, not a copy. */
  get(row: number): Uint8Array {
    return this.blob.subarray(row === 0 ? 0 : this.ends[row - 1]!, this.ends[row]);
  }
}
