import { FilterError } from './errors.ts';
import { comparisonOf, type Comparison } from './numbers.ts';

/** Longest filter, in bytes of UTF-8; a longer one than the second stays with the reader. */
export const FILTER_BYTES_MAX = 65_536;
export const REMOTE_BYTES_MAX = 4096;

export type Token =
  | { readonly kind: 'open' | 'close' | 'comma' | 'and' | 'or' | 'not'; readonly text: string; readonly at: number }
  | { readonly kind: 'compare'; readonly comparison: Comparison; readonly text: string; readonly at: number }
  | WordToken;

export interface WordToken {
  readonly kind: 'word';
  readonly text: string;
  readonly at: number;
  /** In quotation marks or after a backslash. */
  readonly quoted: boolean;
}

/** One token at the sticky position: white space, operator, quoted word, or word. */
const TOKEN = /(\s+)|(&&|\|\||[(),]|!~|[<>=!]=|[<>=!~&])|"([^"]*)"|'([^']*)'|\\?([\w.:/*+\-%@]+)/y;

const OPERATOR_KINDS = { '(': 'open', ')': 'close', ',': 'comma', '&&': 'and', '||': 'or', '!': 'not' } as const;
const WORD_KINDS = { and: 'and', or: 'or', not: 'not' } as const;

/**
 * Splits a filter into tokens. A quoted word, or one after a backslash, is never an operator.
 * @throws FilterError for a character that belongs to no token, and for a filter that is too long
 */
export function tokenize(source: string): Token[] {
  if (Buffer.byteLength(source) > FILTER_BYTES_MAX)
    throw new FilterError(source, source.length, `more than ${FILTER_BYTES_MAX} bytes`);
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (match === null) throw unexpected(source, at);
    const [whole, space, operator] = match;
    if (space !== undefined) continue;
    const text = operator ?? match[3] ?? match[4] ?? match[5] ?? '';
    const kinds = operator === undefined ? (whole === text ? WORD_KINDS : {}) : OPERATOR_KINDS;
    const comparison = whole === text ? comparisonOf(text) : undefined;
    if (Object.hasOwn(kinds, text)) tokens.push({ kind: (kinds as Record<string, 'and'>)[text]!, text, at });
    else if (comparison !== undefined) tokens.push({ kind: 'compare', comparison, text, at });
    else tokens.push({ kind: 'word', text, at, quoted: whole !== text });
  }
  return tokens;
}

function unexpected(source: string, at: number): FilterError {
  const character = source[at]!;
  if (character === '"' || character === "'") return new FilterError(source, at, 'a quotation that does not end');
  if (character === '[')
    return new FilterError(
      source,
      at,
      "unexpected '['",
      'Records do not hold the bytes of packets; there are fields for most of them.',
    );
  if (/[\x21-\x7e]/.test(character))
    return new FilterError(source, at, `unexpected '${character}'`, character === '|' ? "Did you mean '||'?" : '');
  const code = source.codePointAt(at)!.toString(16).toUpperCase().padStart(4, '0');
  return new FilterError(source, at, `unexpected character U+${code}`, 'A text that holds such stands in quotes.');
}
