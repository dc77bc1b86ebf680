import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { Select } from './columns.ts';

/** Row lists that a filter works in, one set for each depth of `or` and `not`; made when a depth is first reached. */
export class Scratch {
  readonly #levels: Level[] = [];

  /** @param depth how many `or` and `not` lie around the one that asks */
  at(depth: number): Level {
    return (this.#levels[depth] ??= new Level());
  }
}

class Level {
  /** Rows that no term has taken yet. */
  readonly rest = new Uint32Array(BATCH_ROWS_MAX);
  /** Rows that a term is looking at. */
  readonly tried = new Uint32Array(BATCH_ROWS_MAX);
  /** 1 for each row that a term has taken; all zero between calls. */
  readonly taken = new Uint8Array(BATCH_ROWS_MAX);
}

/** Rows that match every term: each looks only at what those before it left. */
export function allOf(terms: readonly Select[]): Select {
  return (batch, rows, count) => {
    let kept = count;
    for (let i = 0; i < terms.length && kept > 0; i++) kept = terms[i]!(batch, rows, kept);
    return kept;
  };
}

/** Rows that match some term, in the order in which they came: each term looks only at what those before it refused. */
export function anyOf(terms: readonly Select[], scratch: Scratch, depth: number): Select {
  return (batch, rows, count) => {
    const { rest, tried, taken } = scratch.at(depth);
    copy(rows, count, rest);
    let left = count;
    for (let i = 0; i < terms.length && left > 0; i++) {
      copy(rest, left, tried);
      const kept = terms[i]!(batch, tried, left);
      if (kept === 0) continue;
      mark(taken, tried, kept);
      left = keepTaken(taken, 1, rest, left);
    }
    if (left === count) return 0;
    const kept = keepTaken(taken, 0, rows, count);
    clear(taken, rows, kept);
    return kept;
  };
}

/** Rows that do not match, in the order in which they came. */
export function noneOf(term: Select, scratch: Scratch, depth: number): Select {
  return (batch, rows, count) => {
    const { tried, taken } = scratch.at(depth);
    copy(rows, count, tried);
    const matching = term(batch, tried, count);
    if (matching === 0) return count;
    mark(taken, tried, matching);
    const kept = keepTaken(taken, 1, rows, count);
    clear(taken, tried, matching);
    return kept;
  };
}

function copy(from: Uint32Array, count: number, to: Uint32Array): void {
  for (let i = 0; i < count; i++) to[i] = from[i]!;
}

function mark(taken: Uint8Array, rows: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) taken[rows[i]!] = 1;
}

function clear(taken: Uint8Array, rows: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) taken[rows[i]!] = 0;
}

/** @param refused 0 keeps the rows that are taken, 1 the others */
function keepTaken(taken: Uint8Array, refused: 0 | 1, rows: Uint32Array, count: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    rows[kept] = row;
    kept += taken[row]! ^ refused;
  }
  return kept;
}
