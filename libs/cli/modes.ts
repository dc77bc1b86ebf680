import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import type { PayloadEncoding } from '../record/print/options.ts';
import { ENCODINGS, MODE_WORDS, PRINTER } from './mode-words.ts';

export interface Modes {
  readonly format: 'text' | 'json' | 'xml';
  /** Undefined when neither `man` nor `noman` was said. */
  readonly management: boolean | undefined;
  /** Each record is two, one for each of its sides. */
  readonly rmon: boolean;
  /** Each record is two, with what one side sent in each. */
  readonly oneWay: boolean;
  /** How user data prints. */
  readonly payload: PayloadEncoding;
}

/** Words of Argus that are none here, and what to do instead. */
const ELSEWHERE: readonly (readonly [word: RegExp, hint: string])[] = [
  [/^label=/, 'Make it a filter: - label ~ "EXPRESSION".'],
  [/^dsrs=/, '-s says what is printed; files keep whole records.'],
  [/^poll$/, 'To see whether a server answers: ra -S HOST -M man -N 1 -T 90.'],
  [/^(rtime|realtime)\b/, 'argus -T replays a capture in its own time.'],
  [/^(oui|disa)$/, 'Makers and services print as numbers and usual names.'],
  [/^saslmech=/, 'Certificates and tokens say who somebody is: docs/security.md.'],
  [/^sql=/, 'There is no database client yet.'],
];

/**
 * Reads the words of `-M`; of two that say the opposite the later one counts.
 * @param others words of the command's own, for hints
 * @throws {UsageError} for an unknown word
 */
export function parseModes(words: readonly string[], others: readonly string[] = []): Modes {
  let format: Modes['format'] = 'text';
  let management: boolean | undefined;
  let payload: PayloadEncoding = 'ascii';
  for (const text of words) {
    if (text.startsWith(PRINTER)) {
      payload = encodingOf(text.slice(PRINTER.length));
      continue;
    }
    const word = MODE_WORDS.find((known) => known === text);
    if (word === undefined) throw unknownMode(text, [...MODE_WORDS, ...others]);
    if (word === 'json' || word === 'xml') format = word;
    else if (word === 'man' || word === 'noman') management = word === 'man';
  }
  return { format, management, rmon: words.includes('rmon'), oneWay: words.includes('uni'), payload };
}

/** Whether every command takes the word after `-M`. */
export function isCommonMode(word: string): boolean {
  return word.startsWith(PRINTER) || MODE_WORDS.some((known) => known === word);
}

/** @param known all words that would be right */
export function unknownMode(word: string, known: readonly string[]): UsageError {
  const [, instead] = ELSEWHERE.find(([pattern]) => pattern.test(word)) ?? [];
  const hint = instead ?? (didYouMean(word, known) || `Modes are ${known.join(', ')}.`);
  return new UsageError(`unknown mode '${word}' after -M`, { hint });
}

function encodingOf(name: string): PayloadEncoding {
  const encoding = Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name as keyof typeof ENCODINGS] : undefined;
  if (encoding !== undefined) return encoding;
  const names = Object.keys(ENCODINGS);
  const hint = didYouMean(name, names) || `They are ${names.join(', ')}.`;
  throw new UsageError(`user data cannot print as '${name}'`, { hint });
}
