import type { Command } from '../cli/command.ts';
import { ABOUT_FILTERS, takesRecordFilter, usageLine } from '../cli/help.ts';
import { byGroup, shownOptions, type ShownOption } from './shown-options.ts';

/** What exit statuses mean, of every command. */
export const EXIT_STATUS: readonly (readonly [status: string, meaning: string])[] = [
  ['0', 'All went well; also when nothing matched.'],
  ['1', 'It failed, and said why on standard error.'],
  ['2', 'The command line or the filter was not understood.'],
];

/**
 * The page of section 1 about a command, for man(1).
 * @param others names of the other commands of the suite
 */
export function manPage(command: Command, others: readonly string[], version: string): string {
  const { name, summary, examples = [] } = command;
  const lines = [
    `.TH ${name.toUpperCase()} 1 "" "Panoptes ${version}" "Panoptes"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(summary.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    `.B ${roff(usageLine(command))}`,
    ...description(command),
    '.SH OPTIONS',
  ];
  for (const [group, options] of byGroup(shownOptions(command))) {
    lines.push(`.SS ${roff(group)}`);
    for (const option of options) lines.push('.TP', heading(option), roff(option.text));
  }
  if (examples.length > 0) lines.push('.SH EXAMPLES');
  for (const [line, does] of examples) lines.push('.TP', `.B ${roff(line)}`, roff(does));
  lines.push('.SH EXIT STATUS');
  for (const [status, meaning] of EXIT_STATUS) lines.push('.TP', `.B ${status}`, roff(meaning));
  lines.push(
    ...filesAndEnvironment(command),
    '.SH SEE ALSO',
    others.map((other) => `.BR ${roff(other)} (1)`).join(' ,\n'),
  );
  return `${lines.join('\n')}\n`;
}

function description(command: Command): string[] {
  if (!takesRecordFilter(command)) return [];
  const more = 'ra --list-fields names them all, and ra -b shows how a filter is understood.';
  return ['.SH DESCRIPTION', roff(command.summary), '.PP', roff(`${ABOUT_FILTERS} ${more}`)];
}

/** Settings that readers of records take from elsewhere. */
function filesAndEnvironment({ options }: Command): string[] {
  if (!('rc' in options)) return [];
  const files = [
    ['/etc/panoptes/ra.conf', 'Settings of all readers of records on this machine.'],
    ['~/.rarc', "One's own; $ARGUSHOME/.rarc before it."],
  ];
  const variables = [
    ['TZ', 'Zone that times are read and printed in.'],
    ['PANOPTES_TOKEN', 'Token that is shown to servers.'],
    ...('color' in options ? [['NO_COLOR', 'Where it is set, nothing is printed in colours unless the command line asks for them.']] : []), // prettier-ignore
  ];
  const list = (entries: readonly (readonly string[])[]): string[] =>
    entries.flatMap(([name = '', about = '']) => ['.TP', `.B ${roff(name)}`, roff(about)]);
  return ['.SH FILES', ...list(files), '.SH ENVIRONMENT', ...list(variables)];
}

function heading({ name, letters, placeholder, isOpen }: ShownOption): string {
  const names = [...letters.map((letter) => `-${letter}`), `--${name}`].map((each) => `\\fB${roff(each)}\\fR`);
  const value = placeholder === undefined ? '' : ` \\fI${roff(placeholder)}\\fR${isOpen ? ' ...' : ''}`;
  return `${names.join(', ')}${value}`;
}

/** Text that means nothing to roff: dashes stay dashes, and no line begins with a request. */
function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('\n', ' ');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
