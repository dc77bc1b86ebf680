import { etherTypeName } from '../../libs/address/ethertypes.ts';
import { protocolName } from '../../libs/address/protocols.ts';
import { BATCH_ROWS_MAX, type Batch } from '../../libs/record/batch.ts';
import type { NumberColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import type { NumericArray } from '../../libs/record/kinds.ts';
import { ALL_ROWS } from '../../libs/record/select.ts';

const { spkts, dpkts, sbytes, dbytes, ipproto, etype, sport } = STORED_FIELDS;

/** Numbers of the stored fields that amounts are of, and of those that tell what flows speak. */
export const AMOUNT_FIELDS: readonly number[] = [spkts, dpkts, sbytes, dbytes].map(({ number }) => number);
export const PROTOCOL_FIELDS: readonly number[] = [ipproto, etype, sport].map(({ number }) => number);

/** How much there is of something. */
export interface Amount {
  readonly records: number;
  readonly sourcePackets: number;
  readonly destinationPackets: number;
  readonly sourceBytes: number;
  readonly destinationBytes: number;
}

export interface ProtocolAmount extends Amount {
  readonly name: string;
}

/** Records, and packets and bytes of both sides, one after the other. */
const CELLS = 5;

/** Kinds of flows by number: IP protocols, LLC, then EtherTypes; an EtherType of 0 is of links that nobody knows. */
const LLC = 256;
const FIRST_ETHERTYPE = 257;
const KINDS = FIRST_ETHERTYPE + 0x1_0000;

/** Counts flow records, by what they speak where that is asked for. */
export class RecordCounts {
  readonly #cells: Float64Array;
  readonly #kinds = new Uint32Array(BATCH_ROWS_MAX);
  #management = 0;

  constructor({ byProtocol }: { readonly byProtocol: boolean }) {
    this.#cells = new Float64Array(byProtocol ? KINDS * CELLS : CELLS);
  }

  addManagement(count: number): void {
    this.#management += count;
  }

  /** @param rows of which the first `count` are taken; undefined for all */
  add(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    const taken = rows ?? ALL_ROWS;
    const columns = AMOUNT_FIELDS.map((field) => batch.columns[field] as NumberColumn | undefined);
    if (this.#cells.length > CELLS) {
      kindsOf(batch, rows, count, this.#kinds);
      this.#addByKind(columns, taken, count);
      return;
    }
    this.#cells[0]! += count;
    columns.forEach((column, k) => (this.#cells[k + 1]! += column === undefined ? 0 : sum(column, taken, count)));
  }

  #addByKind(columns: readonly (NumberColumn | undefined)[], rows: Uint32Array, count: number): void {
    const kinds = this.#kinds;
    const cells = this.#cells;
    const [a, b, c, d] = columns;
    if (isFull(a) && isFull(b) && isFull(c) && isFull(d)) {
      addAmounts(cells, kinds, rows, count, a.values, b.values, c.values, d.values);
      return;
    }
    for (let i = 0; i < count; i++) cells[kinds[i]! * CELLS]! += 1;
    columns.forEach((column, k) => addByKind(cells, kinds, rows, count, column, k + 1));
  }

  /** All that was counted, for `addState`. */
  get state(): Float64Array<ArrayBuffer> {
    const state = new Float64Array(this.#cells.length + 1);
    state.set(this.#cells);
    state[this.#cells.length] = this.#management;
    return state;
  }

  /** Adds what was counted elsewhere. */
  addState(state: Float64Array): void {
    for (let at = 0; at < this.#cells.length; at++) this.#cells[at]! += state[at]!;
    this.#management += state[this.#cells.length]!;
  }

  /** Of all records; management records, where they were counted, have nothing but their number. */
  total(): Amount {
    const sums = new Float64Array(CELLS);
    for (let at = 0; at < this.#cells.length; at++) sums[at % CELLS]! += this.#cells[at]!;
    sums[0]! += this.#management;
    return amountAt(sums, 0);
  }

  /** In the order of IP protocols, then EtherTypes; for those who asked for them. */
  protocols(asNumbers: boolean): ProtocolAmount[] {
    const found: ProtocolAmount[] = [];
    for (let kind = 0; kind < KINDS; kind++) {
      if (this.#cells[kind * CELLS] === 0) continue;
      found.push({ name: asNumbers ? numberOf(kind) : nameOf(kind), ...amountAt(this.#cells, kind * CELLS) });
    }
    return found;
  }
}

function sum(column: NumberColumn, rows: Uint32Array, count: number): number {
  const { values, valid } = column;
  let total = 0;
  if (valid === undefined) for (let i = 0; i < count; i++) total += values[rows[i]!]!;
  else for (let i = 0; i < count; i++) if (column.has(rows[i]!)) total += values[rows[i]!]!;
  return total;
}

/** Whether each row has a value. */
function isFull(column: NumberColumn | undefined): column is NumberColumn {
  return column !== undefined && column.valid === undefined;
}

/** All in one pass: what is added to one cell after the other waits for itself. */
function addAmounts(
  cells: Float64Array,
  kinds: Uint32Array,
  rows: Uint32Array,
  count: number,
  a: NumericArray,
  b: NumericArray,
  c: NumericArray,
  d: NumericArray,
): void {
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const at = kinds[i]! * CELLS;
    cells[at]! += 1;
    cells[at + 1]! += a[row]!;
    cells[at + 2]! += b[row]!;
    cells[at + 3]! += c[row]!;
    cells[at + 4]! += d[row]!;
  }
}

function addByKind(
  cells: Float64Array,
  kinds: Uint32Array,
  rows: Uint32Array,
  count: number,
  column: NumberColumn | undefined,
  cell: number,
): void {
  if (column === undefined) return;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    if (column.has(row)) cells[kinds[i]! * CELLS + cell]! += column.values[row]!;
  }
}

/** @param rows undefined for all */
function kindsOf(batch: Batch, rows: Uint32Array | undefined, count: number, kinds: Uint32Array): void {
  const protocol = batch.columns[ipproto.number] as NumberColumn | undefined;
  const type = batch.columns[etype.number] as NumberColumn | undefined;
  const access = batch.columns[sport.number] as NumberColumn | undefined;
  const linkKind = (row: number): number => {
    const number = type !== undefined && type.has(row) ? type.values[row]! : 0;
    return number === 0 && access?.has(row) === true ? LLC : FIRST_ETHERTYPE + number;
  };
  const { valid } = protocol ?? {};
  if (rows === undefined && protocol !== undefined) {
    kinds.set(protocol.values.subarray(0, count));
    if (valid !== undefined) eachAbsent(valid, count, (row) => (kinds[row] = linkKind(row)));
    return;
  }
  const taken = rows ?? ALL_ROWS;
  for (let i = 0; i < count; i++) {
    const row = taken[i]!;
    kinds[i] = protocol?.has(row) === true ? protocol.values[row]! : linkKind(row);
  }
}

/** The rows, of the first `count`, without a value. */
function eachAbsent(valid: Uint8Array, count: number, take: (row: number) => void): void {
  for (let i = 0; i << 3 < count; i++) {
    if (valid[i] === 0xff) continue;
    const end = Math.min((i + 1) << 3, count);
    for (let row = i << 3; row < end; row++) if (((valid[i]! >> (row & 7)) & 1) === 0) take(row);
  }
}

function amountAt(cells: Float64Array, at: number): Amount {
  const [records, sourcePackets, destinationPackets, sourceBytes, destinationBytes] = cells.subarray(at, at + CELLS) as unknown as [number, number, number, number, number]; // prettier-ignore
  return { records, sourcePackets, destinationPackets, sourceBytes, destinationBytes };
}

function nameOf(kind: number): string {
  if (kind < LLC) return protocolName(kind);
  if (kind === LLC) return 'llc';
  return kind === FIRST_ETHERTYPE ? 'unknown' : (etherTypeName(kind - FIRST_ETHERTYPE) ?? numberOf(kind));
}

function numberOf(kind: number): string {
  if (kind < LLC) return String(kind);
  return kind === LLC ? 'llc' : `0x${(kind - FIRST_ETHERTYPE).toString(16).padStart(4, '0')}`;
}
