import { SuiteError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import { FilterError } from '../../filter/errors.ts';
import type { Assignment, Mistake } from './config-file.ts';
import { LIST_SEPARATOR, takesValue, type Option, type OptionTable } from '../options.ts';
import { toNumber } from '../parse.ts';

/** The variables of a command's configuration files. Reading them and their page in `docs` go by this one table. */
export type VariableTable = Readonly<Record<string, Variable>>;

/** A variable sets an option, or supports only what is so anyway, or does nothing here and says why. */
export type Variable = SettingVariable | ChoiceVariable | FixedVariable | IdleVariable;

export interface SettingVariable {
  /** The option that it stands for; absent for the form `filter`. */
  readonly option?: string;
  readonly form: Form;
  readonly about: string;
  /** For a probe that watches interfaces; without effect when captures are read. */
  readonly live?: boolean;
  /** @throws {SuiteError} for a value that cannot be, before anything is opened */
  readonly check?: (words: readonly string[]) => void;
}

/**
 * `switch`: yes gives the option, no does not; `unless`: the other way round; `value`: its value; `host`: its value, where
 * `hostname` in backquotes is this machine's name; `mebibytes`: a size with K, M or G; `words`: its words, and `output`: its first
 * word and what follows as a second one; of these two every time that the variable stands counts; `list`: each of its words, blanks or commas
 * between them; `filter`: what stands after the options.
 */
export type Form = 'switch' | 'unless' | 'value' | 'host' | 'mebibytes' | 'words' | 'output' | 'list' | 'filter';

/** One of some words, each of which stands for options. */
export interface ChoiceVariable {
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly about: string;
}

/** Any other value is an error, since ignoring it would lose data, or protection. */
export interface FixedVariable {
  readonly only: readonly string[];
  readonly about: string;
}

/** Any other value than these, for which nothing is missing, gets a warning. */
export interface IdleVariable {
  readonly idle: readonly string[];
  readonly about: string;
}

/** What an assignment says on a command line. */
export interface Reading {
  readonly assignment: Assignment;
  readonly tokens: readonly string[];
  /** Capture filter or the like; undefined when it does not speak of it. */
  readonly filter?: string;
  readonly warning?: string;
}

/**
 * @param hostName this machine's name
 * @throws {MistakeError} for a variable that is unknown or a value that cannot be
 */
export function readVariable(
  assignment: Assignment,
  variables: VariableTable,
  options: OptionTable,
  hostName: string,
): Reading {
  const { name, value } = assignment;
  const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (variable === undefined) {
    const at = assignment.source.indexOf(name);
    throw new MistakeError(assignment, at, `unknown variable '${name}'`, didYouMean(name, Object.keys(variables)));
  }
  const isAmong = (values: readonly string[]): boolean =>
    values.some((word) => word.toLowerCase() === value.toLowerCase());
  if ('only' in variable) {
    if (isAmong(variable.only)) return { assignment, tokens: [] };
    const known = variable.only.find((word) => word !== '') ?? 'empty';
    throw wrongValue(assignment, `${name} can only be ${known}, not '${value}'`, variable.about);
  }
  if ('choices' in variable) {
    if (value === '') return { assignment, tokens: [] };
    const tokens = Object.hasOwn(variable.choices, value.toLowerCase())
      ? variable.choices[value.toLowerCase()]
      : undefined;
    if (tokens !== undefined) return { assignment, tokens };
    const choices = Object.keys(variable.choices);
    const others = choices.slice(0, -1).join(', ');
    throw wrongValue(assignment, `${name} needs ${others} or ${choices.at(-1)}, not '${value}'`, '');
  }
  if ('idle' in variable) {
    const reading = { assignment, tokens: [] };
    return isAmong(variable.idle) ? reading : { ...reading, warning: `${name} does nothing: ${variable.about}` };
  }
  try {
    const isKnown = variable.option === undefined || Object.hasOwn(options, variable.option);
    if (value !== '' && isKnown) variable.check?.(checkedWords(assignment, variable.form));
    return readSetting(assignment, variable, options, hostName);
  } catch (error) {
    if (!(error instanceof SuiteError) || error instanceof MistakeError) throw error;
    throw placedMistake(assignment, error);
  }
}

function checkedWords(assignment: Assignment, form: Form): readonly string[] {
  if (form === 'list') return listedWords(assignment);
  return form === 'words' || form === 'output' ? wordsOf(assignment, form) : [assignment.value];
}

/** Points at the word in question, where it can be found. */
function placedMistake(assignment: Assignment, error: SuiteError): MistakeError {
  const { source, at } = assignment;
  if (error instanceof FilterError) {
    const start = source.indexOf(error.source, at);
    return new MistakeError(assignment, start === -1 ? at : start + error.at, error.problem, error.hint);
  }
  const what = error.message.split('\n')[0] ?? '';
  const word = /'([^']+)'/.exec(what)?.[1];
  const found = word === undefined ? -1 : source.indexOf(word, at);
  return new MistakeError(assignment, found === -1 ? at : found, what, error.hint);
}

