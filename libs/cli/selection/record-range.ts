import { UsageError } from '../../core/errors.ts';

/** Records from number `first` (the first one is 1) to number `last`, both included. */
export interface RecordRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads what `-N` takes: `n` (the first n), `a-b`, `a+n` (from a to a + n, as Argus has it). A leading `i` or `o` says whether records
 * are counted going in or coming out, which is the same where none are merged.
 * @param what is counted
 * @throws {UsageError}
 */
export function parseRecordRange(
  text: string,
  what: 'record' | 'packet' = 'record',
): RecordRange & { readonly counts: 'input' | 'output' } {
  const [, side, start = '', operator, end = ''] = /^([io])?(\d{1,15})(?:([-+])(\d{1,15}))?$/.exec(text) ?? [];
  const counts = side === 'o' ? 'output' : 'input';
  const a = Number(start);
  const b = Number(end);
  if (start !== '' && operator === undefined) return { first: 1, last: a, counts };
  const last = operator === '-' ? b : a + b;
  if (start === '' || a < 1 || last < a - 1) {
    throw new UsageError(`'${text}' is no range of ${what}s`, {
      hint: `Write N, A-B or A+N; the first ${what} is number 1.`,
    });
  }
  return { first: a, last, counts };
}
