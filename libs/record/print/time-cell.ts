import { FIELDS, isFieldName } from '../fields/table.ts';
import { numberReader } from '../row.ts';
import { writeNothing, type Cell, type CellContext } from './cell.ts';
import type { TextBuffer } from './text-buffer.ts';
import { compileTimeFormat, type TimeFormat } from './time-format.ts';

/** Appends a time: microseconds since the epoch, and the nanoseconds 0–999 beyond. */
export type WriteTime = (out: TextBuffer, us: number, ns: number) => void;

/** Seconds whose text is kept, by the low bits of their number; a power of two. */
const CACHE_SECONDS = 256;
/** Latest moment that a Date can tell, seconds. */
const SECONDS_MAX = 8.64e12;

/** A time cut at the fraction of its second, which keeps the text of recent seconds. */
class SecondCache {
  readonly #format: TimeFormat;
  readonly #seconds = new Float64Array(CACHE_SECONDS).fill(NaN);
  readonly #parts: string[][] = Array.from({ length: CACHE_SECONDS }, () => []);

  constructor(format: TimeFormat) {
    this.#format = format;
  }

  /** @param second since the epoch, an integer of which a Date can tell */
  partsOf(second: number): readonly string[] {
    const slot = ((second % CACHE_SECONDS) + CACHE_SECONDS) % CACHE_SECONDS;
    if (this.#seconds[slot] !== second) {
      this.#parts[slot] = this.#format(new Date(second * 1000));
      this.#seconds[slot] = second;
    }
    return this.#parts[slot]!;
  }
}

/**
 * @param precision digits of the fraction, 0–9; what is beyond is cut off, so that no second is rounded into the next
 * @throws TypeError when the format is none
 */
export function timeWriter(format: string, precision: number): WriteTime {
  const compiled = compileTimeFormat(format);
  if (typeof compiled === 'string') throw new TypeError(compiled);
  const cache = new SecondCache(compiled);
  const unit = 10 ** (9 - precision);
  return (out, us, ns) => {
    const second = Math.floor(us / 1e6);
    if (!(Math.abs(second) <= SECONDS_MAX)) return;
    const parts = cache.partsOf(second);
    const last = parts.length - 1;
    const nanoseconds = Math.floor(us - second * 1e6) * 1000 + ns;
    for (let i = 0; i < last; i++) {
      const part = parts[i]!;
      if (precision > 0) {
        out.text(part);
        out.padded(Math.floor(nanoseconds / unit), precision);
      } else {
        out.text(part.endsWith('.') ? part.slice(0, -1) : part);
      }
    }
    out.text(parts[last]!);
  };
}

/** Seconds since the epoch; before it, they are less than zero. */
export function unixTimeWriter(precision: number): WriteTime {
  const unit = 10 ** (9 - precision);
  return (out, us, ns) => {
    const second = Math.floor(us / 1e6);
    if (!(Math.abs(second) <= SECONDS_MAX)) return;
    const fraction = Math.floor((Math.floor(us - second * 1e6) * 1000 + ns) / unit);
    // What is beyond a second that lies before the epoch brings it nearer to zero.
    const turns = second < 0 && fraction > 0;
    if (turns) out.byte(0x2d);
    out.integer(turns ? -second - 1 : second);
    if (precision === 0) return;
    out.byte(0x2e);
    out.padded(turns ? 10 ** precision - fraction : fraction, precision);
  };
}

/** How long the text of a time is with six digits of fraction. */
export function timeLength(format: string): number {
  const compiled = compileTimeFormat(format);
  if (typeof compiled === 'string') return 0;
  const parts = compiled(new Date(0));
  return parts.join('').length + 6 * (parts.length - 1);
}

/** A cell that writes a field's time and its nanoseconds. */
export function timeCellWith({ name, field }: Pick<CellContext, 'name' | 'field'>, write: WriteTime): Cell {
  const readUs = numberReader(name);
  const companion = field.nanoseconds ?? '';
  const readNs = isFieldName(companion) ? numberReader(companion) : undefined;
  if (readUs === undefined) return () => writeNothing;
  const companionNumber = isFieldName(companion) ? FIELDS[companion].number : 0;
  return (batch) => {
    const hasNs = companionNumber >= 1000 || batch.columns[companionNumber] !== undefined;
    return (out, row) => {
      const us = readUs(batch, row);
      if (Number.isNaN(us)) return;
      const ns = hasNs && readNs !== undefined ? readNs(batch, row) : 0;
      write(out, us, ns >= 0 && ns < 1000 ? Math.floor(ns) : 0);
    };
  };
}

export function timeCell(context: CellContext): Cell {
  return timeCellWith(context, timeWriterOf(context));
}

/** What writes the times of a cell. */
export function timeWriterOf({ settings, timeFormat }: Pick<CellContext, 'settings' | 'timeFormat'>): WriteTime {
  const custom = timeFormat !== settings.timeFormat;
  return settings.unixTime && !custom ? unixTimeWriter(settings.precision) : timeWriter(timeFormat, settings.precision);
}

/** Whether the fraction of the second is what such times end in, and nowhere else. */
export function endsInFraction({ settings, timeFormat }: Pick<CellContext, 'settings' | 'timeFormat'>): boolean {
  if (settings.precision === 0) return false;
  if (settings.unixTime && timeFormat === settings.timeFormat) return true;
  const compiled = compileTimeFormat(timeFormat);
  if (typeof compiled === 'string') return false;
  const parts = compiled(new Date(0));
  return parts.length === 2 && parts[1] === '';
}
