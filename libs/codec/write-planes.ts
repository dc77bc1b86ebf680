import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { ChunkWriter } from './chunks.ts';
import type { Integers } from './planes.ts';

/** Planes of the four bytes of a word: a loop over all of them at once is faster than one for each. */
const planes = [0, 1, 2, 3].map(() => new Uint8Array(BATCH_ROWS_MAX)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]; // prettier-ignore
const narrowPlane = new Uint8Array(BATCH_ROWS_MAX);

/** Writes the planes of `count` values of `bits` bits, one chunk each; see `planes.ts`. */
export function writePlanes(out: ChunkWriter, { low, high }: Integers, count: number, bits: number): void {
  writeWord(out, low, count, Math.min(bits, 32));
  if (bits > 32) writeWord(out, high, count, bits - 32);
}

/** As `writePlanes`, of values less `least`, at most 255. */
export function writePlane(out: ChunkWriter, low: Uint32Array, least: number, count: number, bits: number): void {
  const [plane] = planes;
  for (let i = 0; i < count; i++) plane[i] = low[i]! - least;
  addPlane(out, plane, count, bits);
}

function writeWord(out: ChunkWriter, words: Uint32Array, count: number, bits: number): void {
  const [a, b, c, d] = planes;
  if (bits <= 8) split1(words, count, a);
  else if (bits <= 16) split2(words, count, a, b);
  else if (bits <= 24) split3(words, count, a, b, c);
  else split4(words, count, a, b, c, d);
  for (let shift = 0; shift < bits; shift += 8) addPlane(out, planes[shift >> 3]!, count, Math.min(bits - shift, 8));
}

function split1(words: Uint32Array, count: number, a: Uint8Array): void {
  for (let i = 0; i < count; i++) a[i] = words[i]!;
}

function split2(words: Uint32Array, count: number, a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < count; i++) {
    const word = words[i]!;
    a[i] = word;
    b[i] = word >>> 8;
  }
}

function split3(words: Uint32Array, count: number, a: Uint8Array, b: Uint8Array, c: Uint8Array): void {
  for (let i = 0; i < count; i++) {
    const word = words[i]!;
    a[i] = word;
    b[i] = word >>> 8;
    c[i] = word >>> 16;
  }
}

function split4(words: Uint32Array, count: number, a: Uint8Array, b: Uint8Array, c: Uint8Array, d: Uint8Array): void {
  for (let i = 0; i < count; i++) {
    const word = words[i]!;
    a[i] = word;
    b[i] = word >>> 8;
    c[i] = word >>> 16;
    d[i] = word >>> 24;
  }
}

/** The first `count` values of a plane, of so many bits, which go up to 8. The plane may be written to. */
export function addPlane(out: ChunkWriter, plane: Uint8Array, count: number, width: number): void {
  if (width === 8) out.add(plane, count);
  else out.add(narrowPlane, narrow(plane, count, width));
}

/** Packs values of fewer than 8 bits into `narrowPlane`. @returns the bytes that they take there */
function narrow(plane: Uint8Array, count: number, width: number): number {
  const perByte = 8 / width;
  const bytes = Math.ceil(count / perByte);
  for (let i = count; i < bytes * perByte; i++) plane[i] = 0;
  if (width === 1) pack1(plane, bytes);
  else if (width === 2) pack2(plane, bytes);
  else pack4(plane, bytes);
  return bytes;
}

function pack1(plane: Uint8Array, bytes: number): void {
  for (let i = 0, at = 0; i < bytes; i++, at += 8) {
    const low = plane[at]! | (plane[at + 1]! << 1) | (plane[at + 2]! << 2) | (plane[at + 3]! << 3);
    const high = plane[at + 4]! | (plane[at + 5]! << 1) | (plane[at + 6]! << 2) | (plane[at + 7]! << 3);
    narrowPlane[i] = low | (high << 4);
  }
}

function pack2(plane: Uint8Array, bytes: number): void {
  for (let i = 0, at = 0; i < bytes; i++, at += 4)
    narrowPlane[i] = plane[at]! | (plane[at + 1]! << 2) | (plane[at + 2]! << 4) | (plane[at + 3]! << 6);
}

function pack4(plane: Uint8Array, bytes: number): void {
  for (let i = 0, at = 0; i < bytes; i++, at += 2) narrowPlane[i] = plane[at]! | (plane[at + 1]! << 4);
}
