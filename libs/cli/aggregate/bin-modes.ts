import { UsageError } from '../../core/errors.ts';
import { parseSplitMode, type SplitMode } from '../../archive/split-mode.ts';
import { BIN_MODE_WORDS } from '../mode-words.ts';
import { parseAggregateModes, type AggregateModes } from './aggregate-modes.ts';

/** What `-M` asks of a command that puts records in bins. */
export interface BinModes extends AggregateModes {
  readonly bins: Exclude<SplitMode, { kind: 'flow' }>;
  /** Times are those of the bins. */
  readonly hard: boolean;
  /** Bins without records have one too. */
  readonly zero: boolean;
  /** Records are not divided, but belong to the bin in which they begin. */
  readonly whole: boolean;
  /** Parts of records are not merged. */
  readonly apart: boolean;
}

const KINDS: readonly string[] = ['time', 'count', 'size'];

const isSpan = (word: string): boolean => /^\d+(\.\d+)?[smhdwMy]$/.test(word);

const unknownSpan = (span: string): UsageError => new UsageError(`unknown mode '${span}' after -M`, { hint: `Did you mean 'time ${span}'?` }); // prettier-ignore

/** @throws {UsageError} for an unknown word, or where nothing says how large bins are */
export function parseBinModes(words: readonly string[]): BinModes {
  const left = words.flatMap((word) => word.trim().split(/\s+/));
  const at = left.findIndex((word) => KINDS.includes(word));
  if (at < 0) {
    // A wrong word may be the one that is missing.
    parseAggregateModes(
      left.filter((word) => !isSpan(word)),
      BIN_MODE_WORDS,
    );
    const span = left.find(isSpan);
    if (span !== undefined) throw unknownSpan(span);
    throw new UsageError('bins of which size?', { hint: 'For example -M time 10s, or -M count 1000.' });
  }
  const bins = parseSplitMode(left.splice(at, 2));
  if (bins.kind === 'flow') throw new UsageError('-M flow makes no bins');
  const other = left.find((word) => KINDS.includes(word));
  if (other !== undefined) throw new UsageError(`-M ${bins.kind} and -M ${other} exclude each other`);
  const has = (word: (typeof BIN_MODE_WORDS)[number]): boolean => left.includes(word);
  return {
    ...parseAggregateModes(
      left,
      BIN_MODE_WORDS.filter((word) => !KINDS.includes(word)),
    ),
    bins,
    hard: has('hard'),
    zero: has('zero'),
    whole: has('nomodify'),
    apart: has('nomerge'),
  };
}
