import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { gatherRows } from './gatherer.ts';
import { ROW_BITS } from './row-names.ts';
import type { RowStore } from './row-store.ts';

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

/**
 * @param names of 1 to `BATCH_ROWS_MAX` rows, in the order that is wanted
 * @param room where a batch may lie if there is only one
 */
export function blockOf(store: RowStore, names: Uint32Array, room?: ArrayBufferLike): Block {
  const rows = names.length;
  if (store.origins.length === 1) return { batches: [gatherRows(store, names, room)], owners: undefined, rows };
  const shares = new Map<number, number[]>();
  for (const name of names) {
    const { origin } = store.segments[name >>> ROW_BITS]!;
    const share = shares.get(origin);
    if (share === undefined) shares.set(origin, [name]);
    else share.push(name);
  }
  const batches = [...shares.values()].map((share) => gatherRows(store, Uint32Array.from(share)));
  if (batches.length === 1) return { batches, owners: undefined, rows };
  const places = new Map([...shares.keys()].map((origin, place) => [origin, place]));
  const owners = Uint16Array.from(names, (name) => places.get(store.segments[name >>> ROW_BITS]!.origin)!);
  return { batches, owners, rows };
}

/**
 * All of them, block by block.
 * @param areLent whether nobody looks at a block of `BATCH_ROWS_MAX` rows when the next one is asked for, which then takes its place
 */
export function* blocksOf(
  store: RowStore,
  names: Uint32Array,
  blockRows = BATCH_ROWS_MAX,
  areLent = false,
): Generator<Block> {
  let room: ArrayBufferLike | undefined;
  for (let at = 0; at < names.length; at += blockRows) {
    const block = blockOf(store, names.subarray(at, at + blockRows), room);
    yield block;
    room = areLent && block.rows === BATCH_ROWS_MAX ? block.batches[0]!.buffer : undefined;
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
