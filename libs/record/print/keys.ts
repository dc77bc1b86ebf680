import type { Batch } from '../batch.ts';
import type { AddressColumn } from '../columns.ts';
import { STORED_FIELDS, type StoredName } from '../fields/stored.ts';
import type { Kind } from '../kinds.ts';
import { columnNumbers, type ReadNumbers } from '../numbers.ts';
import { BLOCK_ROWS } from './block-cell.ts';

/** One of the numbers that make up the key of a row. */
interface Part {
  /** Values are integers from -1, which is absent, up to, not including, 2^bits - 1. */
  readonly bits: number;
  readonly open: (batch: Batch) => ReadNumbers;
}

/** Integers up to this many bits are exact in a number. */
const BITS_MAX = 53;

/** Bits of a value, or -1. */
const BITS: Readonly<Partial<Record<Kind, number>>> = { u8: 9, u16: 17, u32: 33, bits: 33 };

const LANES = [0, 1, 2, 3] as const;
const STORED_NAMES = Object.keys(STORED_FIELDS) as StoredName[];
const values = new Float64Array(BLOCK_ROWS);

/**
 * What some stored fields have in each of many rows, as few numbers a row: where these are the same in two rows, so are
 * the fields.
 */
export class Keys {
  /** How many numbers a row has. */
  readonly count: number;
  readonly numbers: readonly Float64Array[];
  readonly #words: readonly (readonly Part[])[];

  private constructor(words: readonly (readonly Part[])[]) {
    this.count = words.length;
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
      const parts = partsOf(number, signs);
      if (parts === undefined) return undefined;
      for (const part of parts) {
        let word = words.find(({ bits }) => bits + part.bits <= BITS_MAX);
        if (word === undefined) words.push((word = { parts: [], bits: 0 }));
        word.parts.push(part);
        word.bits += part.bits;
      }
    }
    return new Keys(words.map(({ parts }) => parts));
  }

  /** Prepares to read the keys of rows of a batch; the result reads those of up to `BLOCK_ROWS` rows into `numbers`. */
  open(batch: Batch): (rows: Uint32Array) => void {
    const words = this.#words.map((parts) => parts.map(({ bits, open }) => ({ scale: 2 ** bits, read: open(batch) })));
    return (rows) => {
      for (let j = 0; j < words.length; j++) {
        const number = this.numbers[j]!;
        number.fill(0, 0, rows.length);
        for (const { scale, read } of words[j]!) {
          read(rows, values);
          for (let i = 0; i < rows.length; i++) number[i] = number[i]! * scale + values[i]! + 1;
        }
      }
    };
  }
}

function partsOf(number: number, signs: ReadonlySet<string>): Part[] | undefined {
  const name = STORED_NAMES.find((one) => STORED_FIELDS[one].number === number);
  if (name === undefined) return undefined;
  if (signs.has(name)) return [{ bits: 2, open: signsOf(number) }];
  const { kind } = STORED_FIELDS[name];
  if (kind === 'address') return [familyOf(number), ...LANES.map((lane) => laneOf(number, lane))];
  const bits = BITS[kind];
  return bits === undefined ? undefined : [{ bits, open: (batch) => columnNumbers(batch, number, -1) }];
}

/** 1 for what is more than zero, 0 for what is not, -1 for what is absent. */
function signsOf(number: number): Part['open'] {
  return (batch) => {
    const read = columnNumbers(batch, number);
    return (rows, into) => {
      read(rows, into);
      for (let i = 0; i < rows.length; i++) {
        const value = into[i]!;
        into[i] = value > 0 ? 1 : value <= 0 ? 0 : -1;
      }
    };
  };
}

function familyOf(number: number): Part {
  const open = (batch: Batch): ReadNumbers => {
    const column = batch.columns[number] as AddressColumn | undefined;
    if (column === undefined) return columnNumbers(batch, number, -1);
    const { family, familyStride, valid } = column;
    return (rows, into) => {
      for (let i = 0; i < rows.length; i++) into[i] = family[rows[i]! * familyStride]!;
      if (valid === undefined) return;
      for (let i = 0; i < rows.length; i++) if (!column.has(rows[i]!)) into[i] = -1;
    };
  };
  return { bits: 9, open };
}

function laneOf(number: number, k: 0 | 1 | 2 | 3): Part {
  const open = (batch: Batch): ReadNumbers => {
    const column = batch.columns[number] as AddressColumn | undefined;
    if (column === undefined) return columnNumbers(batch, number, -1);
    const lane = column.lanes[k];
    const stride = column.strides[k];
    return (rows, into) => {
      for (let i = 0; i < rows.length; i++) into[i] = lane[rows[i]! * stride]!;
    };
  };
  return { bits: 33, open };
}
