import { BATCH_ROWS_MAX, type Batch } from '../batch.ts';
import type { NumberColumn } from '../columns.ts';
import { STORED_FIELDS, type StoredName } from '../fields/stored.ts';
import type { Kind } from '../kinds.ts';
import { BLOCK_ROWS } from './block-cell.ts';

/** Adds `weight` × (value + 1) of each row to `sums`, and nothing where there is no value. */
type AddValues = (rows: Uint32Array, sums: Float64Array, weight: number) => void;

/** One of the numbers that make up the key of a row. */
interface Part {
  /** Values are integers from 0 up to, not including, 2^bits - 1. */
  readonly bits: number;
  /** undefined where no row has a value. */
  readonly open: (batch: Batch) => AddValues | undefined;
}

/** Integers up to this many bits are exact in a number. */
const BITS_MAX = 53;

/** Bits of a value, and of there being none. */
const BITS: Readonly<Partial<Record<Kind, number>>> = { u8: 9, u16: 17, u32: 33, bits: 33 };

const STORED_NAMES = Object.keys(STORED_FIELDS) as StoredName[];

/**
 * What some stored fields have in each of many rows, as few numbers a row: where these are the same in two rows, so are
 * the fields.
 */
export class Keys {
  /** Of each row; a row has as many as there are arrays. */
  readonly numbers: readonly Float64Array[];
  readonly #words: readonly (readonly Part[])[];

  private constructor(words: readonly (readonly Part[])[]) {
    this.numbers = words.map(() => new Float64Array(BLOCK_ROWS));
    this.#words = words;
  }

  /**
   * @param fields numbers of the fields
   * @param signs names of those of which matters only whether they are there, and more than zero
   * @returns undefined when a field's values are not integers of few bits
   */
  static of(fields: Iterable<number>, signs: ReadonlySet<string>): Keys | undefined {
    const words: { parts: Part[]; bits: number }[] = [];
    for (const number of fields) {
      const part = partOf(number, signs);
      if (part === undefined) return undefined;
      let word = words.find(({ bits }) => bits + part.bits <= BITS_MAX);
      if (word === undefined) words.push((word = { parts: [], bits: 0 }));
      word.parts.push(part);
      word.bits += part.bits;
    }
    return new Keys(words.map(({ parts }) => parts));
  }

  /** Prepares to read the keys of rows of a batch; the result reads those of up to `BLOCK_ROWS` rows into `numbers`. */
  open(batch: Batch): (rows: Uint32Array) => void {
    const words = this.#words.map((parts) => openWord(parts, batch));
    return (rows) => {
      for (let j = 0; j < words.length; j++) {
        const sums = this.numbers[j]!;
        sums.fill(0, 0, rows.length);
        for (const { weight, add } of words[j]!) add(rows, sums, weight);
      }
    };
  }
}

/** What there is to add in the rows of a batch. */
function openWord(parts: readonly Part[], batch: Batch): { readonly weight: number; readonly add: AddValues }[] {
  let weight = 1;
  return parts.flatMap(({ bits, open }) => {
    const add = open(batch);
    const own = weight;
    weight *= 2 ** bits;
    return add === undefined ? [] : [{ weight: own, add }];
  });
}

function partOf(number: number, signs: ReadonlySet<string>): Part | undefined {
  const name = STORED_NAMES.find((one) => STORED_FIELDS[one].number === number);
  if (name === undefined) return undefined;
  if (signs.has(name)) return { bits: 2, open: signsOf(number) };
  const { kind } = STORED_FIELDS[name];
  const bits = BITS[kind];
  return bits === undefined ? undefined : { bits, open: valuesOf(number) };
}

/** Bits of a batch of which all rows have a value. */
const ALL = new Uint8Array(BATCH_ROWS_MAX >> 3).fill(255);

function valuesOf(number: number): Part['open'] {
  return (batch) => {
    const column = batch.columns[number] as NumberColumn | undefined;
    if (column === undefined) return undefined;
    const { values, valid = ALL } = column;
    if (values instanceof Uint8Array) return (rows, sums, weight) => addBytes(values, valid, rows, sums, weight);
    if (values instanceof Uint16Array) return (rows, sums, weight) => addHalves(values, valid, rows, sums, weight);
    return (rows, sums, weight) => addWords(values as Uint32Array, valid, rows, sums, weight);
  };
}

/** 1 for what is more than zero, 0 for what is not. */
function signsOf(number: number): Part['open'] {
  return (batch) => {
    const column = batch.columns[number] as NumberColumn | undefined;
    if (column === undefined) return undefined;
    const { values, valid = ALL } = column;
    if (values instanceof Uint32Array) return (rows, sums, weight) => addSigns(values, valid, rows, sums, weight);
    return (rows, sums, weight) => {
      for (let i = 0; i < rows.length; i++)
        sums[i] = sums[i]! + bitOf(valid, rows[i]!) * (values[rows[i]!]! > 0 ? 2 : 1) * weight;
    };
  };
}

/*
 * Each loop sees one type of array, which makes it several times faster, and has no branch: whether a row has a value cannot
 * be foreseen.
 */

type Add<A> = (values: A, valid: Uint8Array, rows: Uint32Array, sums: Float64Array, weight: number) => void;

function bitOf(valid: Uint8Array, row: number): number {
  return (valid[row >> 3]! >> (row & 7)) & 1;
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
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!;
    const sign = (value | -value) >>> 31; // 1 unless it is 0
    sums[i] = sums[i]! + bitOf(valid, rows[i]!) * (sign + 1) * weight;
  }
};
