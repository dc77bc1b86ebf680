import type { Batch } from '../record/batch.ts';
import type { KeyPiece } from './key-pieces.ts';

interface Place {
  readonly piece: KeyPiece;
  readonly word: number;
  readonly shift: number;
}

/** Puts the pieces of a key into 32-bit words, and the keys of many rows side by side. */
export class KeyLayout {
  /** Words of one key, at least 1. */
  readonly width: number;
  /** Keys of the rows last filled, `width` words each. */
  words = new Uint32Array(0);
  hashes = new Uint32Array(0);
  readonly #places: readonly Place[];
  /** For each place, where its value goes when the key is turned round. */
  readonly #turned: readonly Place[];
  /** For each place a number, of both sides of a thing the same. */
  readonly #salts: readonly number[];
  #values = new Uint32Array(0);

  constructor(pieces: readonly KeyPiece[]) {
    const { places, width } = arrange(pieces);
    this.#places = places;
    this.#turned = places.map((place) => counterpart(place, places));
    this.#salts = this.#places.map((_, i) => mix(Math.min(i, this.#places.indexOf(this.#turned[i]!)) + 1));
    this.width = width;
  }

  /** Computes keys and hashes of the first `count` of `rows`. */
  fill(batch: Batch, rows: Uint32Array, count: number): void {
    if (this.hashes.length < count) this.#reserve(count);
    const { words, width } = this;
    const values = this.#values;
    words.fill(0, 0, count * width);
    for (const { piece, word, shift } of this.#places) {
      piece.fill(batch, rows, count, values);
      for (let i = 0, at = word; i < count; i++, at += width) words[at]! |= values[i]! << shift;
    }
    for (let i = 0, at = 0; i < count; i++, at += width) this.hashes[i] = hashWords(words, at, width);
  }

  /** Replaces numbers of texts in keys that lie side by side. */
  translate(words: Uint32Array, numbers: Uint32Array): void {
    for (const { piece, word } of this.#places) {
      if (piece.interned !== true) continue;
      for (let at = word; at < words.length; at += this.width) words[at] = numbers[words[at]!]!;
    }
  }

  #reserve(count: number): void {
    this.words = new Uint32Array(count * this.width);
    this.hashes = new Uint32Array(count);
    this.#values = new Uint32Array(count);
  }

  /** Writes the key at `from[at…]` with source and destination in each other's place to `to`. */
  turn(from: Uint32Array, at: number, to: Uint32Array): void {
    to.fill(0, 0, this.width);
    for (let i = 0; i < this.#places.length; i++) {
      const { piece, word, shift } = this.#places[i]!;
      const value = (from[at + word]! >>> shift) & mask(piece.bits);
      const { word: toWord, shift: toShift } = this.#turned[i]!;
      to[toWord]! |= value << toShift;
    }
  }

  /**
   * A hash that a key and the same key turned round have in common.
   * @param without a piece that is not looked at
   */
  kinHash(words: Uint32Array, at: number, without: KeyPiece): number {
    let sum = 0;
    for (let i = 0; i < this.#places.length; i++) {
      const { piece, word, shift } = this.#places[i]!;
      if (piece === without) continue;
      sum = (sum + mix(((words[at + word]! >>> shift) & mask(piece.bits)) ^ this.#salts[i]!)) | 0;
    }
    return mix(sum) >>> 0;
  }

  /** Changes the value of a piece of one bit. */
  flip(words: Uint32Array, piece: KeyPiece): void {
    const place = this.#places.find((candidate) => candidate.piece === piece);
    if (place !== undefined) words[place.word]! ^= 1 << place.shift;
  }

  /** Reads the value of a piece. */
  valueOf(words: Uint32Array, at: number, piece: KeyPiece): number {
    const place = this.#places.find((candidate) => candidate.piece === piece);
    return place === undefined ? 0 : ((words[at + place.word]! >>> place.shift) & mask(piece.bits)) >>> 0;
  }
}

const mask = (bits: number): number => (bits === 32 ? -1 : (1 << bits) - 1);

/** First fit, the widest first. */
function arrange(pieces: readonly KeyPiece[]): { places: Place[]; width: number } {
  const free: number[] = [];
  const places = pieces
    .toSorted((a, b) => b.bits - a.bits)
    .map((piece) => {
      let word = free.findIndex((bits) => bits >= piece.bits);
      if (word < 0) word = free.push(32) - 1;
      const shift = 32 - free[word]!;
      free[word]! -= piece.bits;
      return { piece, word, shift };
    });
  return { places, width: Math.max(1, free.length) };
}

function counterpart(place: Place, places: readonly Place[]): Place {
  const { side, bits } = place.piece;
  if (side === undefined) return place;
  const isOther = ({ piece }: Place): boolean =>
    piece.side?.name === side.name && piece.side.of !== side.of && piece.bits === bits;
  return places.find(isOther) ?? place;
}

/** Murmur3's last step. */
function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Murmur3's mixing, word by word. */
export function hashWords(words: Uint32Array, at: number, width: number): number {
  let hash = width;
  for (let k = 0; k < width; k++) {
    let word = Math.imul(words[at + k]!, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  return mix(hash) >>> 0;
}
