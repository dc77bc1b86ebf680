import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { SplitArguments } from '../../libs/cli/argv.ts';
import { describeMistake, readConfiguration, type Mistake } from '../../libs/cli/config-file.ts';
import { isList, MistakeError, readVariable, type Reading } from '../../libs/cli/config-variables.ts';
import { LIST_SEPARATOR } from '../../libs/cli/options.ts';
import { UsageError, type SuiteError } from '../../libs/core/errors.ts';
import { ARGUS_OPTIONS } from './options.ts';
import { ARGUS_VARIABLES } from './variables.ts';

const PID_FOLDER = '/var/run';
/** Mistakes that are said at once. */
const MISTAKES_MAX = 20;

const CONFIG = '--config=';
const INTERFACE = '--interface=';

/**
 * Puts what the configuration files say before what stands on the command line, which wins; lists there replace those of files,
 * and a later file's those of an earlier one. `-X` forgets the files up to it.
 * @param defaultFile read first, when it is there
 * @returns the command line, naming exactly the files that were read
 * @throws {SuiteError} for a file that cannot be read or understood; all that is wrong in it is said
 */
export async function configure(
  given: SplitArguments,
  defaultFile: string,
  warn: (message: string) => void,
): Promise<SplitArguments> {
  const files = configurationFiles(given.tokens, existsSync(defaultFile) ? [defaultFile] : []);
  const settings = new Map<string, readonly Reading[]>();
  for (const file of files) for (const [name, readings] of await readFileOf(file)) settings.set(name, readings);
  for (const [reading] of settings.values()) if (reading?.warning !== undefined) warn(placed(reading));

  const rest = given.tokens.filter((token) => !token.startsWith(CONFIG));
  const named = new Set(rest.map(optionOf));
  const readsCaptures = named.has('read');
  const tokens: string[] = [];
  let filter = '';
  for (const [name, readings] of withPidFile(settings, rest)) {
    const variable = ARGUS_VARIABLES[name as keyof typeof ARGUS_VARIABLES];
    if ('live' in variable && readsCaptures) continue;
    for (const reading of readings) filter = reading.filter ?? filter;
    tokens.push(...readings.flatMap((reading) => reading.tokens).filter((token) => !named.has(optionOf(token))));
  }
  return {
    ...given,
    tokens: [...files.map((file) => CONFIG + file), ...tokens, ...rest],
    operands: given.operands.length === 0 && filter !== '' ? [filter] : given.operands,
  };
}

const optionOf = (token: string): string => /^--([^=]*)/.exec(token)?.[1] ?? '';

const placed = ({ assignment: { file, line }, warning = '' }: Reading): string => `${file}:${line}: ${warning}`;

function configurationFiles(tokens: readonly string[], first: readonly string[]): string[] {
  let files = [...first];
  for (const token of tokens) {
    if (token === '--no-config') files = [];
    if (token.startsWith(CONFIG)) files.push(token.slice(CONFIG.length));
  }
  return files;
}

/**
 * What a file says, by variable: of one that can be there several times all, of any other the last.
 * @throws {SuiteError}
 */
export async function readFileOf(file: string): Promise<Map<string, readonly Reading[]>> {
  const { assignments, mistakes: badLines } = await readConfiguration(file);
  const mistakes: Mistake[] = [...badLines];
  const settings = new Map<string, readonly Reading[]>();
  for (const assignment of assignments) {
    try {
      const reading = readVariable(assignment, ARGUS_VARIABLES, ARGUS_OPTIONS, hostname());
      const variable = ARGUS_VARIABLES[assignment.name as keyof typeof ARGUS_VARIABLES];
      settings.set(assignment.name, isList(variable) ? [...(settings.get(assignment.name) ?? []), reading] : [reading]);
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

/**
 * ARGUS_SET_PID and ARGUS_PID_PATH are one option; as in Argus, for the background only, and the file has the interface's name.
 * @param rest what stands on the command line
 */
function withPidFile(
  settings: ReadonlyMap<string, readonly Reading[]>,
  rest: readonly string[],
): Map<string, readonly Reading[]> {
  const merged = new Map(settings);
  const [set] = settings.get('ARGUS_SET_PID') ?? [];
  const [path] = settings.get('ARGUS_PID_PATH') ?? [];
  merged.delete('ARGUS_SET_PID');
  merged.delete('ARGUS_PID_PATH');
  const source = path ?? set;
  const isBackground = rest.includes('--daemon') || settings.get('ARGUS_DAEMON')?.[0]?.tokens.length === 1;
  if (source === undefined || !isBackground || set?.tokens.length === 0) return merged;
  const folder = path === undefined || path.assignment.value === '' ? PID_FOLDER : path.assignment.value;
  const ofFiles = settings.get('ARGUS_INTERFACE')?.flatMap((reading) => reading.tokens) ?? [];
  const name = pidName([...rest, ...ofFiles].find((token) => token.startsWith(INTERFACE)));
  return merged.set('ARGUS_PID_PATH', [{ ...source, tokens: [`--pid-file=${join(folder, name)}`] }]);
}

/** As Argus names it: `argus.eth0.0.pid`. */
function pidName(token: string | undefined): string {
  if (token === undefined) return 'argus.pid';
  return `argus.${token
    .slice(INTERFACE.length)
    .replaceAll(/[^\w.:-]+/g, '-')
    .slice(0, 64)}.0.pid`;
}

/** A token as people write it on a command line. */
export function writtenToken(token: string): string {
  const [name = '', ...value] = token.split('=');
  if (value.length === 0) return name;
  const words = value.join('=').split(LIST_SEPARATOR);
  return [
    name,
    ...words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)),
  ].join(' ');
}
