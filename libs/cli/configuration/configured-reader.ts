import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SplitArguments } from '../argv.ts';
import type { Command, Context } from '../command.ts';
import type { OptionTable } from '../options.ts';
import { setTimeZone, takeTimeZone } from '../time-zone.ts';

const SYSTEM_FILE = '/etc/panoptes/ra.conf';
const OWN_FILE = '.rarc';
const ZONE = '--time-zone=';
const ZONE_MODE = '--mode=TZ=';

/** `configure` of a command that reads records. What reads files is loaded where there are some. */
export function readerConfiguration(options: OptionTable): NonNullable<Command['configure']> {
  return async (line, context) => {
    // What a mistake in a file may refer to is told in spite of it.
    if (line.tokens.includes('--list-fields')) return line;
    const given = { ...line, tokens: line.tokens.map(zoneOption) };
    const files = filesOf(context);
    const isConfigured =
      files.some((file) => existsSync(file)) || given.tokens.some((token) => token.startsWith('--rc='));
    const configured = isConfigured ? await load(files, options, given, context) : given;
    const zone = configured.tokens.findLast((token) => token.startsWith(ZONE));
    if (zone === undefined) takeTimeZone(context.env['TZ'] ?? '');
    else setTimeZone(zone.slice(ZONE.length));
    return configured;
  };
}

/** `-M TZ=ZONE` is what `--time-zone` is here. */
const zoneOption = (token: string): string =>
  token.startsWith(ZONE_MODE) ? `${ZONE}${token.slice(ZONE_MODE.length)}` : token;

/** Of Argus's own folders the one that is somebody's choice. */
function filesOf({ env }: Context): string[] {
  const folders = [env['ARGUSHOME'], env['HOME']].filter((folder) => folder !== undefined && folder !== '') as string[];
  return [SYSTEM_FILE, ...new Set(folders.map((folder) => join(folder, OWN_FILE)))];
}

async function load(
  files: readonly string[],
  options: OptionTable,
  given: SplitArguments,
  context: Context,
): Promise<SplitArguments> {
  const { configureFrom } = await import('./reader-configuration.ts');
  return configureFrom(files, options, given, context);
}
