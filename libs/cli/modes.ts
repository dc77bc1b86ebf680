import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';

export interface Modes {
  readonly format: 'text' | 'json' | 'xml';
  /** Undefined when neither `man` nor `noman` was said. */
  readonly management: boolean | undefined;
}

/** Words that every command which prints records knows. */
export const MODE_WORDS = ['json', 'xml', 'man', 'noman'] as const;

/**
 * Reads the words of `-M`; of two that say the opposite the later one counts.
 * @param others words of the command's own, for hints
 * @throws {UsageError} for an unknown word
 */
export function parseModes(words: readonly string[], others: readonly string[] = []): Modes {
  let format: Modes['format'] = 'text';
  let management: boolean | undefined;
  for (const text of words) {
    const word = MODE_WORDS.find((known) => known === text);
    if (word === undefined) {
      const known = [...MODE_WORDS, ...others];
      const hint = didYouMean(text, known) || `Modes are ${known.join(', ')}.`;
      throw new UsageError(`unknown mode '${text}' after -M`, { hint });
    }
    if (word === 'json' || word === 'xml') format = word;
    else management = word === 'man';
  }
  return { format, management };
}
