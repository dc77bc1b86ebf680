import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Select } from '../filter/columns.ts';
import { compileFilter, type Filter } from '../filter/compile.ts';
import { FilterError } from '../filter/errors.ts';
import { EVERYTHING } from '../filter/everything.ts';
import { Pattern } from '../filter/pattern.ts';
import { PatternError } from '../filter/pattern-syntax.ts';
import { selectText, textMatches } from '../filter/text-columns.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import type { Timeouts } from './expiry.ts';
import { parseModel, type Model, type ModelOptions } from './model.ts';

/** What is done with the records that match a filter. */
export interface Rule {
  readonly filter: Filter;
  /** Only records with such a label; undefined for all. */
  readonly grep: Select | undefined;
  readonly model: Model;
  readonly timeouts: Timeouts | undefined;
  /** Given to the records that are made. */
  readonly label: string | undefined;
  /** The rules that follow are looked at too. */
  readonly continues: boolean;
}

export interface ClusterConfiguration {
  readonly rules: readonly Rule[];
  readonly reports: boolean | undefined;
  readonly preserves: boolean | undefined;
  readonly correct: boolean | undefined;
}

/** A line of a configuration that is not understood; points at the place. Exit status 2. */
export class ClusterConfigurationError extends UsageError {
  override readonly code = 'CLUSTER_CONFIGURATION';

  constructor({ name, number, text }: Line, at: number, problem: string, hint = '') {
    super(`${name}:${number}: ${problem}\n  ${text}\n  ${' '.repeat(Math.min(at, text.length))}^`, { hint });
  }
}

