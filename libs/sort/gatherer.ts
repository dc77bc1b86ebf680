import type { Batch } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from '../record/columns.ts';
import { BYTES_PER_VALUE, isNumeric, type Kind, type NumericArray } from '../record/kinds.ts';
import { ROW_BITS, ROW_MASK } from './row-names.ts';
import { Spread } from './spread.ts';

/** One field in all batches; by number of the batch. */
interface Source {
  readonly field: number;
  readonly kind: Kind;
  readonly columns: readonly (Column | undefined)[];
  /** Of numbers: their values; of the other kinds nothing. */
  readonly values: readonly (NumericArray | undefined)[];
  /** Of addresses: the four lanes of all batches. */
  readonly lanes: readonly Lane[];
  /** Undefined where all rows of all batches have a value. */
  readonly validity: Validity | undefined;
}

interface Lane {
  readonly values: readonly (Uint32Array | undefined)[];
  /** The value that all rows have. */
  readonly constant: number | undefined;
}

/** A batch that is being made. */
interface Part {
  readonly names: Uint32Array;
  /** Where its rows begin among all that are gathered. */
  readonly at: number;
  readonly area: Area;
  readonly columns: (Column | undefined)[];
  readonly bitmaps: Map<Validity, Uint8Array | undefined | null>;
}

/** Which rows of each batch have a value: by a bitmap, all (undefined), or none (null). */
type Validity = readonly (Uint8Array | undefined | null)[];

/** Copies rows of several batches, in any order, into new ones: each value once, column by column. */
export class Gatherer {
  readonly #batches: readonly Batch[];
  readonly #sources: readonly Source[];

  /** @param batches of one kind; columns of later versions are left out */
  constructor(batches: readonly Batch[]) {
    this.#batches = batches;
    this.#sources = sourcesOf(batches);
  }

