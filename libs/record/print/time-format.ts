const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

const two = (value: number): string => String(value).padStart(2, '0');
const three = (value: number): string => String(value).padStart(3, '0');
const blankTwo = (value: number): string => String(value).padStart(2, ' ');
const hour12 = (date: Date): number => ((date.getHours() + 11) % 12) + 1;

/** Minutes east of Greenwich as `+hhmm` with `between` in the middle. */
export function zoneOffset(date: Date, between: string): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${between}${two(size % 60)}`;
}

function dayOfYear(date: Date): number {
  const midnight = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (midnight - Date.UTC(date.getFullYear(), 0, 1)) / 86_400_000 + 1;
}

/** Conversions of strftime(3) in the C locale, in the process's time zone. */
const CONVERSIONS: Readonly<Record<string, (date: Date) => string>> = {
  a: (date) => DAYS[date.getDay()]!.slice(0, 3),
  A: (date) => DAYS[date.getDay()]!,
  b: (date) => MONTHS[date.getMonth()]!.slice(0, 3),
  B: (date) => MONTHS[date.getMonth()]!,
  C: (date) => two(Math.floor(date.getFullYear() / 100)),
  d: (date) => two(date.getDate()),
  e: (date) => blankTwo(date.getDate()),
  H: (date) => two(date.getHours()),
  I: (date) => two(hour12(date)),
  j: (date) => three(dayOfYear(date)),
  k: (date) => blankTwo(date.getHours()),
  l: (date) => blankTwo(hour12(date)),
  m: (date) => two(date.getMonth() + 1),
  M: (date) => two(date.getMinutes()),
  n: () => '\n',
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  S: (date) => two(date.getSeconds()),
  t: () => '\t',
  u: (date) => String(date.getDay() || 7),
  w: (date) => String(date.getDay()),
  y: (date) => two(date.getFullYear() % 100),
  Y: (date) => String(date.getFullYear()),
  z: (date) => zoneOffset(date, ''),
  Z: (date) => zoneName(date),
  '%': () => '%',
};

/** Conversions that stand for others. */
const COMPOUND: Readonly<Record<string, string>> = {
  c: '%a %b %e %T %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  h: '%b',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%T',
};

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** A format cut where the fraction of the second goes: `parts[0] fraction parts[1] fraction …`. */
export type TimeFormat = (date: Date) => string[];

/**
 * Prepares a strftime(3) format, in which `%f` is the fraction of the second. A point before `%f` belongs to it: it
 * goes when the fraction has no digits.
 * @returns what is wrong, when the format has an unknown conversion
 */
export function compileTimeFormat(format: string): TimeFormat | string {
  const pieces: (((date: Date) => string) | undefined)[] = [];
  // Twice, because compound conversions hold others.
  for (const [piece, name] of expand(expand(format)).matchAll(/%(.?)|[^%]+/gs)) {
    if (name === undefined) {
      pieces.push(() => piece);
    } else if (name === 'f') {
      pieces.push(undefined);
    } else {
      const conversion = Object.hasOwn(CONVERSIONS, name) ? CONVERSIONS[name] : undefined;
      if (conversion === undefined) return `it has no conversion '${piece}'`;
      pieces.push(conversion);
    }
  }
  return (date) => {
    const parts = [''];
    for (const piece of pieces) {
      if (piece === undefined) parts.push('');
      else parts[parts.length - 1] += piece(date);
    }
    return parts;
  };
}

/** Compound conversions replaced by what they stand for. */
function expand(format: string): string {
  return format.replace(/%(.)/gs, (all, name: string) => COMPOUND[name] ?? all);
}
