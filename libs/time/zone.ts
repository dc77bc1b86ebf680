import { UsageError } from '../core/errors.ts';

/**
 * A time zone. A wall time is what a clock there shows, as the milliseconds at which a clock in UTC would show it; so
 * calendar arithmetic is that of UTC.
 */
export interface Zone {
  wallMs(instantMs: number): number;
  /** Of a time that the clock shows twice the first; for one that it leaves out, as much later as it was set forward. */
  instantMs(wallMs: number): number;
}

/** The offset lasts for a day on at least one side of each change of it. */
const DAY_MS = 86_400_000;

function zoneOf(offsetMs: (instantMs: number) => number): Zone {
  return {
    wallMs: (instant) => instant + offsetMs(instant),
    instantMs: (wall) => {
      const before = wall - offsetMs(wall - DAY_MS);
      const after = wall - offsetMs(wall + DAY_MS);
      const isRight = (instant: number): boolean => instant + offsetMs(instant) === wall;
      return isRight(before) || !isRight(after) ? before : after;
    },
  };
}

/** The zone of the process, which `TZ` sets. */
export const LOCAL_ZONE: Zone = zoneOf((instant) => -60_000 * new Date(instant).getTimezoneOffset());

/**
 * A zone by its name in the IANA database, such as `Europe/Berlin`, `UTC`, or by its offset: `+05:30`.
 * @throws {UsageError} when the system knows no such zone
 */
export function namedZone(name: string): Zone {
  const offset = /^([+-])([01]\d|2[0-3]):?([0-5]\d)?$/.exec(name);
  if (offset !== null) {
    const minutes = 60 * Number(offset[2]) + Number(offset[3] ?? 0);
    return zoneOf(() => (offset[1] === '-' ? -1 : 1) * minutes * 60_000);
  }
  if (/^(utc|gmt|z)$/i.test(name)) return zoneOf(() => 0);
  const format = formatOf(name);
  return zoneOf((instant) => {
    const whole = Math.floor(instant / 1000) * 1000;
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(whole)) part[type] = Number(value);
    const { year, month, day, hour, minute, second } = part;
    return Date.UTC(year!, month! - 1, day, hour, minute, second) - whole;
  });
}

function formatOf(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UsageError(`'${name}' is no time zone`, {
      hint: 'Zones are named as in Europe/Berlin, UTC or +05:30.',
      cause,
    });
  }
}