  /**
   * Copies rows of one origin. A batch covers the record numbers between the lowest and the highest that its rows may have.
   * @param names of at least one row
   * @param blockRows rows of a batch at most, at most `BATCH_ROWS_MAX`
   */
  gather(names: Uint32Array, blockRows: number): Batch[] {
    const blocks: Part[] = [];
    const width = (this.#sources.at(-1)?.field ?? -1) + 1;
    for (let at = 0; at < names.length; at += blockRows) {
      const part = names.subarray(at, at + blockRows);
      const area = new Area(this.#sources.reduce((sum, source) => sum + bytesFor(source, part), 0));
      blocks.push({
        names: part,
        at,
        area,
        columns: new Array<Column | undefined>(width).fill(undefined),
        bitmaps: new Map(),
      });
    }
    const spread = new Spread(names);
    for (const source of this.#sources) {
      const values = isNumeric(source.kind) ? [spread.values(source.values, source.kind, 0)] : [];
      const lanes = source.lanes.map((lane, k) => (lane.constant === undefined ? spread.values(lane.values, 'u32', k) : undefined)); // prettier-ignore
      for (const block of blocks) block.columns[source.field] = columnOf(source, block, [...values, ...lanes]);
    }
    return blocks.map((block) => this.#batch(block));
  }

  #batch({ names, area, columns }: Part): Batch {
    const first = this.#batches[names[0]! >>> ROW_BITS]!;
    return { ...first, ...this.#numbers(names), rows: names.length, columns, unknown: [], buffer: area.buffer };
  }

  #numbers(names: Uint32Array): { first: number; covers: number } {
    let first = Infinity;
    let end = 0;
    let last = -1;
    for (let i = 0; i < names.length; i++) {
      const number = names[i]! >>> ROW_BITS;
      if (number === last) continue;
      last = number;
      const batch = this.#batches[number]!;
      first = Math.min(first, batch.first);
      end = Math.max(end, batch.first + batch.covers);
    }
    return { first, covers: Math.max(end - first, names.length) }; // a file may have been read twice
  }
}

function sourcesOf(batches: readonly Batch[]): Source[] {
  const sources: Source[] = [];
  const validities: Validity[] = [];
  const width = Math.max(0, ...batches.map(({ columns }) => columns.length));
  for (let field = 0; field < width; field++) {
    const columns = batches.map((batch) => batch.columns[field]);
    const kind = columns.find((column) => column !== undefined)?.kind;
    if (kind === undefined) continue;
    const validity = validityOf(columns, validities);
    const values = isNumeric(kind) ? columns.map((column) => (column as NumberColumn | undefined)?.values) : [];
    const lanes = kind === 'address' ? LANES.map((k) => laneOf(columns as (AddressColumn | undefined)[], k)) : [];
    sources.push({ field, kind, columns, values, lanes, validity });
  }
  return sources;
}

const LANES = [0, 1, 2, 3] as const;

function laneOf(columns: readonly (AddressColumn | undefined)[], k: 0 | 1 | 2 | 3): Lane {
  const values = columns.map((column) => column?.lanes[k]);
  return { values, constant: constantOf(values) };
}

/** Fields that are present together have the same bitmaps, which are gathered once. */
function validityOf(columns: readonly (Column | undefined)[], known: Validity[]): Validity | undefined {
  const validity = columns.map((column) => (column === undefined ? null : column.valid));
  if (validity.every((valid) => valid === undefined)) return undefined;
  const same = known.find((other) => other.every((valid, i) => valid === validity[i]));
  if (same === undefined) known.push(validity);
  return same ?? validity;
}

const align = (bytes: number): number => Area.aligned(bytes);

function bytesFor({ kind, validity, columns }: Source, names: Uint32Array): number {
  const rows = names.length;
  const valid = validity === undefined ? 0 : align((rows + 7) >> 3);
  if (isNumeric(kind)) return valid + align(rows * BYTES_PER_VALUE[kind]);
  if (kind === 'address') return valid + 4 * align(4 * rows) + align(rows);
  if (kind === 'text') return valid + align(2 * rows);
  let bytes = 0;
  for (let i = 0; i < rows; i++) bytes += bytesAt(columns, names[i]!)?.length ?? 0;
  return valid + align(4 * rows) + align(bytes);
}

function bytesAt(columns: readonly (Column | undefined)[], name: number): Uint8Array | undefined {
  const column = columns[name >>> ROW_BITS];
  return column?.kind === 'bytes' ? column.get(name & ROW_MASK) : undefined;
}

/** @param values of all rows that are gathered: of a number its own, of an address those of its lanes that are not constant */
function columnOf(source: Source, part: Part, values: readonly (NumericArray | undefined)[]): Column | undefined {
  const { names, at, area, bitmaps } = part;
  const valid = gatherValid(source.validity, names, area, bitmaps);
  if (valid === null) return undefined;
  const { kind, columns } = source;
  if (isNumeric(kind)) {
    const own = area.numbers(kind, names.length);
    own.set(values[0]!.subarray(at, at + names.length));
    return new NumberColumn(kind, own, valid);
  }
  if (kind === 'address') return addressesOf(source, part, values as readonly (Uint32Array | undefined)[], valid);
  return kind === 'text' ? gatherTexts(columns, names, valid, area) : gatherBytes(columns, names, valid, area);
}

/** @returns null where no row has a value */
function gatherValid(
  validity: Validity | undefined,
  names: Uint32Array,
  area: Area,
  bitmaps: Map<Validity, Uint8Array | undefined | null>,
): Uint8Array | undefined | null {
  if (validity === undefined) return undefined;
  if (bitmaps.has(validity)) return bitmaps.get(validity);
  const bits = area.u8((names.length + 7) >> 3);
  let present = 0;
  let byte = 0;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const valid = validity[name >>> ROW_BITS];
    const row = name & ROW_MASK;
    const bit = valid === null ? 0 : valid === undefined ? 1 : (valid[row >> 3]! >> (row & 7)) & 1;
    byte |= bit << (i & 7);
    present += bit;
    if ((i & 7) === 7) {
      bits[i >> 3] = byte;
      byte = 0;
    }
  }
  if ((names.length & 7) !== 0) bits[names.length >> 3] = byte;
  const gathered = present === 0 ? null : present === names.length ? undefined : bits;
  bitmaps.set(validity, gathered);
  return gathered;
}

function addressesOf(
  { columns, lanes }: Source,
  { names, at, area }: Part,
  values: readonly (Uint32Array | undefined)[],
  valid: Uint8Array | undefined,
): AddressColumn {
  const [a, b, c, d] = lanes.map(({ constant }, k) => {
    const own = area.u32(constant === undefined ? names.length : 1);
    if (constant === undefined) own.set(values[k]!.subarray(at, at + names.length));
    else own[0] = constant;
    return own;
  }) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  const family = area.u8(names.length);
  let isConstant = true;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const column = columns[name >>> ROW_BITS] as AddressColumn | undefined;
    family[i] = column?.familyOf(name & ROW_MASK) ?? 0;
    if (family[i] !== family[0]) isConstant = false;
  }
  return new AddressColumn([a, b, c, d], isConstant ? family.subarray(0, 1) : family, names.length, valid);
}

/** The value of a lane that is the same in all batches that have one. */
function constantOf(lanes: readonly (Uint32Array | undefined)[]): number | undefined {
  let constant: number | undefined;
  for (const lane of lanes) {
    if (lane === undefined) continue;
    if (lane.length !== 1 || (constant !== undefined && lane[0] !== constant)) return undefined;
    constant = lane[0];
  }
  return constant;
}

function gatherTexts(
  columns: readonly (Column | undefined)[],
  names: Uint32Array,
  valid: Uint8Array | undefined,
  area: Area,
): TextColumn {
  const index = area.u16(names.length);
  const numbers = new Map<string, number>();
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const column = columns[name >>> ROW_BITS];
    const row = name & ROW_MASK;
    if (column?.kind !== 'text' || !column.has(row)) continue;
    const text = column.get(row);
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, (number = numbers.size));
    index[i] = number;
  }
  return new TextColumn(index, [...numbers.keys()], valid);
}

function gatherBytes(
  columns: readonly (Column | undefined)[],
  names: Uint32Array,
  valid: Uint8Array | undefined,
  area: Area,
): BytesColumn {
  const ends = area.u32(names.length);
  const values = Array.from(names, (name) => bytesAt(columns, name));
  const blob = area.u8(values.reduce((sum, value) => sum + (value?.length ?? 0), 0));
  let end = 0;
  for (const [i, value] of values.entries()) {
    if (value !== undefined) blob.set(value, end);
    ends[i] = end += value?.length ?? 0;
  }
  return new BytesColumn(ends, blob, valid);
}
