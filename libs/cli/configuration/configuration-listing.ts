import { printable } from '../../core/sanitize.ts';
import { readSettings, type Configuration } from './configuration.ts';
import { LIST_SEPARATOR } from '../options.ts';

/**
 * What each variable of these files means, as options: what `--check` prints.
 * @throws {SuiteError} for a file that cannot be read or understood
 */
export async function configurationListing(files: readonly string[], configuration: Configuration): Promise<string> {
  const lines: string[] = [];
  for (const file of files) {
    const settings = [...(await readSettings(file, configuration)).values()].flat();
    settings.sort((a, b) => a.assignment.line - b.assignment.line);
    lines.push(`${file}: ${settings.length} settings`);
    for (const { assignment, tokens, filter, warning } of settings) {
      const said = filter === undefined ? tokens.map(writtenToken).join(' ') : `filter ${filter}`;
      const meaning = warning ?? said;
      lines.push(
        `  ${assignment.line}: ${assignment.name}=${assignment.value} -> ${meaning === '' ? 'as by default' : meaning}`,
      );
    }
  }
  if (files.length === 0) lines.push('no configuration files');
  return `${lines.map(printable).join('\n')}\n`;
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
