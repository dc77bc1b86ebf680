import { UsageError } from '../core/errors.ts';
import { oneInterval, RecurringMoments, startOf, type Moments, type Pattern } from './moments.ts';
import { addToWall, fieldsOf, HOUR, type FieldIndex, type Fields } from './wall.ts';
import { badTime, completed, parseTime, type WrittenTime } from './written-time.ts';
import { LOCAL_ZONE, namedZone, type Zone } from './zone.ts';

/** How a record, from its first packet to its last, lies to an interval: they meet, it holds it, it lies in it. */
export type TimeRelation = 'intersects' | 'includes' | 'contained';

export interface TimeRange {
  readonly relation: TimeRelation;
  /** Wanted are the records of which it is not true. */
  readonly negated: boolean;
  readonly moments: Moments;
  readonly text: string;
}

export interface TimeContext {
  /** Milliseconds since the epoch; what is left out of a time, and spans alone, go by it. */
  readonly nowMs: number;
  /** Where a range names none; that of the process when absent. */
  readonly zone?: Zone;
}

const RELATIONS: Readonly<Record<string, TimeRelation>> = { i: 'intersects', n: 'includes', c: 'contained' };
const LENGTH_MAX = 200;
/** As long as wall times may differ from what their fields say: leap days, changes of the offset. */
const SLACK_MS = 2 * 86_400_000;

/**
 * Reads what `-t` takes: `[x][i|n|c]T[-T]`, `T+SPAN`, `T-SPAN`, `-SPAN` (up to now), `-SPAN+SPAN`, each with `@ZONE` after it. A
 * single T is the whole of its last unit; the end of a range does not belong to it. Fields may be `*`.
 * @throws {UsageError}
 */
export function parseTimeRange(text: string, context: TimeContext): TimeRange {
  if (text.length > LENGTH_MAX) throw badTime(text, `a time of more than ${LENGTH_MAX} characters`);
  const [, negation, letter = 'i', body = ''] = /^(x)?([inc])?(.*)$/s.exec(text.trim()) ?? [];
  // A word that begins with one of these letters is none of them.
  if (/^[a-z]/i.test(body)) throw badTime(text);
  return { relation: RELATIONS[letter]!, negated: negation === 'x', moments: parseMoments(body, context), text };
}

/** The interval or intervals that `T`, `T-T`, `T+SPAN` … stand for. @throws {UsageError} */
export function parseMoments(text: string, context: TimeContext): Moments {
  const { body, zone } = splitZone(text, context.zone ?? LOCAL_ZONE);
  const parts = /^([+-]?)([^+-]+)(?:([+-])(.+))?$/.exec(glued(body));
  const [, sign = '', first = '', operator, second = ''] = (parts ?? []).map(unglued);
  if (first === '') throw badTime(text);
  if (sign !== '') return fromNow(`${sign}${first}`, operator, second, zone, context.nowMs);
  const time = parseTime(first);
  if (operator === undefined) return alone(first, time, zone, context.nowMs);
  const isSpan = operator === '+' || (/[a-zA-Z]$/.test(second) && !(time.kind === 'calendar' && time.inUnits));
  return isSpan
    ? spanned(first, time, parseSpan(`${operator}${second}`), zone, context.nowMs)
    : between(first, time, second, zone, context.nowMs);
}

/** Stands for the hyphens within a date of ISO 8601, which begin neither a span nor an end. */
const GLUE = '\u2010';
const glued = (text: string): string => text.replaceAll(/(\d{4})-(\d\d)-(\d\d)/g, `$1${GLUE}$2${GLUE}$3`);
const unglued = (text: string | undefined): string | undefined => text?.replaceAll(GLUE, '-');

