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
  /** Rows that a term is looking at; one more, which is looked at beyond their end. */
  readonly tried = new Uint32Array(BATCH_ROWS_MAX + 1);
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
    const { rest, tried } = scratch.at(depth);
    let from = rows;
    let left = count;
    for (let i = 0; i < terms.length && left > 0; i++) {
      copy(from, left, tried);
      const kept = terms[i]!(batch, tried, left);
      if (kept === 0) continue;
      left = keepOthers(from, left, tried, kept, rest);
      from = rest;
    }
    if (left === count) return 0;
    if (left === 0) return count;
    copy(rest, left, tried);
    return keepOthers(rows, count, tried, left, rows);
  };
}

/** Rows that do not match, in the order in which they came. */
export function noneOf(term: Select, scratch: Scratch, depth: number): Select {
  return (batch, rows, count) => {
    const { tried } = scratch.at(depth);
    copy(rows, count, tried);
    const matching = term(batch, tried, count);
    return matching === 0 ? count : keepOthers(rows, count, tried, matching, rows);
  };
}

function copy(from: Uint32Array, count: number, to: Uint32Array): void {
  for (let i = 0; i < count; i++) to[i] = from[i]!;
}

/**
 * Writes to `others` those of `rows` that are not among `some`, which are of them and in their order.
 * @param some has room for one more than `someCount`, which is looked at
 * @param others may be `rows`
 */
function keepOthers(
  rows: Uint32Array,
  count: number,
  some: Uint32Array,
  someCount: number,
  others: Uint32Array,
): number {
  // Beyond the last one stands what no row is.
  some[someCount] = 0xffff_ffff;
  let at = 0;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const isSome = Number(row === some[at]);
    others[kept] = row;
    kept += 1 - isSome;
    at += isSome;
  }
  return kept;
}
