import type { Interval } from './ast.ts';

/** What a comparison asks; the words and signs of each are in `COMPARISONS`. */
export type Comparison = Order | 'match' | 'nomatch' | 'bits';

/** How one number lies to another. */
export type Order = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'ne';

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['gt', 'gt'],
  ['greater', 'gt'],
  ['>', 'gt'],
  ['gte', 'gte'],
  ['>=', 'gte'],
  ['lt', 'lt'],
  ['less', 'lt'],
  ['<', 'lt'],
  ['lte', 'lte'],
  ['<=', 'lte'],
  ['eq', 'eq'],
  ['equal', 'eq'],
  ['=', 'eq'],
  ['==', 'eq'],
  ['ne', 'ne'],
  ['!=', 'ne'],
  ['~', 'match'],
  ['matches', 'match'],
  ['!~', 'nomatch'],
  ['&', 'bits'],
]);

export function comparisonOf(word: string): Comparison | undefined {
  return COMPARISONS.get(word);
}

/** Values from `low` to `high`, both included; with `inside` false all others. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly inside: boolean;
}

/** @param value what the comparison is with: a number, or with `eq` and `ne` all of an interval */
export function rangeOf(comparison: Order, { low, high }: Interval): Range {
  switch (comparison) {
    case 'gt':
      return { low: nextUp(high), high: Infinity, inside: true };
    case 'gte':
      return { low, high: Infinity, inside: true };
    case 'lt':
      return { low: -Infinity, high: -nextUp(-low), inside: true };
    case 'lte':
      return { low: -Infinity, high, inside: true };
    case 'eq':
      return { low, high, inside: true };
    case 'ne':
      return { low, high, inside: false };
  }
}

/** The same numbers as intervals in order that do not touch. */
export function joinIntervals(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const { low, high } of intervals.toSorted((a, b) => a.low - b.low)) {
    const last = joined.at(-1);
    if (last !== undefined && low <= last.high)
      joined[joined.length - 1] = { low: last.low, high: Math.max(last.high, high) };
    else joined.push({ low, high });
  }
  return joined;
}

const bits = new BigInt64Array(1);
const double = new Float64Array(bits.buffer);

/** The least double above a finite `value`. */
function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  bits[0]! += value > 0 ? 1n : -1n;
  return double[0];
}

/** What a number counts, which decides the suffixes that it may have. */
export type Dimension = 'count' | 'seconds';

const NUMBER = /^([+-]?(?:0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))([a-z]*)$/i;

const SUFFIXES: Readonly<Record<Dimension, ReadonlyMap<string, number>>> = {
  count: new Map([
    ['', 1],
    ['k', 1e3],
    ['K', 1e3],
    ['M', 1e6],
    ['G', 1e9],
    ['T', 1e12],
    ['Ki', 2 ** 10],
    ['Mi', 2 ** 20],
    ['Gi', 2 ** 30],
    ['Ti', 2 ** 40],
  ]),
  seconds: new Map([
    ['', 1],
    ['ns', 1e-9],
    ['us', 1e-6],
    ['ms', 1e-3],
    ['s', 1],
    ['m', 60],
    ['h', 3600],
    ['d', 86_400],
  ]),
};

/** A number as it was written: `value` times the size of the suffix; `suffix` is empty without one. */
export interface Quantity {
  readonly value: number;
  readonly suffix: string;
  /** 1 without a suffix. */
  readonly factor: number;
}

/**
 * A decimal, hexadecimal (0x) or floating-point number with a suffix: `2k` is 2000, `1Ki` 1024; for times `ns us ms s m h d`.
 * @returns undefined when `word` is no such number, or an infinite one
 */
export function parseQuantity(word: string, dimension: Dimension): Quantity | undefined {
  const [, digits, suffix] = NUMBER.exec(word) ?? [];
  if (digits === undefined || suffix === undefined) return undefined;
  const factor = SUFFIXES[dimension].get(suffix);
  const negative = digits.startsWith('-');
  const value = Number(digits.replace(/^[+-]/, ''));
  if (factor === undefined || !Number.isFinite(value * factor)) return undefined;
  return { value: negative ? -value : value, suffix, factor };
}

/** `A-B`, of which both are such numbers. @returns undefined when `word` is none */
export function parseQuantities(word: string, dimension: Dimension): readonly [Quantity, Quantity] | undefined {
  for (let at = word.indexOf('-', 1); at !== -1; at = word.indexOf('-', at + 1)) {
    const low = parseQuantity(word.slice(0, at), dimension);
    const high = parseQuantity(word.slice(at + 1), dimension);
    if (low !== undefined && high !== undefined) return [low, high];
  }
  return undefined;
}

export function suffixesOf(dimension: Dimension): string {
  return [...SUFFIXES[dimension].keys()].filter((suffix) => suffix !== '').join(' ');
}

/**
 * `quantity` in units of `scale`, in which values are held: 0.1 s in nanoseconds is 100000000, not 100000000.00000001.
 * Rounds only what differs from an integer by no more than the error of the multiplication.
 */
export function inUnitsOf(scale: number, quantity: Quantity): number {
  const factor = quantity.factor / scale;
  const rounded = Math.round(factor);
  const exact =
    Math.abs(factor - rounded) <= Math.abs(factor) * 1e-15 ? quantity.value * rounded : quantity.value * factor;
  const integer = Math.round(exact);
  return Math.abs(exact - integer) <= Math.abs(exact) * 4.5e-16 ? integer : exact;
}
