import type { Batch } from '../record/batch.ts';
import { hashOfWords, mix, SEED } from './hash.ts';
import type { KeyPiece, Target } from './key-piece.ts';

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
  /** For each place a number that its values are mixed with; undefined where they do not count. */
  readonly #salts: readonly (number | undefined)[];
  /** Whether hashes are made of pieces, as those of kin have to be. Else they are made of words. */
  readonly #hasKin: boolean;
  #values = new Uint32Array(0);

  /** @param kin a piece; keys that differ in it alone, and those turned round, have one hash in common. Undefined for hashes of each key's own. */
  constructor(pieces: readonly KeyPiece[], kin?: KeyPiece) {
    const { places, width } = arrange(pieces);
    this.#places = places;
    this.#turned = places.map((place) => counterpart(place, places));
    this.#salts = places.map(({ piece }, i) => {
      return piece === kin ? undefined : mix(SEED ^ (Math.min(i, places.indexOf(this.#turned[i]!)) + 1));
    });
    this.#hasKin = kin !== undefined;
    this.width = width;
  }

  /** Computes keys and hashes of the first `count` of `rows`. */
  fill(batch: Batch, rows: Uint32Array, count: number): void {
    if (this.hashes.length < count) this.#reserve(count);
    const { words, width, hashes } = this;
    const common = new Uint32Array(width);
    let commonHash = 0;
    words.fill(0, 0, count * width);
    if (this.#hasKin) hashes.fill(0, 0, count);
    for (const [i, { piece, word, shift }] of this.#places.entries()) {
      // The first values of a word are put there at once.
      const to: Target = shift === 0 ? { words, from: word, step: width } : { words: this.#values, from: 0, step: 1 };
      const same = piece.fill(batch, rows, count, to);
      const salt = this.#salts[i];
      if (same === undefined) {
        if (shift > 0) addValues(this.#values, count, words, word, width, shift);
        if (salt !== undefined && this.#hasKin) addMixed(to, count, salt, hashes);
      } else {
        common[word]! |= same << shift;
        if (salt !== undefined) commonHash = (commonHash + mix(same ^ salt)) | 0;
      }
    }
    for (let k = 0; k < width; k++) if (common[k] !== 0) addSame(common[k]!, count, words, k, width);
    if (this.#hasKin) mixAll(hashes, count, commonHash);
    else hashWords(words, count, width, hashes);
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

  /** The hash of the key at `words[at…]`. */
  hashOf(words: Uint32Array, at: number): number {
    if (!this.#hasKin) return hashOfWords(words, at, this.width);
    let sum = 0;
    for (let i = 0; i < this.#places.length; i++) {
      const { piece, word, shift } = this.#places[i]!;
      const salt = this.#salts[i];
      if (salt !== undefined) sum = (sum + mix(((words[at + word]! >>> shift) & mask(piece.bits)) ^ salt)) | 0;
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

function hashWords(words: Uint32Array, count: number, width: number, hashes: Uint32Array): void {
  for (let i = 0, at = 0; i < count; i++, at += width) hashes[i] = hashOfWords(words, at, width);
}

function mixAll(hashes: Uint32Array, count: number, more: number): void {
  for (let i = 0; i < count; i++) hashes[i] = mix(hashes[i]! + more);
}

function addValues(
  values: Uint32Array,
  count: number,
  words: Uint32Array,
  word: number,
  width: number,
  shift: number,
): void {
  for (let i = 0, at = word; i < count; i++, at += width) words[at]! |= values[i]! << shift;
}

function addSame(value: number, count: number, words: Uint32Array, word: number, width: number): void {
  for (let i = 0, at = word; i < count; i++, at += width) words[at]! |= value;
}

function addMixed({ words, from, step }: Target, count: number, salt: number, hashes: Uint32Array): void {
  for (let i = 0, at = from; i < count; i++, at += step) hashes[i]! += mix(words[at]! ^ salt);
}
