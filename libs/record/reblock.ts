import { BATCH_ROWS_MAX, type Batch } from './batch.ts';
import { Area } from './builder.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from './columns.ts';
import { isNumeric, type Kind, type NumericArray, type NumericKind } from './kinds.ts';

/** Most bytes of columns that are gathered before a batch is cut, whatever its rows. */
const GATHERED_BYTES_MAX = 16 << 20;

/**
 * Gathers small batches into large ones, which files of records are better made of. Batches of one kind and one origin
 * whose record numbers follow each other are merged, never split; batches with columns of later versions pass as they are.
 * Order is kept.
 */
export class Reblocker {
  readonly #rowsMax: number;
  #gathered: Batch[] = [];
  #rows = 0;
  #bytes = 0;

  constructor(rowsMax = BATCH_ROWS_MAX) {
    this.#rowsMax = rowsMax;
  }

  /** Rows that wait for more. */
  get rows(): number {
    return this.#rows;
  }

  /** Batches that wait for more. */
  get batches(): number {
    return this.#gathered.length;
  }

  /** Takes a batch; returns those that are done, oldest first. */
  push(batch: Batch): Batch[] {
    const done: Batch[] = [];
    if (!this.#fits(batch)) done.push(...this.flush());
    this.#gathered.push(batch);
    this.#rows += batch.rows;
    this.#bytes += batch.buffer.byteLength;
    if (this.#rows === this.#rowsMax || batch.unknown.length > 0) done.push(...this.flush());
    return done;
  }

  /** The batch that was being gathered, if any. */
  flush(): Batch[] {
    const gathered = this.#gathered;
    this.#gathered = [];
    this.#rows = 0;
    this.#bytes = 0;
    return gathered.length < 2 ? gathered : [mergeBatches(gathered)];
  }

  #fits(batch: Batch): boolean {
    const last = this.#gathered.at(-1);
    if (last === undefined) return true;
    return (
      batch.kind === last.kind &&
      batch.origin.source === last.origin.source &&
      batch.origin.run === last.origin.run &&
      batch.first === last.first + last.covers &&
      batch.unknown.length === 0 &&
      this.#rows + batch.rows <= this.#rowsMax &&
      this.#bytes + batch.buffer.byteLength <= GATHERED_BYTES_MAX
    );
  }
}

/** One batch of the rows of several, of one kind and origin, whose numbers follow each other. At least one; no unknown columns. */
export function mergeBatches(parts: readonly Batch[]): Batch {
  const [first] = parts as [Batch];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const merges: Merge[] = [];
  let bytes = 0;
  for (let field = 0; field < Math.max(...parts.map((part) => part.columns.length)); field++) {
    const merge = planMerge(field, parts, rows);
    if (merge === undefined) continue;
    merges.push(merge);
    bytes += merge.bytes;
  }
  const area = new Area(bytes);
  const columns = new Array<Column | undefined>((merges.at(-1)?.field ?? -1) + 1).fill(undefined);
  for (const merge of merges) columns[merge.field] = mergeColumn(merge, rows, area);
  const covers = parts.reduce((sum, part) => sum + part.covers, 0);
  return { ...first, covers, rows, columns, buffer: area.buffer };
}

/** A column of the merged batch, and where it comes from. */
interface Merge {
  readonly field: number;
  readonly kind: Kind;
  readonly parts: readonly Part[];
  readonly hasBitmap: boolean;
  /** That the column takes at most, each of its pieces 8-aligned. */
  readonly bytes: number;
}

interface Part {
  readonly column: Column | undefined;
  /** Row of the merged batch where this part begins. */
  readonly start: number;
  readonly rows: number;
}

function planMerge(field: number, batches: readonly Batch[], rows: number): Merge | undefined {
  const parts: Part[] = [];
  let start = 0;
  let kind: Kind | undefined;
  let bytes = 0;
  for (const batch of batches) {
    const column = batch.columns[field];
    parts.push({ column, start, rows: batch.rows });
    kind ??= column?.kind;
    if (column?.kind === 'bytes') bytes += column.blob.length;
    start += batch.rows;
  }
  if (kind === undefined) return undefined;
  const hasBitmap = parts.some(
    ({ column, rows: count }) => count > 0 && (column === undefined || column.valid !== undefined),
  );
  const perRow = kind === 'address' ? 17 : kind === 'f64' ? 8 : 4;
  return { field, kind, parts, hasBitmap, bytes: bytes + rows * perRow + (rows >> 3) + 64 };
}

function mergeColumn({ kind, parts, hasBitmap }: Merge, rows: number, area: Area): Column {
  const valid = hasBitmap ? mergeBitmaps(parts, area.u8((rows + 7) >> 3)) : undefined;
  if (isNumeric(kind)) return new NumberColumn(kind, mergeNumbers(kind, parts, area.numbers(kind, rows)), valid);
  if (kind === 'address') return mergeAddresses(parts, rows, valid, area);
  return kind === 'text' ? mergeTexts(parts, rows, valid, area) : mergeBytes(parts, rows, valid, area);
}

function mergeBitmaps(parts: readonly Part[], valid: Uint8Array): Uint8Array {
  for (const { column, start, rows } of parts) {
    if (column === undefined) continue;
    for (let row = 0; row < rows; row++) {
      if (column.has(row)) valid[(start + row) >> 3]! |= 1 << ((start + row) & 7);
    }
  }
  return valid;
}

function mergeNumbers(kind: NumericKind, parts: readonly Part[], values: NumericArray): NumericArray {
  for (const { column, start, rows } of parts) {
    if (column?.kind === kind) values.set(column.values.subarray(0, rows), start);
  }
  return values;
}

function mergeAddresses(
  parts: readonly Part[],
  rows: number,
  valid: Uint8Array | undefined,
  area: Area,
): AddressColumn {
  const lane = (k: 0 | 1 | 2 | 3): Uint32Array =>
    mergeLane(parts, ({ lanes }) => lanes[k], rows, (length) => area.u32(length)); // prettier-ignore
  const family = mergeLane(parts, (column) => column.family, rows, (length) => area.u8(length)); // prettier-ignore
  return new AddressColumn([lane(0), lane(1), lane(2), lane(3)], family, rows, valid);
}

/** @param take gives room for that many values */
function mergeLane<A extends Uint8Array | Uint32Array>(
  parts: readonly Part[],
  pick: (column: AddressColumn) => A,
  rows: number,
  take: (length: number) => A,
): A {
  const pieces = parts.flatMap(({ column, start, rows: count }) =>
    column?.kind === 'address' ? [{ values: pick(column), start, count }] : [],
  );
  const first = pieces[0]?.values[0] ?? 0;
  if (pieces.every(({ values }) => values.length === 1 && values[0] === first)) {
    const single = take(1);
    single[0] = first;
    return single;
  }
  const merged = take(rows);
  for (const { values, start, count } of pieces) {
    if (values.length === 1) merged.fill(values[0]!, start, start + count);
    else merged.set(values.subarray(0, count), start);
  }
  return merged;
}

/** Texts of rows that have one get numbers of a common dictionary, so that it never outgrows its rows. */
function mergeTexts(parts: readonly Part[], rows: number, valid: Uint8Array | undefined, area: Area): TextColumn {
  const index = area.u16(rows);
  const numbers = new Map<string, number>();
  for (const { column, start, rows: count } of parts) {
    if (column?.kind !== 'text') continue;
    for (let row = 0; row < count; row++) {
      if (!column.has(row)) continue;
      const text = column.get(row);
      let number = numbers.get(text);
      if (number === undefined) numbers.set(text, (number = numbers.size));
      index[start + row] = number;
    }
  }
  return new TextColumn(index, [...numbers.keys()], valid);
}

function mergeBytes(parts: readonly Part[], rows: number, valid: Uint8Array | undefined, area: Area): BytesColumn {
  const ends = area.u32(rows);
  const used = parts.map(({ column, rows: count }) => (column?.kind === 'bytes' ? (column.ends[count - 1] ?? 0) : 0));
  const blob = area.u8(used.reduce((sum, bytes) => sum + bytes, 0));
  let offset = 0;
  for (const [i, { column, start, rows: count }] of parts.entries()) {
    if (column?.kind === 'bytes') blob.set(column.blob.subarray(0, used[i]), offset);
    for (let row = 0; row < count; row++)
      ends[start + row] = offset + (column?.kind === 'bytes' ? column.ends[row]! : 0);
    offset += used[i]!;
  }
  return new BytesColumn(ends, blob, valid);
}
