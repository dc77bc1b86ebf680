import { countsBothSides } from '../../aggregate/model.ts';
import { AGGREGATE_MODE_WORDS, MODE_WORDS } from '../mode-words.ts';
import { isCommonMode, parseModes, unknownMode, type Modes } from '../modes.ts';

/** What `-M` asks of a command that merges records. */
export interface AggregateModes extends Modes {
  /** Undefined where nothing was said. */
  readonly correct: boolean | undefined;
  readonly reports: boolean;
  readonly preserves: boolean;
  /** Records of each file are merged apart from those of others. */
  readonly perFile: boolean;
  /** Each file is replaced by what it became. */
  readonly replaces: boolean;
}

/**
 * Of two words that say the opposite the later one counts.
 * @param more words that the command reads itself
 * @throws {UsageError} for an unknown word
 */
export function parseAggregateModes(words: readonly string[], more: readonly string[] = []): AggregateModes {
  const own = new Set<string>();
  const rest: string[] = [];
  const known: readonly string[] = [...AGGREGATE_MODE_WORDS, ...MODE_WORDS, ...more];
  const opposite = (word: string): string => (word.startsWith('no') ? word.slice(2) : `no${word}`);
  for (const word of words) {
    if (!known.includes(word) && !isCommonMode(word)) throw unknownMode(word, known);
    if (!AGGREGATE_MODE_WORDS.some((one) => one === word)) rest.push(word);
    own.delete(opposite(word));
    own.add(word);
  }
  return {
    ...parseModes(rest.filter((word) => !more.includes(word))),
    correct: own.has('correct') ? true : own.has('nocorrect') ? false : undefined,
    reports: !own.has('norep'),
    preserves: !own.has('nopreserve'),
    perFile: own.has('ind') || own.has('replace'),
    replaces: own.has('replace'),
  };
}

/** The same modes; with `rmon` where a word of `-m`, such as `addr`, asks for both sides of each record as well. */
export function forBothSides<T extends AggregateModes>(modes: T, model: readonly string[]): T {
  return countsBothSides(model) ? { ...modes, rmon: true } : modes;
}
