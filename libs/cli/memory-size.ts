import { totalmem } from 'node:os';
import { UsageError } from '../core/errors.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
/** Less than this no command can work with. */
const BYTES_MIN = 16 << 20;
const USUAL_SHARE = 4;
/** When nothing is said; more of it saves little time. */
const USUAL_MAX = 640 << 20;

/**
 * Reads `512M`: bytes, with K, M, G, T for powers of 1024. When there is no text, a quarter of the machine's memory.
 * @param usualMax that quarter is to be at most so much
 * @throws {UsageError}
 */
export function parseMemory(text: string | undefined, usualMax = USUAL_MAX): number {
  if (text === undefined) return Math.max(BYTES_MIN, Math.min(usualMax, Math.floor(totalmem() / USUAL_SHARE)));
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes >= BYTES_MIN) return bytes;
  throw new UsageError(`'${text}' is no size of memory`, { hint: 'Write at least 16M, for example 512M or 4G.' });
}

/** Reads `512M`: bytes, with K, M, G, T for powers of 1024; undefined where that is no number of bytes. */
export function parseBytes(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([kmgt]?)i?b?$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(digits) * (UNITS[unit.toLowerCase()] ?? NaN));
  return bytes <= Number.MAX_SAFE_INTEGER ? bytes : undefined;
}