interface Line {
  readonly name: string;
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** A word of a line: `key="value"`, `key=value` or `key`. */
interface Word {
  readonly key: string;
  readonly value: string | undefined;
  /** Places in the line. */
  readonly at: number;
  readonly valueAt: number;
}

const SWITCHES = ['RACLUSTER_REPORT_AGGREGATION', 'RACLUSTER_PRESERVE_FIELDS', 'RACLUSTER_AUTO_CORRECTION'] as const;
/** Known, and without a meaning here. */
const WITHOUT_EFFECT = ['RACLUSTER_MODEL_NAME'] as const;
const KEYS = ['filter', 'grep', 'model', 'status', 'idle', 'label', 'cont'] as const;
/** What the statistics of merged records are of. */
const AGG_METRIC = { variable: 'RACLUSTER_AGG_METRIC', value: 'dur' } as const;
const SECONDS_MAX = 1e9;
const LINE_CHARACTERS_MAX = 10_000;
const RULES_MAX = 1000;

/**
 * Reads a configuration of models: lines of `filter="…" model="…" status=60 idle=120 label="…" cont`, and the switches
 * `RACLUSTER_…=yes`. What stands behind # is a comment.
 * @param name of the file, for errors
 * @param asked what the command line says of all models; it wins
 * @throws {ClusterConfigurationError}
 */
export function parseClusterConfiguration(
  content: string,
  name: string,
  asked: ModelOptions = {},
): ClusterConfiguration {
  const lines = content
    .split('\n')
    .map((text, i) => ({ name, number: i + 1, text: text.replace(/\r$/, '') }))
    .filter(({ text }) => !/^\s*(#|$)/.test(text));
  const switches = new Map<string, boolean>();
  const ruleLines: { line: Line; words: readonly Word[] }[] = [];
  for (const line of lines) {
    const words = wordsOf(line);
    const [first] = words;
    if (first === undefined) continue;
    if (first.key.startsWith('RACLUSTER_')) readSwitch(line, first, switches);
    else ruleLines.push({ line, words });
    if (ruleLines.length > RULES_MAX) throw new ClusterConfigurationError(line, 0, `more than ${RULES_MAX} lines`);
  }
  const correct = asked.correct ?? switches.get('RACLUSTER_AUTO_CORRECTION');
  const options = { ...asked, ...(correct === undefined ? {} : { correct }) };
  return {
    rules: ruleLines.map(({ line, words }) => ruleOf(line, words, options)),
    reports: switches.get('RACLUSTER_REPORT_AGGREGATION'),
    preserves: switches.get('RACLUSTER_PRESERVE_FIELDS'),
    correct,
  };
}

const WORD = /([A-Za-z_]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"#]+)))?/y;

function wordsOf(line: Line): Word[] {
  const { text } = line;
  if (text.length > LINE_CHARACTERS_MAX) throw new ClusterConfigurationError({ ...line, text: '' }, 0, 'this line is too long'); // prettier-ignore
  const words: Word[] = [];
  for (let at = 0; at < text.length;) {
    if (/[\s,]/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    if (text.charAt(at) === '#') break;
    WORD.lastIndex = at;
    const match = WORD.exec(text);
    if (match === null) throw new ClusterConfigurationError(line, at, 'this is not understood', "A line is like filter=\"tcp\" model=\"saddr daddr\" status=60."); // prettier-ignore
    const [whole, key = '', quoted, plain] = match;
    const value = quoted?.replaceAll('\\"', '"') ?? plain;
    const isOpen = value === undefined && text.charAt(WORD.lastIndex).trim() === '=';
    if (isOpen) throw new ClusterConfigurationError(line, WORD.lastIndex, `${key} has no value`, 'Quotation marks must be closed.'); // prettier-ignore
    words.push({ key, value, at, valueAt: at + whole.length - (quoted === undefined ? (plain ?? '').length : quoted.length + 1) }); // prettier-ignore
    at = WORD.lastIndex;
  }
  return words;
}

function readSwitch(line: Line, { key, value, at, valueAt }: Word, switches: Map<string, boolean>): void {
  if (WITHOUT_EFFECT.some((known) => known === key)) return;
  if (key === AGG_METRIC.variable) {
    if (value === AGG_METRIC.value) return;
    throw new ClusterConfigurationError(line, valueAt, `${key} is always ${AGG_METRIC.value}`, 'mean, min, max and stddev are those of durations.'); // prettier-ignore
  }
  if (!SWITCHES.some((known) => known === key)) {
    const hint = didYouMean(key, SWITCHES) || `Known are ${SWITCHES.join(', ')}.`;
    throw new ClusterConfigurationError(line, at, `unknown variable '${key}'`, hint);
  }
  const word = value?.toLowerCase();
  if (word !== 'yes' && word !== 'no') throw new ClusterConfigurationError(line, valueAt, `${key} is yes or no`);
  switches.set(key, word === 'yes');
}

function ruleOf(line: Line, words: readonly Word[], options: ModelOptions): Rule {
  const found = new Map<string, Word>();
  for (const word of words) {
    if (!KEYS.some((known) => known === word.key)) {
      const hint = didYouMean(word.key, KEYS) || `Known are ${KEYS.join(', ')}.`;
      throw new ClusterConfigurationError(line, word.at, `unknown word '${word.key}'`, hint);
    }
    if (found.has(word.key)) throw new ClusterConfigurationError(line, word.at, `${word.key} is there twice`);
    if (word.key !== 'cont' && word.value === undefined) throw new ClusterConfigurationError(line, word.at, `${word.key} has no value`); // prettier-ignore
    found.set(word.key, word);
  }
  const status = secondsOf(line, found.get('status'));
  const idle = secondsOf(line, found.get('idle'));
  const modelWord = found.get('model');
  return {
    filter: attempt(line, found.get('filter'), (text) => compileFilter(text)) ?? EVERYTHING,
    grep: attempt(line, found.get('grep'), selectLabel),
    model: attempt(line, modelWord, (text) => parseModel([text], options)) ?? parseModel([], options),
    timeouts: status + idle === 0 ? undefined : { statusUs: status * 1e6 || Infinity, idleUs: idle * 1e6 || Infinity },
    label: found.get('label')?.value,
    continues: found.has('cont'),
  };
}

/** Rows one of whose labels a regular expression matches. */
function selectLabel(expression: string): Select {
  return selectText(STORED_FIELDS.label.number, textMatches(new Pattern(expression)));
}

/** 0 for none. */
function secondsOf(line: Line, word: Word | undefined): number {
  if (word === undefined) return 0;
  const seconds = Number(word.value);
  if (!(seconds >= 0 && seconds <= SECONDS_MAX)) throw new ClusterConfigurationError(line, word.valueAt, `${word.key} is a number of seconds`); // prettier-ignore
  return seconds;
}

function attempt<T>(line: Line, word: Word | undefined, make: (text: string) => T): T | undefined {
  if (word === undefined) return undefined;
  try {
    return make(word.value ?? '');
  } catch (error) {
    if (error instanceof FilterError) {
      const problem = (error.message.split('\n', 1)[0] ?? '').replace(/ at column \d+$/, '');
      throw new ClusterConfigurationError(line, word.valueAt + error.at, problem, error.hint);
    }
    if (error instanceof UsageError) {
      const at = Math.max(0, (word.value ?? '').indexOf(/^'([^']*)'/.exec(error.message)?.[1] ?? ''));
      throw new ClusterConfigurationError(line, word.valueAt + at, error.message, error.hint);
    }
    if (error instanceof PatternError)
      throw new ClusterConfigurationError(line, word.valueAt + error.at, error.message, error.hint);
    throw error;
  }
}
