import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { originKey } from '../record/ledger.ts';
import { Gatherer } from './gatherer.ts';
import { ROW_BITS } from './row-names.ts';

/** Rows that are copied at once: more take more memory, fewer are read from farther apart. */
const GROUP_ROWS = 32 * BATCH_ROWS_MAX;

/** Some rows of a batch that come next; all, where `rows` is undefined. */
export interface Piece {
  readonly batch: Batch;
  readonly rows: Uint32Array | undefined;
  readonly count: number;
}

/** A batch of each origin, and whose row comes next, by place in `batches`; each takes its rows in their order. */
export interface Block {
  readonly batches: readonly Batch[];
  /** Undefined where there is one batch. */
  readonly owners: Uint16Array | undefined;
  readonly rows: number;
}

/** The rows of some batches in a given order, block by block. */
export class SortedRows {
  readonly #gatherer: Gatherer;
  /** By batch: a number for each origin. */
  readonly #origins: Uint16Array;
  readonly #originsCount: number;

  constructor(batches: readonly Batch[]) {
    const numbers = new Map<string, number>();
    this.#gatherer = new Gatherer(batches);
    this.#origins = Uint16Array.from(batches, ({ origin }) => {
      const key = originKey(origin);
      if (!numbers.has(key)) numbers.set(key, numbers.size);
      return numbers.get(key)!;
    });
    this.#originsCount = numbers.size;
  }

  /** @param names of 1 to `BATCH_ROWS_MAX` rows */
  block(names: Uint32Array): Block {
    const rows = names.length;
    if (this.#originsCount === 1) return { batches: this.#gatherer.gather(names), owners: undefined, rows };
    const shares = new Map<number, number[]>();
    for (const name of names) {
      const origin = this.#origins[name >>> ROW_BITS]!;
      const share = shares.get(origin);
      if (share === undefined) shares.set(origin, [name]);
      else share.push(name);
    }
    const places = new Map([...shares.keys()].map((origin, place) => [origin, place]));
    const batches = [...shares.values()].map((share) => this.#gatherer.gather(Uint32Array.from(share))[0]!);
    const owners = batches.length === 1 ? undefined : Uint16Array.from(names, (name) => places.get(this.#origins[name >>> ROW_BITS]!)!); // prettier-ignore
    return { batches, owners, rows };
  }

  *blocks(names: Uint32Array, blockRows = BATCH_ROWS_MAX): Generator<Block> {
    const step = this.#originsCount === 1 ? GROUP_ROWS : blockRows;
    for (let at = 0; at < names.length; at += step) {
      const part = names.subarray(at, at + step);
      if (this.#originsCount > 1) yield this.block(part);
      else for (const batch of this.#gatherer.gather(part, blockRows)) yield { batches: [batch], owners: undefined, rows: batch.rows }; // prettier-ignore
    }
  }
}

/** The rows of a block one after the other: neighbours of one origin together. */
export function* piecesOf({ batches, owners, rows }: Block): Generator<Piece> {
  if (owners === undefined) {
    yield { batch: batches[0]!, rows: undefined, count: rows };
    return;
  }
  const places = batches.map((batch) => Uint32Array.from({ length: batch.rows }, (_, row) => row));
  const taken = new Uint32Array(batches.length);
  for (let at = 0; at < rows;) {
    const owner = owners[at]!;
    let end = at + 1;
    while (end < rows && owners[end] === owner) end += 1;
    const from = taken[owner]!;
    const count = end - at;
    taken[owner] = from + count;
    yield { batch: batches[owner]!, rows: places[owner]!.subarray(from, from + count), count };
    at = end;
  }
}