function readSetting(
  assignment: Assignment,
  { option: name = '', form }: SettingVariable,
  options: OptionTable,
  hostName: string,
): Reading {
  const { value } = assignment;
  if (form === 'filter') return { assignment, tokens: [], filter: value };
  if (value === '') return { assignment, tokens: [] };
  if (form === 'switch' || form === 'unless') {
    return { assignment, tokens: isYes(assignment) === (form === 'switch') ? [`--${name}`] : [] };
  }
  if (form === 'words' || form === 'output') {
    const words = wordsOf(assignment, form);
    if (words.length > wordsMax(options[name])) {
      throw wrongValue(assignment, `${assignment.name} has too many words`, 'Put quotes round what belongs together.');
    }
    return { assignment, tokens: [`--${name}=${words.join(LIST_SEPARATOR)}`] };
  }
  if (form === 'list') {
    return { assignment, tokens: listedWords(assignment).map((word) => `--${name}=${word}`) };
  }
  const text = form === 'host' ? hostOf(assignment, hostName) : form === 'mebibytes' ? mebibytesOf(assignment) : value;
  const option = options[name];
  if (option !== undefined && takesValue(option) && option.number !== undefined) {
    toNumber(assignment.name, text, option.number);
  }
  return { assignment, tokens: [`--${name}=${text}`] };
}

function listedWords({ words }: Assignment): readonly string[] {
  return words.flatMap((word) => word.split(/[\s,]+/)).filter((word) => word !== '');
}

/** Whether every time that a variable stands in a file counts. */
export function isList(variable: Variable): variable is SettingVariable {
  return 'form' in variable && (variable.form === 'words' || variable.form === 'output');
}

/** Argus writes an output and its filter within one pair of quotes, too: `"/var/log/flows tcp"`. */
function wordsOf({ words, value }: Assignment, form: Form): readonly string[] {
  if (form !== 'output') return words;
  const [, path = '', rest = ''] = /^(\S+)\s+(\S.*)$/.exec(words.length === 1 ? value : words.join(' ')) ?? [];
  if (path === '') return words;
  return [path, /^(["'])(.*)\1$/.exec(rest.trim())?.[2] ?? rest.trim()];
}

function wordsMax(option: Option | undefined): number {
  return option?.arity === 'lists' ? (option.wordsMax ?? Infinity) : 1;
}

function isYes(assignment: Assignment): boolean {
  const word = assignment.value.toLowerCase();
  if (word === 'yes' || word === 'no') return word === 'yes';
  throw wrongValue(assignment, `${assignment.name} needs yes or no, not '${assignment.value}'`, '');
}

function hostOf(assignment: Assignment, hostName: string): string {
  const { name, value } = assignment;
  if (value === '`hostname`') return hostName;
  if (!value.includes('`')) return value;
  throw wrongValue(
    assignment,
    `${name}: no program is run for ${value}`,
    'Of words in backquotes only `hostname` is known.',
  );
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** A size as whole MiB, rounded up. */
function mebibytesOf(assignment: Assignment): string {
  const [, digits, unit = ''] = /^(\d{1,12})([kmg]?)$/i.exec(assignment.value) ?? [];
  if (digits === undefined) {
    throw wrongValue(
      assignment,
      `${assignment.name} needs a size, not '${assignment.value}'`,
      'Write 64M, 1G, or bytes.',
    );
  }
  return String(Math.ceil((Number(digits) * (UNITS[unit.toLowerCase()] ?? 1)) / 2 ** 20));
}

/** What is wrong in a configuration file; gathered, so that all of it is said at once. */
export class MistakeError extends SuiteError {
  override readonly code = 'CONFIG';
  override readonly exitStatus = 2;
  readonly mistake: Mistake;

  constructor({ file, line, source }: Assignment, at: number, what: string, hint: string) {
    super(what, { hint });
    this.mistake = { file, line, source, at, what, hint };
  }
}

const wrongValue = (assignment: Assignment, what: string, hint: string): MistakeError =>
  new MistakeError(assignment, assignment.at, what, hint);
