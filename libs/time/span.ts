import { UsageError } from '../core/errors.ts';

/** Units of spans, as `-M time` and `-B` take them. A month is `M`, a minute `m`. */
const FIXED_SECONDS = { s: 1, m: 60, h: 3600 } as const;
const CALENDAR_UNITS = ['d', 'w', 'M', 'y'] as const;
const APPROXIMATE_SECONDS = { ...FIXED_SECONDS, d: 86_400, w: 604_800, M: 2_629_746, y: 31_556_952 } as const;

export type SpanUnit = keyof typeof APPROXIMATE_SECONDS;

/** A length of time by which a stream of records is divided. */
export interface Span {
  /** More than 0; whole for days and longer. */
  readonly count: number;
  readonly unit: SpanUnit;
}

/** Shortest span, seconds. */
const SECONDS_MIN = 0.001;
const YEARS_MAX = 1000;

/**
 * Reads `10m`, `1d`, `30` (seconds).
 * @throws {UsageError}
 */
export function parseSpan(text: string): Span {
  const [, digits, letter = 's'] = /^(\d+(?:\.\d+)?)([smhdwMy])?$/.exec(text) ?? [];
  const count = Number(digits);
  const unit = letter as SpanUnit;
  const seconds = count * APPROXIMATE_SECONDS[unit];
  const isWhole = Number.isInteger(count) || unit in FIXED_SECONDS;
  if (digits === undefined || !isWhole || !(seconds >= SECONDS_MIN && seconds <= YEARS_MAX * APPROXIMATE_SECONDS.y)) {
    throw new UsageError(`'${text}' is no span of time`, {
      hint: 'Write a number and s, m, h, d, w, M or y: seconds, minutes, hours, days, weeks, months, years.',
    });
  }
  return { count, unit };
}

/** Seconds; those of months and years are means. */
export function spanSeconds({ count, unit }: Span): number {
  return count * APPROXIMATE_SECONDS[unit];
}

/**
 * Divides time by a span. Seconds, minutes and hours count from the epoch; days, weeks (from Sunday on), months and years
 * are those of the process's time zone. Remembers the last interval, since neighbours are mostly in the same.
 */
export class TimeBins {
  readonly #span: Span;
  /** Start of the interval last asked for, microseconds since the epoch; it ends before `endUs`. */
  startUs = 0;
  endUs = 0;

  constructor(span: Span) {
    this.#span = span;
  }

  /** Sets `startUs` and `endUs` to the interval that holds `timeUs`. */
  seek(timeUs: number): void {
    if (timeUs >= this.startUs && timeUs < this.endUs) return;
    const { count, unit } = this.#span;
    if (unit === 's' || unit === 'm' || unit === 'h') {
      const widthUs = Math.round(count * FIXED_SECONDS[unit] * 1e6);
      this.startUs = Math.floor(timeUs / widthUs) * widthUs;
      this.endUs = this.startUs + widthUs;
      return;
    }
    const index = calendarIndex(unit, new Date(Math.floor(timeUs / 1000)));
    const start = Math.floor(index / count) * count;
    this.startUs = calendarStartMs(unit, start) * 1000;
    this.endUs = calendarStartMs(unit, start + count) * 1000;
  }
}

type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/** Days from 1 January 1970 to the Sunday before it. */
const FIRST_SUNDAY = -4;

/** Which day, week, month or year since 1970 it is here. */
function calendarIndex(unit: CalendarUnit, date: Date): number {
  const year = date.getFullYear();
  const days = Math.round(Date.UTC(year, date.getMonth(), date.getDate()) / 86_400_000);
  switch (unit) {
    case 'd':
      return days;
    case 'w':
      return Math.floor((days - FIRST_SUNDAY) / 7);
    case 'M':
      return (year - 1970) * 12 + date.getMonth();
    case 'y':
      return year - 1970;
  }
}

/** When that day, week, month or year begins here, milliseconds since the epoch. */
function calendarStartMs(unit: CalendarUnit, index: number): number {
  switch (unit) {
    case 'd':
      return new Date(1970, 0, 1 + index).getTime();
    case 'w':
      return new Date(1970, 0, 1 + FIRST_SUNDAY + 7 * index).getTime();
    case 'M':
      return new Date(1970, index, 1).getTime();
    case 'y':
      return new Date(1970 + index, 0, 1).getTime();
  }
}
