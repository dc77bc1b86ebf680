import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { NumericArray } from '../record/kinds.ts';

/*
 * Values that are stored close together go to their rows. Each loop sees one type of array, which makes it several times
 * faster.
 */

const bytes = new Uint8Array(BATCH_ROWS_MAX);
const halves = new Uint16Array(BATCH_ROWS_MAX);
const words = new Uint32Array(BATCH_ROWS_MAX);
const doubles = new Float64Array(BATCH_ROWS_MAX);

/** Room for a batch of values of the same type, the same every time. */
export function scratchLike(values: NumericArray): NumericArray {
  if (values instanceof Float64Array) return doubles;
  if (values instanceof Uint32Array) return words;
  return values instanceof Uint16Array ? halves : bytes;
}

/** @param from of the type of `to` */
export function scatter(from: NumericArray, to: NumericArray, rows: Uint16Array): void {
  if (to instanceof Float64Array) scatterDoubles(from as Float64Array, to, rows);
  else if (to instanceof Uint32Array) scatterWords(from as Uint32Array, to, rows);
  else if (to instanceof Uint16Array) scatterHalves(from as Uint16Array, to, rows);
  else scatterBytes(from as Uint8Array, to, rows);
}

function scatterDoubles(from: Float64Array, to: Float64Array, rows: Uint16Array): void {
  for (let i = 0; i < rows.length; i++) to[rows[i]!] = from[i]!;
}

function scatterWords(from: Uint32Array, to: Uint32Array, rows: Uint16Array): void {
  for (let i = 0; i < rows.length; i++) to[rows[i]!] = from[i]!;
}

function scatterHalves(from: Uint16Array, to: Uint16Array, rows: Uint16Array): void {
  for (let i = 0; i < rows.length; i++) to[rows[i]!] = from[i]!;
}

function scatterBytes(from: Uint8Array, to: Uint8Array, rows: Uint16Array): void {
  for (let i = 0; i < rows.length; i++) to[rows[i]!] = from[i]!;
}

/** Gives each of `rows`, ascending, the value of the row before it that `earlier` names. */
export function copyEarlier(values: NumericArray, rows: Uint16Array, earlier: Int16Array): void {
  if (values instanceof Float64Array) copyDoubles(values, rows, earlier);
  else if (values instanceof Uint32Array) copyWords(values, rows, earlier);
  else if (values instanceof Uint16Array) copyHalves(values, rows, earlier);
  else copyBytes(values, rows, earlier);
}

function copyDoubles(values: Float64Array, rows: Uint16Array, earlier: Int16Array): void {
  for (let i = 0; i < rows.length; i++) values[rows[i]!] = values[earlier[rows[i]!]!]!;
}

function copyWords(values: Uint32Array, rows: Uint16Array, earlier: Int16Array): void {
  for (let i = 0; i < rows.length; i++) values[rows[i]!] = values[earlier[rows[i]!]!]!;
}

function copyHalves(values: Uint16Array, rows: Uint16Array, earlier: Int16Array): void {
  for (let i = 0; i < rows.length; i++) values[rows[i]!] = values[earlier[rows[i]!]!]!;
}

function copyBytes(values: Uint8Array, rows: Uint16Array, earlier: Int16Array): void {
  for (let i = 0; i < rows.length; i++) values[rows[i]!] = values[earlier[rows[i]!]!]!;
}
