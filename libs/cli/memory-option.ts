import { totalmem } from 'node:os';
import { UsageError } from '../core/errors.ts';
import type { OptionTable } from './options.ts';

/** How much memory a command may take for records that it has to hold. */
export const MEMORY_OPTION = {
  memory: {
    arity: 'one',
    placeholder: 'SIZE',
    text: 'Memory for records that wait, as 512M or 2G; more of them go to files in $TMPDIR. Default: a quarter of the machine.',
  },
} as const satisfies OptionTable;

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const BYTES_MIN = 1 << 20;

/**
 * @param text undefined for a quarter of the memory of the machine, or of what this process is limited to
 * @throws {UsageError} for what is no size, or less than a mebibyte
 */
export function memoryBytes(text: string | undefined): number {
  if (text === undefined) return Math.floor(Math.min(totalmem(), process.constrainedMemory() || Infinity) / 4);
  const [, digits = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?)([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
  if (digits === '')
    throw new UsageError(`option '--memory' needs a size, not '${text}'`, { hint: 'Write 512M or 2G.' });
  const bytes = Math.floor(Number(digits) * (UNITS[unit.toLowerCase()] ?? 1));
  if (bytes < BYTES_MIN) throw new UsageError(`option '--memory' needs at least 1M, not ${text}`);
  return bytes;
}
