import type { SplitArguments } from '../argv.ts';
import type { Reading } from './config-variables.ts';
import { configure, type Settings } from './configuration.ts';
import type { Context } from '../command.ts';
import type { OptionTable } from '../options.ts';
import { RA_VARIABLES } from './reader-variables.ts';

/** What on a command line says where records come from; variables that do are without effect then. */
const SOURCES = ['read', 'recurse', 'server'];

const nameOf = (token: string): string => /^--([^=]*)/.exec(token)?.[1] ?? '';

/**
 * Puts what the files of readers say before a command line. Variables for what the command does not do are passed over; ones that do nothing
 * are told of with `-V`.
 * @param files that are read first, if they are there
 * @throws {SuiteError} for a file that cannot be read or understood
 */
export async function configureFrom(
  files: readonly string[],
  options: OptionTable,
  given: SplitArguments,
  context: Context,
): Promise<SplitArguments> {
  const isTalkative = given.tokens.includes('--verbose');
  const configured = await configure(
    given,
    {
      defaultFile: files,
      fileOption: 'rc',
      options,
      variables: RA_VARIABLES,
      leavesLive: (named) => SOURCES.some((name) => named.has(name)),
      adds: addsToFiles,
      combine: withPort,
    },
    isTalkative ? context.warn : () => undefined,
  );
  const prints = 'fields' in options;
  const tokens = configured.tokens.filter((token) => {
    const name = nameOf(token);
    return Object.hasOwn(options, name) && (name !== 'mode' || prints || given.tokens.includes(token));
  });
  return { ...configured, tokens };
}

/** `-M` is a list of words of which later ones win; `-s` with signs changes the columns that there are. */
const addsToFiles = (token: string): boolean => token.startsWith('--mode=') || /^--fields=[+-]/.test(token);

/** The port of servers that are named without one. */
function withPort(settings: Settings): Settings {
  const { value: port = '' } =
    (settings.get('RA_ARGUS_SERVERPORT') ?? settings.get('RA_SOURCE_PORT'))?.at(-1)?.assignment ?? {};
  const others = [...settings].filter(([name]) => name !== 'RA_ARGUS_SERVERPORT' && name !== 'RA_SOURCE_PORT');
  const servers = settings.get('RA_ARGUS_SERVER');
  if (port === '' || servers === undefined) return new Map(others);
  const withOne = (token: string): string => (/:\d+$/.test(token) ? token : `${token}:${port}`);
  const changed: readonly Reading[] = servers.map((reading) => ({ ...reading, tokens: reading.tokens.map(withOne) }));
  return new Map([...others, ['RA_ARGUS_SERVER', changed]]);
}
