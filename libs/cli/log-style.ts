import { fstatSync } from 'node:fs';
import { UsageError } from '../core/errors.ts';
import type { LogStyle } from '../core/log-format.ts';
import { didYouMean } from '../core/nearest.ts';

const FORMS = ['text', 'json'] as const;
const LOG = '--log=';

/** How messages look when nothing is said of it: with priorities where systemd's journal reads standard error, as JOURNAL_STREAM says (systemd.exec(5)). */
export function defaultLogStyle(env: Readonly<Record<string, string | undefined>>): LogStyle {
  const [, device, inode] = /^(\d+):(\d+)$/.exec(env['JOURNAL_STREAM'] ?? '') ?? [];
  if (device === undefined || inode === undefined) return 'plain';
  try {
    const { dev, ino } = fstatSync(2, { bigint: true });
    return dev === BigInt(device) && ino === BigInt(inode) ? 'journal' : 'plain';
  } catch {
    return 'plain';
  }
}

/**
 * What the option `--log` of a daemon says; undefined when it is not given, or asks for what is so by default.
 * @param tokens of a command line
 * @throws {UsageError}
 */
export function logStyleOf(tokens: readonly string[]): LogStyle | undefined {
  const form = tokens.findLast((token) => token.startsWith(LOG))?.slice(LOG.length);
  if (form === undefined || form === 'text') return undefined;
  if (form === 'json') return 'json';
  throw new UsageError(`--log: no form '${form}'`, { hint: didYouMean(form, FORMS) || 'It is text or json.' });
}
