import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { UsageError, type SuiteError } from '../../core/errors.ts';
import type { SplitArguments } from '../argv.ts';
import { describeMistake, readConfiguration, type Mistake } from './config-file.ts';
import { isList, MistakeError, readVariable, type Reading, type VariableTable } from './config-variables.ts';
import type { OptionTable } from '../options.ts';

/** Mistakes that are said at once. */
const MISTAKES_MAX = 20;

const CONFIG = 'config';

/** What the files of a command say, by variable: of one that can be there several times all, of any other the last. */
export type Settings = ReadonlyMap<string, readonly Reading[]>;

/** How a command is configured by files. Its options have `config`, `no-config` and, for what `-r` or the like make idle, those. */
export interface Configuration {
  /** Read first, one after the other, those of them that are there. */
  readonly defaultFile: string | readonly string[];
  /** Long name of the option that names further files; `config` when this is left out. */
  readonly fileOption?: string;
  readonly options: OptionTable;
  readonly variables: VariableTable;
  /** Whether options of the command line (long names) leave variables that are `live` without effect. */
  readonly leavesLive?: (named: ReadonlySet<string>) => boolean;
  /** Whether an option of the command line adds to what files say, and does not replace it. */
  readonly adds?: (token: string) => boolean;
  /** Puts together what several variables say of one thing. @param rest what stands on the command line */
  readonly combine?: (settings: Settings, rest: readonly string[]) => Settings;
}

/**
 * Puts what the configuration files say before what stands on the command line, which wins; lists there replace those of files,
 * and a later file's those of an earlier one. `-X` forgets the files up to it.
 * @returns the command line, naming exactly the files that were read
 * @throws {SuiteError} for a file that cannot be read or understood; all that is wrong in it is said
 */
export async function configure(
  given: SplitArguments,
  configuration: Configuration,
  warn: (message: string) => void,
): Promise<SplitArguments> {
  const { defaultFile, fileOption = CONFIG, variables, leavesLive, adds, combine } = configuration;
  const prefix = `--${fileOption}=`;
  const files = configurationFiles(
    given.tokens,
    prefix,
    [defaultFile].flat().filter((path) => existsSync(path)),
  );
  const settings = new Map<string, readonly Reading[]>();
  for (const file of files) {
    for (const [name, readings] of await readSettings(file, configuration)) settings.set(name, readings);
  }
  for (const [reading] of settings.values()) if (reading?.warning !== undefined) warn(placed(reading));

  const rest = given.tokens.filter((token) => !token.startsWith(prefix));
  const named = new Set(rest.filter((token) => adds?.(token) !== true).map(optionOf));
  const isIdle = leavesLive?.(new Set(rest.map(optionOf))) ?? false;
  const tokens: string[] = [];
  let filter = '';
  for (const [name, readings] of combine?.(settings, rest) ?? settings) {
    const variable = variables[name];
    if (isIdle && variable !== undefined && 'live' in variable) continue;
    for (const reading of readings) filter = reading.filter ?? filter;
    tokens.push(...readings.flatMap((reading) => reading.tokens).filter((token) => !named.has(optionOf(token))));
  }
  return {
    ...given,
    tokens: [...files.map((file) => prefix + file), ...tokens, ...rest],
    operands: given.operands.length === 0 && filter !== '' ? [filter] : given.operands,
  };
}

const optionOf = (token: string): string => /^--([^=]*)/.exec(token)?.[1] ?? '';

const placed = ({ assignment: { file, line }, warning = '' }: Reading): string => `${file}:${line}: ${warning}`;

function configurationFiles(tokens: readonly string[], prefix: string, first: readonly string[]): string[] {
  let files = [...first];
  for (const token of tokens) {
    if (token === '--no-config') files = [];
    if (token.startsWith(prefix)) files.push(token.slice(prefix.length));
  }
  return files;
}

/** @throws {SuiteError} for a file that cannot be read or understood; all that is wrong in it is said */
export async function readSettings(
  file: string,
  { variables, options }: Pick<Configuration, 'variables' | 'options'>,
): Promise<Settings> {
  const { assignments, mistakes: badLines } = await readConfiguration(file);
  const mistakes: Mistake[] = [...badLines];
  const settings = new Map<string, readonly Reading[]>();
  for (const assignment of assignments) {
    const { name } = assignment;
    try {
      const reading = readVariable(assignment, variables, options, hostname());
      const variable = variables[name];
      const before = variable !== undefined && isList(variable) ? (settings.get(name) ?? []) : [];
      settings.set(name, [...before, reading]);
    } catch (error) {
      if (!(error instanceof MistakeError)) throw error;
      mistakes.push(error.mistake);
    }
  }
  if (mistakes.length > 0) throw configurationError(mistakes);
  return settings;
}

function configurationError(mistakes: readonly Mistake[]): SuiteError {
  const inOrder = [...mistakes].sort((a, b) => a.line - b.line);
  const said = inOrder.slice(0, MISTAKES_MAX).map(describeMistake);
  const more = inOrder.length - said.length;
  return new UsageError(said.join('\n'), { hint: more > 0 ? `${more} more mistakes follow.` : '' });
}
