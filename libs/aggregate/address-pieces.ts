import type { Batch } from '../record/batch.ts';
import type { AddressColumn, UpperLanes } from '../record/columns.ts';
import { STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';
import { lanesOfMask, type AddressMask } from './address-mask.ts';
import { sided, type KeyPiece, type Side, type Target } from './key-piece.ts';

/** The first three lanes, each by family. */
export function upperByFamily(upper: UpperLanes): readonly [Uint32Array, Uint32Array, Uint32Array] {
  const families = Array.from({ length: FAMILIES }, (_, family) => upper(family));
  return [0, 1, 2].map((k) => Uint32Array.from(families, (lanes) => lanes[k]!)) as [Uint32Array, Uint32Array, Uint32Array]; // prettier-ignore
}

/** Its first three lanes need not have been decoded where `upper` is known. */
function addressColumn({ columns, deferred }: Batch, field: number): AddressColumn | undefined {
  return (columns[field] as AddressColumn | undefined) ?? deferred?.lastLane(field);
}

/** An address as four lanes and a family, all of them masked. */
export function addressPieces(name: StoredName, mask: AddressMask | undefined, side?: Side): KeyPiece[] {
  const { number } = STORED_FIELDS[name];
  const of = (part: string): { readonly side?: NonNullable<Side> } =>
    sided(side === undefined ? undefined : { ...side, name: `${side.name}.${part}` });
  const family: KeyPiece = {
    bits: 3,
    ...of('family'),
    fill(batch, rows, count, { words, from, step }) {
      const column = addressColumn(batch, number);
      if (column === undefined) return 0;
      const { family: families, familyStride, valid } = column;
      if (valid === undefined && familyStride === 0) return families[0]!;
      for (let i = 0, at = from; i < count; i++, at += step) words[at] = families[rows[i]! * familyStride]!;
      if (valid !== undefined) clearAbsent(valid, rows, count, { words, from, step });
      return undefined;
    },
  };
  const lanes = ([0, 1, 2, 3] as const).map((k) => ({
    bits: 32,
    ...of(`lane ${k}`),
    fill(batch: Batch, rows: Uint32Array, count: number, to: Target): number | undefined {
      return fillLane(addressColumn(batch, number), k, mask, rows, count, to);
    },
    ...(k < 3 && {
      byFamily(batch: Batch): Uint32Array | undefined {
        const column = addressColumn(batch, number);
        return column?.valid === undefined ? maskedByFamily(column, k, masksOf(mask, k)) : undefined;
      },
    }),
  }));
  return [family, ...lanes];
}

function fillLane(
  column: AddressColumn | undefined,
  k: 0 | 1 | 2 | 3,
  mask: AddressMask | undefined,
  rows: Uint32Array,
  count: number,
  to: Target,
): number | undefined {
  if (column === undefined) return 0;
  const { family, familyStride, valid } = column;
  const masks = masksOf(mask, k);
  const isWhole = masks.every((bits) => bits === ALL_BITS);
  const values = k === 3 ? undefined : maskedByFamily(column, k, masks);
  if (values !== undefined) {
    if (valid === undefined && (familyStride === 0 || isSame(values))) return values[family[0]! & 7]!;
    copyByFamily(column, values, rows, count, to);
  } else if (valid === undefined && column.strides[k] === 0 && (isWhole || familyStride === 0))
    return (column.lanes[k][0]! & masks[family[0]! & 7]!) >>> 0;
  else if (isWhole && column.strides[k] === 1) copyWords(column.lanes[k], rows, count, to);
  else copyMasked(column, k, masks, rows, count, to);
  if (valid !== undefined) clearAbsent(valid, rows, count, to);
  return undefined;
}

/** The bits of a lane that count, by family. */
function masksOf(mask: AddressMask | undefined, k: 0 | 1 | 2 | 3): Uint32Array {
  return Uint32Array.from({ length: FAMILIES }, (_, f) => (mask === undefined ? ALL_BITS : lanesOfMask(mask, f)[k]));
}

/** @returns undefined where the lane is not known to go by the family */
function maskedByFamily(column: AddressColumn | undefined, k: number, masks: Uint32Array): Uint32Array | undefined {
  if (column === undefined) return new Uint32Array(FAMILIES);
  return column.upper && upperByFamily(column.upper)[k]?.map((lane, f) => lane & masks[f]!);
}

const isSame = (values: Uint32Array): boolean => values.every((value) => value === values[0]);

const ALL_BITS = 0xffff_ffff;
/** Families of addresses are below this. */
const FAMILIES = 8;

function copyWords(values: Uint32Array, rows: Uint32Array, count: number, { words, from, step }: Target): void {
  for (let i = 0, at = from; i < count; i++, at += step) words[at] = values[rows[i]!]!;
}

/** @param values by family */
function copyByFamily(
  { family, familyStride }: AddressColumn,
  values: Uint32Array,
  rows: Uint32Array,
  count: number,
  { words, from, step }: Target,
): void {
  for (let i = 0, at = from; i < count; i++, at += step) words[at] = values[family[rows[i]! * familyStride]! & 7]!;
}

/** @param masks by family */
function copyMasked(
  { lanes, strides, family, familyStride }: AddressColumn,
  k: 0 | 1 | 2 | 3,
  masks: Uint32Array,
  rows: Uint32Array,
  count: number,
  { words, from, step }: Target,
): void {
  const values = lanes[k];
  const stride = strides[k];
  for (let i = 0, at = from; i < count; i++, at += step) {
    const row = rows[i]!;
    words[at] = values[row * stride]! & masks[family[row * familyStride]! & 7]!;
  }
}

function clearAbsent(valid: Uint8Array, rows: Uint32Array, count: number, { words, from, step }: Target): void {
  for (let i = 0, at = from; i < count; i++, at += step) {
    const row = rows[i]!;
    if ((valid[row >> 3]! & (1 << (row & 7))) === 0) words[at] = 0;
  }
}
