import type { Command } from './command.ts';
import { orderedOptions, spelling, type Option, type OptionTable } from './options.ts';

const WIDTH = 80;
const TEXT_COLUMN = 30;

/** The page that `--help` shows, at most 80 columns wide unless an example is longer. */
export function helpPage<T extends OptionTable>(command: Command<T>): string {
  const lines = [`${command.name}: ${command.summary}`, '', `Usage: ${usageLine(command)}`];
  if (takesRecordFilter(command)) lines.push('', ...wrap(ABOUT_FILTERS, WIDTH));
  for (const [heading, options] of groups(command.options)) {
    lines.push('', `${heading}:`);
    for (const [name, option] of options) lines.push(...optionLines(name, option));
  }
  if (command.examples !== undefined) {
    lines.push('', 'Examples:');
    for (const [line, does] of command.examples) lines.push(`  ${line}`, `      ${does}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What stands behind a lone dash. */
export const ABOUT_FILTERS =
  'Behind a lone - stands a filter, which says what records are wanted: tcp and port 443, src net 10.0.0.0/8 and not icmp, ' +
  'dur gt 1m or bytes gt 10M. Any field may be compared.';

/** Whether its filter is of flow records. */
export function takesRecordFilter<T extends OptionTable>({ operands, usage }: Command<T>): boolean {
  return operands === 'filter' && usage === undefined;
}

/** `ra [options] [- filter]` */
export function usageLine<T extends OptionTable>(command: Command<T>): string {
  const operands = { filter: '[- filter]', words: '[words]', none: '' }[command.operands ?? 'none'];
  return `${command.name} [options] ${command.usage ?? operands}`.trimEnd();
}

function groups(table: OptionTable): Map<string, [string, Option][]> {
  const byHeading = new Map<string, [string, Option][]>();
  for (const entry of orderedOptions(table)) {
    const heading = entry[1].group ?? 'Options';
    const members = byHeading.get(heading);
    if (members === undefined) byHeading.set(heading, [entry]);
    else members.push(entry);
  }
  return byHeading;
}

function optionLines(name: string, option: Option): string[] {
  const left = `  ${spelling(name, option)}`;
  const [first = '', ...rest] = wrap(describe(option), WIDTH - TEXT_COLUMN);
  const indent = ' '.repeat(TEXT_COLUMN);
  const head = left.length + 2 <= TEXT_COLUMN ? [left.padEnd(TEXT_COLUMN) + first] : [left, indent + first];
  return [...head, ...rest.map((line) => indent + line)];
}

function describe(option: Option): string {
  if (!('default' in option) || option.default === undefined) return option.text;
  return `${option.text} Default: ${option.default}.`;
}

/** Breaks `text` at blanks into lines of at most `width` characters, single longer words apart. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}
