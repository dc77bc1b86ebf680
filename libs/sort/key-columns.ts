import { maskLanes } from '../address/prefix.ts';
import { IPV4_ADDRESS } from '../packet/headers.ts';
import type { Batch } from '../record/batch.ts';
import type { AddressColumn } from '../record/columns.ts';
import type { Address, Value } from '../record/fields/field.ts';
import { FIELDS, isStored } from '../record/fields/table.ts';
import { numbersReader, type NumbersReader } from '../record/numbers.ts';
import { reader } from '../record/row.ts';
import { ALL_ROWS } from '../record/select.ts';
import { TimeBins } from '../time/span.ts';
import type { SortKey } from './sort-key.ts';

/**
 * What the rows of one batch are compared by, most significant column first: unsigned words of 32 bits whose order is the order wanted,
 * direction and absent values included, or texts.
 */
export type KeyColumn = Uint32Array | TextKeys;

export interface TextKeys {
  /** Undefined is absent, which comes last. */
  readonly texts: readonly (string | undefined)[];
  readonly descending: boolean;
}

/** Of some rows of a batch. */
type Extract = (batch: Batch, rows: Uint32Array) => readonly KeyColumn[];

/** Stands for a value that is absent, which comes last in either direction. */
const LAST = 0xffff_ffff;

/** Takes from batches what their rows are sorted by. */
export class KeyExtractor {
  readonly #extracts: readonly Extract[];

  constructor(keys: readonly SortKey[]) {
    this.#extracts = keys.map(extractorOf);
  }

  /** As many columns for each batch. */
  extract(batch: Batch, rows = ALL_ROWS.subarray(0, batch.rows)): KeyColumn[] {
    return this.#extracts.flatMap((extract) => extract(batch, rows));
  }
}

/** Negative, zero or positive as row `a` of some columns comes before row `b` of others, is equal, or comes behind. */
export function compareRows(of: readonly KeyColumn[], a: number, others: readonly KeyColumn[], b: number): number {
  for (let k = 0; k < of.length; k++) {
    const column = of[k]!;
    const other = others[k]!;
    if (column instanceof Uint32Array) {
      const difference = column[a]! - (other as Uint32Array)[b]!;
      if (difference !== 0) return difference;
    } else {
      const order = compareTexts(column.texts[a], (other as TextKeys).texts[b], column.descending);
      if (order !== 0) return order;
    }
  }
  return 0;
}

export function compareTexts(a: string | undefined, b: string | undefined, descending: boolean): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b === descending ? 1 : -1;
}

/** Whether what rows are sorted by are words alone. */
export function areWords(keys: readonly SortKey[]): boolean {
  return keys.every(({ field }) => numbersReader(field) !== undefined || FIELDS[field].kind === 'address');
}

function extractorOf(key: SortKey): Extract {
  const field = FIELDS[key.field];
  const read = numbersReader(key.field);
  if (read !== undefined) return numbers(key, read);
  if (field.kind === 'address') return addresses(key);
  return texts(key);
}

function numbers({ descending, span }: SortKey, reading: NumbersReader): Extract {
  const bins = span === undefined ? undefined : new TimeBins(span);
  return (batch, rows) => {
    const values = new Float64Array(rows.length);
    reading(batch)(rows, values);
    if (bins !== undefined) toStarts(values, bins);
    return wordsOf(values, descending);
  };
}

/** Of times, the starts of the intervals that they are in. */
function toStarts(times: Float64Array, bins: TimeBins): void {
  for (let row = 0; row < times.length; row++) {
    bins.seek(times[row]!);
    times[row] = bins.startUs;
  }
}

/** Doubles as two words each that compare as unsigned numbers, the way that IEEE 754 allows. */
function wordsOf(values: Float64Array<ArrayBuffer>, descending: boolean): [Uint32Array, Uint32Array] {
  const rows = values.length;
  const high = new Uint32Array(rows);
  const low = new Uint32Array(rows);
  const flip = descending ? 0xffff_ffff : 0;
  for (let row = 0; row < rows; row++) values[row]! += 0; // one zero, not two
  const words = new Uint32Array(values.buffer);
  const [highAt, lowAt] = isLittleEndian ? [1, 0] : [0, 1];
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (value !== value) {
      high[row] = LAST;
      low[row] = LAST;
      continue;
    }
    const top = words[2 * row + highAt]!;
    const ones = top >>> 31 === 1 ? 0xffff_ffff : 0;
    high[row] = top ^ (ones | 0x8000_0000) ^ flip;
    low[row] = words[2 * row + lowAt]! ^ ones ^ flip;
  }
  return [high, low];
}

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Family first, then the address from its most significant bits. */
function addresses({ field, descending, prefixBits }: SortKey): Extract {
  const read = reader(field);
  const found = FIELDS[field];
  const number = isStored(found) ? found.number : undefined;
  const short = prefixBits === undefined ? ALL_BITS : maskLanes(Math.min(prefixBits, 32) + 96);
  const long = prefixBits === undefined ? ALL_BITS : maskLanes(prefixBits);
  const flip = descending ? 0xffff_ffff : 0;
  return (batch, rows) => {
    const words = Array.from({ length: 5 }, () => new Uint32Array(rows.length)) as Five;
    const column = number === undefined ? undefined : batch.columns[number];
    if (column?.kind === 'address') {
      fillAddresses(words, column, rows, short, long, flip);
      return words;
    }
    for (let i = 0; i < rows.length; i++) {
      const value = read(batch, rows[i]!);
      if (value === undefined) {
        for (const word of words) word[i] = LAST;
        continue;
      }
      const { family, lanes } = value as Address;
      const masks = family === IPV4_ADDRESS ? short : long;
      words[0][i] = family ^ flip;
      for (let lane = 0; lane < 4; lane++) words[lane + 1]![i] = (lanes[lane]! & masks[lane]!) ^ flip;
    }
    return words;
  };
}

const ALL_BITS: Lanes = [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff];

function fillAddresses(
  [families, a, b, c, d]: Five,
  { family, familyStride, lanes, strides, valid }: AddressColumn,
  rows: Uint32Array,
  short: Lanes,
  long: Lanes,
  flip: number,
): void {
  const [from0, from1, from2, from3] = lanes;
  const [stride0, stride1, stride2, stride3] = strides;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (valid !== undefined && ((valid[row >> 3]! >> (row & 7)) & 1) === 0) {
      families[i] = a[i] = b[i] = c[i] = d[i] = LAST;
      continue;
    }
    const own = family[row * familyStride]!;
    const masks = own === IPV4_ADDRESS ? short : long;
    families[i] = own ^ flip;
    a[i] = (from0[row * stride0]! & masks[0]) ^ flip;
    b[i] = (from1[row * stride1]! & masks[1]) ^ flip;
    c[i] = (from2[row * stride2]! & masks[2]) ^ flip;
    d[i] = (from3[row * stride3]! & masks[3]) ^ flip;
  }
}

type Lanes = readonly [number, number, number, number];
type Five = [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** Bytes are compared as texts of Latin 1, which is byte by byte. */
function texts({ field, descending }: SortKey): Extract {
  const read = reader(field);
  return (batch, rows) => [{ texts: Array.from(rows, (row) => textOf(read(batch, row))), descending }];
}

function textOf(value: Value): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1');
  return typeof value === 'string' ? value : undefined;
}
