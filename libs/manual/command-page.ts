import type { Command } from '../cli/command.ts';
import { takesRecordFilter, usageLine } from '../cli/help.ts';
import { table } from '../core/markdown.ts';
import { byGroup, shownOptions, type ShownOption } from './shown-options.ts';

/** The page of `docs/commands` about a command. */
export function commandPage(command: Command): string {
  const { name, summary, examples = [] } = command;
  const parts = [`# ${name}`, summary, `    ${usageLine(command)}`];
  if (takesRecordFilter(command))
    parts.push('Behind a lone `-` stands a [filter](../filter.md), over any [fields](../fields.md).');
  for (const [group, options] of byGroup(shownOptions(command))) {
    const rows = options.map((option) => [spelt(option), escaped(option.text)]);
    parts.push(`## ${group}`, table(['Option', 'What it does'], rows));
  }
  if (examples.length > 0) parts.push('## Examples');
  for (const [line, does] of examples) parts.push(escaped(does), `    ${line}`);
  return `${parts.join('\n\n')}\n`;
}

function spelt({ name, letters, placeholder, isOpen }: ShownOption): string {
  const names = [...letters.map((letter) => `-${letter}`), `--${name}`].join(', ');
  return `\`${names}${placeholder === undefined ? '' : ` ${placeholder}${isOpen ? '...' : ''}`}\``;
}

/** What Markdown would take for marks of its own. */
function escaped(text: string): string {
  return text.replaceAll(/[\\*_<>`]/g, '\\$&');
}
