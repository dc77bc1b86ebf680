import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { parseSpan, type Span } from '../time/span.ts';

/** By what a stream of records is divided into files. */
export type SplitMode =
  | { readonly kind: 'time'; readonly span: Span }
  /** A new file after so many records. */
  | { readonly kind: 'count'; readonly limit: number }
  /** A new file when one has so many bytes. */
  | { readonly kind: 'size'; readonly limit: number }
  /** Each record that matches begins a new file. */
  | { readonly kind: 'flow'; readonly filter: string };

const KINDS = ['time', 'count', 'size', 'flow'] as const;
/** Words that ask for what is done anyway. */
const WITHOUT_EFFECT = ['nomodify'] as const;
const WORDS = [...KINDS, ...WITHOUT_EFFECT];

const DEFAULT_COUNT = 10_000;
const MULTIPLES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, b: 1e9 };

/**
 * Reads the words of `-M`, such as `time 10m`; without any, files of 10,000 records.
 * @throws {UsageError} for an unknown word, or more than one way to divide
 */
export function parseSplitMode(words: readonly string[]): SplitMode {
  const left = words.flatMap(divide);
  let mode: SplitMode | undefined;
  while (left.length > 0) {
    const word = left.shift() ?? '';
    if (WITHOUT_EFFECT.some((known) => known === word)) continue;
    const kind = KINDS.find((known) => known === word);
    if (kind === undefined) {
      const hint = didYouMean(word, WORDS) || `Modes are ${WORDS.join(', ')}.`;
      throw new UsageError(`unknown mode '${word}' after -M`, { hint });
    }
    if (mode !== undefined) throw new UsageError(`-M ${mode.kind} and -M ${kind} exclude each other`);
    mode = modeOf(kind, left.shift());
  }
  return mode ?? { kind: 'count', limit: DEFAULT_COUNT };
}

/** `time 10m` may come as one word. */
function divide(word: string): string[] {
  const [, kind, value] = /^(\w+)\s+(\S.*)$/s.exec(word.trim()) ?? [];
  return kind !== undefined && value !== undefined && KINDS.some((known) => known === kind) ? [kind, value] : [word];
}

function modeOf(kind: (typeof KINDS)[number], value: string | undefined): SplitMode {
  if (value === undefined) {
    const example = { time: '10m', count: '10k', size: '10m', flow: '"tcp and port 22"' }[kind];
    throw new UsageError(`-M ${kind} needs a value`, { hint: `For example -M ${kind} ${example}` });
  }
  if (kind === 'time') return { kind, span: parseSpan(value) };
  if (kind === 'flow') return { kind, filter: value };
  return { kind, limit: parseQuantity(kind, value) };
}

function parseQuantity(kind: string, text: string): number {
  const [, digits, letter = ''] = /^(\d+(?:\.\d+)?)([kmgb]?)$/i.exec(text) ?? [];
  const value = Math.floor(Number(digits) * (MULTIPLES[letter.toLowerCase()] ?? NaN));
  if (value >= 1 && value <= Number.MAX_SAFE_INTEGER) return value;
  throw new UsageError(`'${text}' is no ${kind} for -M ${kind}`, {
    hint: 'Write a number, with k, m or b for thousands, millions or billions.',
  });
}
