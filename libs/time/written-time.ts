import { UsageError } from '../core/errors.ts';
import type { Pattern } from './moments.ts';
import { DAY, FIELD_MAX, FIELD_MIN, MONTH, YEAR, type FieldIndex, type Fields } from './wall.ts';

/** A time as it was written, before what is left out is filled in. */
export type WrittenTime =
  | { readonly kind: 'epoch'; readonly us: number; readonly lengthUs: number }
  | {
      readonly kind: 'calendar';
      readonly fields: WrittenFields;
      /** Of the second; undefined when it has none. */
      readonly fraction: Fraction | undefined;
      readonly inUnits: boolean;
    };

/** What stands behind the point of a second: microseconds, and those that its last digit is. */
export interface Fraction {
  readonly us: number;
  readonly lengthUs: number;
}

/** From the year: a number, `any` for a wildcard, undefined for what was left out. */
export type WrittenFields = readonly (number | 'any' | undefined)[];

const HINT =
  'Write 2026/03/01.14:30:00 or parts of it, 2026y3M1d14h, seconds since 1970, or -10m for the last ten minutes.';

export function badTime(text: string, problem = `'${text}' is no time`): UsageError {
  return new UsageError(problem, { hint: HINT });
}

const VALUE = String.raw`(\d{1,4}|\*+)`;
const CLOCK = String.raw`${VALUE}(?::${VALUE}(?::${VALUE})?)?`;
const DATED = new RegExp(String.raw`^(?:(?:${VALUE}/)?${VALUE}/)?${VALUE}\.${CLOCK}$`);
const CLOCK_ONLY = new RegExp(`^${CLOCK}$`);
const UNITS = /^(?:(?:\d{1,4}|\*+)[yMdhHms])+$/;
const EPOCH = /^(\d{9,11})(?:\.(\d{1,9}))?$/;
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](.+))?$/;
const WITH_FRACTION = /^(.*:.*:.*)\.(\d{1,9})$/;
const UNIT_FIELDS: Readonly<Record<string, FieldIndex>> = { y: 0, M: 1, d: 2, h: 3, H: 3, m: 4, s: 5 };

/**
 * Reads `[[[yyyy/]mm/]dd.]HH[:MM[:SS[.f]]]`, `[yyyy/]mm/dd`, `yyyy/mm`, `yyyy`, `yyyy-mm-ddTHH:MM:SS.f`, `2023y11M14d22h13m20s`, seconds
 * since 1970.
 * @throws {UsageError}
 */
export function parseTime(text: string): WrittenTime {
  const epoch = EPOCH.exec(text);
  if (epoch !== null) {
    const { us, lengthUs } = fractionOf(epoch[2] ?? '');
    return { kind: 'epoch', us: Number(epoch[1]) * 1e6 + us, lengthUs };
  }
  const [, whole = text, digits] = WITH_FRACTION.exec(text) ?? [];
  const written = UNITS.test(whole) ? unitsOf(whole) : datedOf(whole.replace(ISO, slashed).replace(/(?<=\/\d+) /, '.'));
  if (written === undefined) throw badTime(text);
  const fields = written.map((value, index) => valueOf(text, value, index));
  if (fields[MONTH] !== undefined && fields[DAY] !== undefined && !dayExists(fields))
    throw badTime(text, `'${text}': there is no such day`);
  if (digits !== undefined && fields.includes('any')) throw badTime(text, `'${text}': wildcards have no fractions`);
  const fraction = digits === undefined ? undefined : fractionOf(digits);
  return { kind: 'calendar', fields, fraction, inUnits: UNITS.test(text) };
}

/** A date of ISO 8601 as it is written here. */
function slashed(_: string, year: string, month: string, day: string, clock: string | undefined): string {
  return `${year}/${month}/${day}${clock === undefined ? '' : `.${clock}`}`;
}

/** @param digits up to nine; below microseconds they are dropped */
function fractionOf(digits: string): Fraction {
  return { us: Number(digits.slice(0, 6).padEnd(6, '0')), lengthUs: 10 ** Math.max(0, 6 - digits.length) };
}

type Words = readonly (string | undefined)[];

/** @returns undefined when the units are not in order, or one between them is left out */
function unitsOf(text: string): Words | undefined {
  const words: (string | undefined)[] = [];
  for (const [, value, unit] of text.matchAll(/(\d+|\*+)([yMdhHms])/g)) {
    const index = UNIT_FIELDS[unit!]!;
    if (words.length > 0 && index !== words.length) return undefined;
    words[index] = value;
  }
  return Array.from(words);
}

function datedOf(text: string): Words | undefined {
  const dated = DATED.exec(text);
  if (dated !== null) return trimmed(dated.slice(1));
  if (text.includes('/')) {
    const parts = text.split('/');
    if (parts.length > 3 || parts.some((part) => !/^(\d{1,4}|\*+)$/.test(part))) return undefined;
    if (parts.length === 3 || parts[0]!.length === 4) return parts;
    return [undefined, ...parts];
  }
  if (/^(\d{4}|\*{4})$/.test(text)) return [text];
  const clock = CLOCK_ONLY.exec(text);
  return clock === null ? undefined : trimmed([undefined, undefined, undefined, ...clock.slice(1)]);
}

function trimmed(words: Words): Words {
  return words.slice(0, words.findLastIndex((word) => word !== undefined) + 1);
}

function valueOf(text: string, word: string | undefined, index: number): number | 'any' | undefined {
  if (word === undefined) return undefined;
  if (word.startsWith('*')) return 'any';
  const value = Number(word);
  const isYear = index === YEAR && word.length === 4;
  if (index === YEAR ? !isYear : value < FIELD_MIN[index]! || value > FIELD_MAX[index]!)
    throw badTime(text, `'${text}': ${word} is no ${NAMES[index]}`);
  return value;
}

const NAMES = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

function dayExists(fields: WrittenFields): boolean {
  const [year, month, day] = fields;
  if (typeof month !== 'number' || typeof day !== 'number') return true;
  const days = new Date(Date.UTC(typeof year === 'number' ? year : 2000, month, 0)).getUTCDate();
  return day <= days;
}

/**
 * Fills in what is left out above the first field that was written: from `reference`, or with any value when that first
 * field is a wildcard. Wildcards at the end are dropped: any minute of an hour is the hour.
 */
export function completed(text: string, fields: WrittenFields, reference: Fields): Pattern {
  const finest = fields.findLastIndex((value) => typeof value === 'number');
  if (finest === -1) throw badTime(text, `'${text}' is any time`);
  const first = fields.find((value) => value !== undefined);
  return fields.slice(0, finest + 1).map((value, index) => {
    if (value === undefined) return first === 'any' ? undefined : reference[index];
    return value === 'any' ? undefined : value;
  });
}