/** A zone after `@`, or as ISO 8601 writes it after a time of its own: `Z`, `+05:30`. */
function splitZone(text: string, usual: Zone): { body: string; zone: Zone } {
  const [written = '', name, extra] = text.split('@', 3);
  if (extra !== undefined) throw badTime(text);
  if (name !== undefined) return { body: written.trim(), zone: namedZone(name.trim()) };
  const body = written.trim();
  const [, offset] = /T[\d:.]+([+-]\d\d:\d\d)$/.exec(body) ?? [];
  if (offset?.startsWith('-') === true)
    throw new UsageError(`'${text}': '${offset}' may be a zone or an end`, {
      hint: `Write @${offset} for the zone, the date before it for the end.`,
    });
  if (offset !== undefined) return { body: body.slice(0, -offset.length), zone: namedZone(offset) };
  const withoutZ = body.replaceAll(/(T[\d:.]+)Z/g, '$1');
  return { body: withoutZ, zone: withoutZ === body ? usual : namedZone('UTC') };
}

/** A span of time by the calendar: microseconds, and counts of units that are not always as long. */
interface CalendarSpan {
  readonly sign: 1 | -1;
  readonly us: number;
  readonly counts: readonly (readonly [FieldIndex, number])[];
}

const SPAN_UNITS: Readonly<Record<string, readonly [FieldIndex, number] | number>> = {
  y: [0, 1],
  M: [1, 1],
  w: [2, 7],
  d: [2, 1],
  h: 3600e6,
  H: 3600e6,
  m: 60e6,
  s: 1e6,
};

/** `+1d12h`, `-90` (seconds). */
function parseSpan(text: string): CalendarSpan {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.slice(1);
  if (/^\d{1,9}(\.\d{1,6})?$/.test(body)) return { sign, us: sign * Math.round(Number(body) * 1e6), counts: [] };
  if (!/^(\d{1,6}[yMwdhHms])+$/.test(body)) {
    throw new UsageError(`'${text}' is no span of time`, {
      hint: 'Write numbers with y, M, w, d, h, m or s: years, months, weeks, days, hours, minutes, seconds.',
    });
  }
  let us = 0;
  const counts: (readonly [FieldIndex, number])[] = [];
  for (const [, digits, letter] of body.matchAll(/(\d+)([a-zA-Z])/g)) {
    const unit = SPAN_UNITS[letter!]!;
    if (typeof unit === 'number') us += Number(digits) * unit;
    else counts.push([unit[0], sign * unit[1] * Number(digits)]);
  }
  return { sign, us: sign * us, counts };
}

/** @returns the time that lies a span after `us`, or before it */
function shifted(us: number, { us: exact, counts }: CalendarSpan, zone: Zone): number {
  if (counts.length === 0) return us + exact;
  const ms = Math.floor(us / 1000);
  const wall = counts.reduce((time, [unit, count]) => addToWall(time, unit, count), zone.wallMs(ms));
  return zone.instantMs(wall) * 1000 + (us - ms * 1000) + exact;
}

function ordered(text: string, a: number, b: number): Moments {
  if (a === b) throw badTime(text, `'${text}' has no length`);
  return oneInterval(Math.min(a, b), Math.max(a, b));
}

function fromNow(first: string, operator: string | undefined, second: string, zone: Zone, nowMs: number): Moments {
  const nowUs = nowMs * 1000;
  const from = shifted(nowUs, parseSpan(first), zone);
  if (operator === undefined) return ordered(first, from, nowUs);
  return ordered(first + operator + second, from, shifted(from, parseSpan(`${operator}${second}`), zone));
}

function alone(text: string, time: WrittenTime, zone: Zone, nowMs: number): Moments {
  if (time.kind === 'epoch') return oneInterval(time.us, time.us + time.lengthUs);
  const pattern = completed(text, time.fields, fieldsOf(zone.wallMs(nowMs)));
  if (time.fraction !== undefined) {
    const startUs = zone.instantMs(startOf(pattern)) * 1000 + time.fraction.us;
    return oneInterval(startUs, startUs + time.fraction.lengthUs);
  }
  const unit = (pattern.length - 1) as FieldIndex;
  return momentsOf(zone, pattern, (start) => addToWall(start, unit, 1), 0);
}

function isRecurring(pattern: Pattern): boolean {
  return pattern.includes(undefined);
}

/** @param longestMs 0 when no interval reaches beyond one unit of the pattern's finest field */
function momentsOf(zone: Zone, pattern: Pattern, endOf: (startWallMs: number) => number, longestMs: number): Moments {
  if (isRecurring(pattern)) return new RecurringMoments(zone, pattern, endOf, longestMs);
  const start = startOf(pattern);
  return oneInterval(zone.instantMs(start) * 1000, zone.instantMs(endOf(start)) * 1000);
}

