import type { Zone } from './zone.ts';
import { cutBelow, DAY, fieldsOf, FIELD_MIN, wallOf, withField, type FieldIndex, type Fields } from './wall.ts';

/** From `startUs` up to, not including, `endUs`: microseconds since the epoch. */
export interface Interval {
  readonly startUs: number;
  readonly endUs: number;
}

/** Intervals of time, one or, with wildcards, many. */
export interface Moments {
  /** The first interval that ends after `us`; undefined when there is none. */
  after(us: number): Interval | undefined;
  /** The only interval, when there is one. */
  readonly only: Interval | undefined;
}

export function oneInterval(startUs: number, endUs: number): Moments {
  const only: Interval = { startUs, endUs };
  return { only, after: (us) => (us < endUs ? only : undefined) };
}

/** A value of each field, from the year down to some finest one; undefined is any value. */
export type Pattern = readonly (number | undefined)[];

/** Steps in search of the next match; a rare date such as 29 February of a century year needs some dozens. */
const STEPS_MAX = 2000;
const YEAR_MAX = 9999;

/** What a clock shows again and again: `**.14`. Remembers the last interval, since neighbours mostly ask for the same. */
export class RecurringMoments implements Moments {
  readonly only = undefined;
  readonly #zone: Zone;
  readonly #pattern: Pattern;
  readonly #endOf: (startWallMs: number) => number;
  readonly #longestMs: number;
  #found: Interval | undefined;
  /** `#found` is the answer for times from here up to its end. */
  #fromUs = Infinity;

  /**
   * @param endOf the wall time at which the interval that begins then ends
   * @param longestMs no interval is longer
   */
  constructor(zone: Zone, pattern: Pattern, endOf: (startWallMs: number) => number, longestMs: number) {
    this.#zone = zone;
    this.#pattern = pattern;
    this.#endOf = endOf;
    this.#longestMs = longestMs;
  }

  after(us: number): Interval | undefined {
    if (us >= this.#fromUs && (this.#found === undefined || us < this.#found.endUs)) return this.#found;
    this.#found = this.#search(us);
    this.#fromUs = us;
    return this.#found;
  }

  #search(us: number): Interval | undefined {
    const finest = (this.#pattern.length - 1) as FieldIndex;
    let wall = this.#zone.wallMs(Math.floor(us / 1000)) - this.#longestMs;
    wall = wallOf(cutBelow(fieldsOf(wall), finest));
    for (let step = 0; step < STEPS_MAX; step++) {
      const start = nextMatch(this.#pattern, wall);
      if (start === undefined) return undefined;
      const endWall = this.#endOf(start);
      const endUs = this.#zone.instantMs(endWall) * 1000;
      if (endUs > us) return { startUs: this.#zone.instantMs(start) * 1000, endUs };
      wall = nextOf(fieldsOf(start), finest);
    }
    return undefined;
  }
}

/** The wall time one unit of `index` later, finer fields at their least. */
function nextOf(fields: Fields, index: FieldIndex): number {
  return wallOf(cutBelow(withField(fields, index, fields[index] + 1), index));
}

/** The first wall time, not before `wall`, at which the pattern begins; `wall` is cut to its finest field. */
export function nextMatch(pattern: Pattern, wall: number): number | undefined {
  for (let step = 0; step < STEPS_MAX; step++) {
    const fields = fieldsOf(wall);
    if (fields[0] > YEAR_MAX) return undefined;
    const index = pattern.findIndex((value, i) => value !== undefined && value !== fields[i]) as FieldIndex | -1;
    if (index === -1) return wall;
    const wanted = pattern[index]!;
    if (fields[index] < wanted) {
      const reached = wallOf(cutBelow(withField(fields, index, wanted), index));
      // A day that the month does not have is carried over into the next.
      const isThere = index !== DAY || fieldsOf(reached)[DAY] === wanted;
      wall = isThere ? reached : nextOf(fields, (DAY - 1) as FieldIndex);
    } else if (index === 0) return undefined;
    else wall = nextOf(fields, (index - 1) as FieldIndex);
  }
  return undefined;
}

/** The wall time at which a pattern without wildcards begins. */
export function startOf(pattern: Pattern): number {
  return wallOf(FIELD_MIN.map((least, index) => pattern[index] ?? least) as unknown as Fields);
}
