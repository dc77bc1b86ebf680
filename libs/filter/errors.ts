import { UsageError } from '../core/errors.ts';

const UNPRINTABLE = /[^\x20-\x7e]/g;
/** Characters of the filter that an error shows on either side of the place. */
const CONTEXT_CHARACTERS = 50;

/** A filter that is not understood; points at the place. Exit status 2. */
export class FilterError extends UsageError {
  override readonly code = 'FILTER';
  readonly source: string;
  /** Offset in the filter, in UTF-16 units, from 0. */
  readonly at: number;
  /** What is wrong, without the place. */
  readonly problem: string;

  constructor(source: string, at: number, problem: string, hint = '') {
    const printable = `filter: ${problem.replaceAll(UNPRINTABLE, '·')}`;
    super(`${printable} at column ${at + 1}\n${excerpt(source, at)}`, { hint });
    this.source = source;
    this.at = at;
    this.problem = printable;
  }
}

/** The part of the filter around `at` on one line, and a caret under it. */
function excerpt(source: string, at: number): string {
  const start = Math.max(0, at - CONTEXT_CHARACTERS);
  const end = Math.min(source.length, at + CONTEXT_CHARACTERS);
  const before = start > 0 ? '…' : '';
  const after = end < source.length ? '…' : '';
  const text = source.slice(start, end).replaceAll(UNPRINTABLE, '·');
  return `  ${before}${text}${after}\n  ${' '.repeat(before.length + at - start)}^`;
}