function spanned(text: string, time: WrittenTime, span: CalendarSpan, zone: Zone, nowMs: number): Moments {
  if (time.kind === 'epoch') return ordered(text, time.us, shifted(time.us, span, zone));
  const pattern = completed(text, time.fields, fieldsOf(zone.wallMs(nowMs)));
  if (!isRecurring(pattern)) {
    const start = zone.instantMs(startOf(pattern)) * 1000 + fractionUs(time);
    return ordered(text, start, shifted(start, span, zone));
  }
  if (span.sign < 0) throw badTime(text, `'${text}' has wildcards: a span after it goes forward`);
  const add = (start: number): number =>
    span.counts.reduce((wall, [unit, count]) => addToWall(wall, unit, count), start) + span.us / 1000;
  return momentsOf(zone, pattern, add, longest(pattern, add));
}

/** Bound of the length of the intervals that begin where `pattern` does. */
function longest(pattern: Pattern, endOf: (startWallMs: number) => number): number {
  const start = startOf(pattern);
  return Math.max(0, endOf(start) - start) + SLACK_MS;
}

function between(text: string, time: WrittenTime, second: string, zone: Zone, nowMs: number): Moments {
  const end = parseTime(second);
  if (time.kind === 'epoch' || end.kind === 'epoch') {
    const startUs = time.kind === 'epoch' ? time.us : startUsOf(text, time, fieldsOf(zone.wallMs(nowMs)), zone);
    const endUs = end.kind === 'epoch' ? end.us : startUsOf(second, end, fieldsOf(zone.wallMs(startUs / 1000)), zone);
    return forward(`${text}-${second}`, startUs, endUs);
  }
  const pattern = completed(text, time.fields, fieldsOf(zone.wallMs(nowMs)));
  if (end.fields.includes('any')) throw badTime(second, `'${second}': the end of a range has no wildcards`);
  const first = end.fields.findIndex((value) => value !== undefined);
  const [startFraction, endFraction] = [fractionUs(time), fractionUs(end)];
  // What is left out of the end is as in the start: 23.11:10-14 is of one day, 22-02 ends on the next.
  const endOf = (start: number): number => {
    const wall = startOf(completed(second, end.fields, fieldsOf(start)));
    const isBefore = wall < start || (wall === start && endFraction <= startFraction);
    return isBefore && first >= HOUR ? addToWall(wall, (first - 1) as FieldIndex, 1) : wall;
  };
  if (!isRecurring(pattern)) {
    const start = startOf(pattern);
    const [startUs, endUs] = [zone.instantMs(start) * 1000, zone.instantMs(endOf(start)) * 1000];
    return forward(`${text}-${second}`, startUs + startFraction, endUs + endFraction);
  }
  if (endFraction !== 0) throw badTime(second, `'${second}': a range with wildcards has no fractions`);
  if (endOf(startOf(pattern)) <= startOf(pattern)) throw badTime(text, `'${text}-${second}' ends before it begins`);
  return momentsOf(zone, pattern, endOf, longest(pattern, endOf));
}

/** @returns the microsecond at which a time without wildcards begins */
function startUsOf(text: string, time: WrittenTime & { kind: 'calendar' }, reference: Fields, zone: Zone): number {
  const pattern = completed(text, time.fields, reference);
  if (isRecurring(pattern)) throw badTime(text, `'${text}' has wildcards, the other end of the range has none`);
  return zone.instantMs(startOf(pattern)) * 1000 + fractionUs(time);
}

const fractionUs = (time: WrittenTime & { kind: 'calendar' }): number => time.fraction?.us ?? 0;

function forward(text: string, startUs: number, endUs: number): Moments {
  if (endUs > startUs) return oneInterval(startUs, endUs);
  throw badTime(text, `'${text}' ends before it begins`);
}

/** Whether a word can only be a time of day or date, not a number. */
export function looksLikeTime(text: string): boolean {
  return /[/:@*]|^\d{4}-\d\d-\d\d|^[+-].*[yMwdhms]$|\d[yMdhms]\d/.test(text);
}
