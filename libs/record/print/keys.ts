import type { Batch } from '../batch.ts';
import type { NumberColumn } from '../columns.ts';
import { STORED_FIELDS, type StoredName } from '../fields/stored.ts';
import type { Kind } from '../kinds.ts';
import { BLOCK_ROWS } from './block-cell.ts';

/** Adds `weight` × (value + 1) of each row to `sums`, and nothing where there is no value. */
type AddValues = (rows: Uint32Array, sums: Float64Array, weight: number) => void;

/** A stored field, as one part of the key of a row. */
interface Part {
  /** Values are integers from 0 up to, not including, 2^bits - 1. */
  readonly bits: number;
  /** undefined where no row has a value. */
  readonly open: (batch: Batch) => AddValues | undefined;
}

/** What is looked at, by the numbers of stored fields: true where matters only whether it is there, and more than zero. */
export type Looks = ReadonlyMap<number, boolean>;

/** Integers up to this many bits are exact in a number. */
const BITS_MAX = 53;

/** Bits of a value, and of there being none. */
const BITS: Readonly<Partial<Record<Kind, number>>> = { u8: 9, u16: 17, u32: 33, bits: 33 };

const STORED_NAMES = Object.keys(STORED_FIELDS) as StoredName[];

/** Where a part stands in a key. */
interface Standing {
  /** Number of the number. */
  readonly word: number;
  readonly weight: number;
}

/**
 * What some stored fields have in each of many rows, as few numbers a row: where these are the same in two rows, so are
 * the fields. Fields that no batch has had so far take no place; keys that were read before stay as they are when one takes its place.
 */
export class Keys {
  /** Of each row; a row has as many as there are arrays. */
  readonly numbers: Float64Array[] = [];
  readonly #parts: readonly Part[];
  readonly #standings = new Map<Part, Standing>();
  /** Bits of each number that are taken. */
  readonly #bits: number[] = [];

  private constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  /** @returns undefined when a field's values are not integers of few bits */
  static of(looks: Looks): Keys | undefined {
    const parts: Part[] = [];
    for (const [field, isSign] of looks) {
      const part = partOf(field, isSign);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return new Keys(parts);
  }

  /** Prepares to read the keys of rows of a batch; the result reads those of up to `BLOCK_ROWS` rows into `numbers`. */
  open(batch: Batch): (rows: Uint32Array) => void {
    const adds: (Standing & { readonly add: AddValues })[] = [];
    for (const part of this.#parts) {
      const add = part.open(batch);
      if (add !== undefined) adds.push({ ...this.#standing(part), add });
    }
    return (rows) => {
      for (const sums of this.numbers) sums.fill(0, 0, rows.length);
      for (const { word, weight, add } of adds) add(rows, this.numbers[word]!, weight);
    };
  }

  #standing(part: Part): Standing {
    const known = this.#standings.get(part);
    if (known !== undefined) return known;
    let word = this.#bits.findIndex((bits) => bits + part.bits <= BITS_MAX);
    if (word < 0) {
      word = this.#bits.push(0) - 1;
      this.numbers.push(new Float64Array(BLOCK_ROWS));
    }
    const standing = { word, weight: 2 ** this.#bits[word]! };
    this.#bits[word]! += part.bits;
    this.#standings.set(part, standing);
    return standing;
  }
}

function partOf(number: number, isSign: boolean): Part | undefined {
  const name = STORED_NAMES.find((one) => STORED_FIELDS[one].number === number);
  if (name === undefined) return undefined;
  if (isSign) return { bits: 2, open: signsOf(number) };
  const { kind } = STORED_FIELDS[name];
  const bits = BITS[kind];
  return bits === undefined ? undefined : { bits, open: valuesOf(number) };
}

function valuesOf(number: number): Part['open'] {
  return (batch) => {
    const column = batch.columns[number] as NumberColumn | undefined;
    if (column === undefined) return undefined;
    const { values, valid } = column;
    if (values instanceof Uint8Array) return adding(valid, values, addBytes, addAllBytes);
    if (values instanceof Uint16Array) return adding(valid, values, addHalves, addAllHalves);
    return adding(valid, values as Uint32Array, addWords, addAllWords);
  };
}

/** 1 for what is more than zero, 0 for what is not. */
function signsOf(number: number): Part['open'] {
  return (batch) => {
    const column = batch.columns[number] as NumberColumn | undefined;
    if (column === undefined) return undefined;
    const { values, valid } = column;
    if (values instanceof Uint32Array) return adding(valid, values, addSigns, addAllSigns);
    return (rows, sums, weight) => {
      for (let i = 0; i < rows.length; i++)
        if (column.has(rows[i]!)) sums[i] = sums[i]! + (values[rows[i]!]! > 0 ? 2 : 1) * weight;
    };
  };
}

function adding<A>(valid: Uint8Array | undefined, values: A, add: Add<A>, addAll: AddAll<A>): AddValues {
  if (valid === undefined) return (rows, sums, weight) => addAll(values, rows, sums, weight);
  return (rows, sums, weight) => add(values, valid, rows, sums, weight);
}

/*
 * Each loop sees one type of array, which makes it several times faster, and has no branch: whether a row has a value cannot
 * be foreseen.
 */

type Add<A> = (values: A, valid: Uint8Array, rows: Uint32Array, sums: Float64Array, weight: number) => void;
type AddAll<A> = (values: A, rows: Uint32Array, sums: Float64Array, weight: number) => void;

function bitOf(valid: Uint8Array, row: number): number {
  return (valid[row >> 3]! >> (row & 7)) & 1;
}

/** 1 unless it is 0. */
function signOf(value: number): number {
  return (value | -value) >>> 31;
}

const addBytes: Add<Uint8Array> = (values, valid, rows, sums, weight) => {
  for (let i = 0; i < rows.length; i++) sums[i] = sums[i]! + bitOf(valid, rows[i]!) * (values[rows[i]!]! + 1) * weight;
};

const addHalves: Add<Uint16Array> = (values, valid, rows, sums, weight) => {
  for (let i = 0; i < rows.length; i++) sums[i] = sums[i]! + bitOf(valid, rows[i]!) * (values[rows[i]!]! + 1) * weight;
};

const addWords: Add<Uint32Array> = (values, valid, rows, sums, weight) => {
  for (let i = 0; i < rows.length; i++) sums[i] = sums[i]! + bitOf(valid, rows[i]!) * (values[rows[i]!]! + 1) * weight;
};

const addSigns: Add<Uint32Array> = (values, valid, rows, sums, weight) => {
  for (let i = 0; i < rows.length; i++)
    sums[i] = sums[i]! + bitOf(valid, rows[i]!) * (signOf(values[rows[i]!]!) + 1) * weight;
};

const addAllBytes: AddAll<Uint8Array> = (values, rows, sums, weight) => {
  for (let i = 0; i < rows.length; i++) sums[i] = sums[i]! + (values[rows[i]!]! + 1) * weight;
};

const addAllHalves: AddAll<Uint16Array> = (values, rows, sums, weight) => {
  for (let i = 0; i < rows.length; i++) sums[i] = sums[i]! + (values[rows[i]!]! + 1) * weight;
};

const addAllWords: AddAll<Uint32Array> = (values, rows, sums, weight) => {
  for (let i = 0; i < rows.length; i++) sums[i] = sums[i]! + (values[rows[i]!]! + 1) * weight;
};

const addAllSigns: AddAll<Uint32Array> = (values, rows, sums, weight) => {
  for (let i = 0; i < rows.length; i++) sums[i] = sums[i]! + (signOf(values[rows[i]!]!) + 1) * weight;
};
