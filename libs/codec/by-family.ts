import type { UpperLanes } from '../record/columns.ts';
import type { Stream } from './directory.ts';
import { ENCODING } from './format.ts';
import { lookUpLast, lookUpWords } from './look-up.ts';

/*
 * Lanes of addresses that go by the family: the upper ones of IPv4 addresses and of MAC addresses are always the same, and of
 * IPv6 addresses those of one network.
 */

const FAMILIES = 256;
const isSeen = new Uint8Array(FAMILIES);
const words = new Uint32Array(FAMILIES);

/**
 * The stream of a lane where it goes by the family.
 * @param stored at least one row
 * @returns undefined where rows of one family differ
 */
export function encodeByFamily(lane: Uint32Array, family: Uint8Array, stored: Uint16Array): Stream | undefined {
  isSeen.fill(0);
  if (!collect(lane, family, stored)) return undefined;
  const pairs: number[] = [];
  for (let of = 0; of < FAMILIES; of++) if (isSeen[of] === 1) pairs.push(of, words[of]!);
  return pairs.every((value, i) => (i & 1) === 0 || value === pairs[1]) ? pairs[1]! : [ENCODING.byFamily, ...pairs];
}

function collect(lane: Uint32Array, family: Uint8Array, stored: Uint16Array): boolean {
  for (let i = 0; i < stored.length; i++) {
    const row = stored[i]!;
    const of = family[row]!;
    if (isSeen[of] === 0) {
      isSeen[of] = 1;
      words[of] = lane[row]!;
    }
    if (words[of] !== lane[row]) return false;
  }
  return true;
}

export function isByFamily(stream: Stream): stream is readonly Stream[] {
  return Array.isArray(stream) && stream[0] === ENCODING.byFamily;
}

/** A frame may say anything. */
function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** What the first three lanes are by family; undefined where one of them goes by anything else. */
export function upperLanes(a: Stream, b: Stream, c: Stream): UpperLanes | undefined {
  for (const stream of [a, b, c]) if (typeof stream !== 'number' && !isByFamily(stream)) return undefined;
  return (family) => [laneOf(a, family), laneOf(b, family), laneOf(c, family)];
}

function laneOf(stream: Stream, family: number): number {
  if (typeof stream === 'number') return stream >>> 0;
  let lane = 0;
  for (let i = 1; i < stream.length; i += 2) if ((numberOf(stream[i]) & 255) === family) lane = numberOf(stream[i + 1]);
  return lane >>> 0;
}

/**
 * Fills a lane; families that the stream does not name have 0.
 * @param family of all rows, or one that all of them have; 4-aligned
 */
export function decodeByFamily([, ...pairs]: readonly Stream[], family: Uint8Array, to: Uint32Array): void {
  words.fill(0);
  for (let i = 0; i < pairs.length; i += 2) words[numberOf(pairs[i]) & 255] = numberOf(pairs[i + 1]);
  if (family.length < to.length) {
    to.fill(words[family[0]!]!);
    return;
  }
  lookUpLast(to, to.length, family, words);
  lookUpWords(to, to.length >> 2, new Uint32Array(family.buffer, family.byteOffset, to.length >> 2), words);
}
