import type { Command } from '../cli/command.ts';
import { inShort, shownOptions, type Completion, type ShownOption } from './shown-options.ts';

/** Completion of a command for fish(1). */
export function fishCompletion(command: Command, fields: readonly string[]): string {
  const lines = shownOptions(command).flatMap((option) => [
    line(command.name, option, fields),
    ...furtherWords(command.name, option, fields),
  ]);
  return `# Completion of ${command.name} for fish.\n${WITHIN}${lines.join('\n')}\n`;
}

/** Whether the words before the cursor are those of an option that takes several. */
const WITHIN = `function __panoptes_within
    set -l words (commandline -opc)
    for word in $words[-1..2]
        if string match -q -- '-*' $word
            contains -- $word $argv
            return
        end
    end
    return 1
end
`;

/** The words behind the first, which fish takes for the only one. */
function furtherWords(command: string, option: ShownOption, fields: readonly string[]): string[] {
  const { name, letters, isOpen, completion } = option;
  if (!isOpen || completion === undefined) return [];
  const written = [...letters.map((letter) => `-${letter}`), `--${name}`].join(' ');
  return [`complete -c ${command} -n '__panoptes_within ${written}' ${values(completion, fields)}`];
}

function line(command: string, option: ShownOption, fields: readonly string[]): string {
  const { name, letters, placeholder, completion, text } = option;
  const words = [`complete -c ${command}`, ...letters.map((letter) => `-s ${letter}`), `-l ${name}`];
  if (placeholder !== undefined) words.push('-r');
  if (completion !== undefined) words.push(values(completion, fields));
  else if (placeholder !== undefined) words.push('-f');
  words.push(`-d ${quoted(inShort(text))}`);
  return words.join(' ');
}

function values(completion: Completion, fields: readonly string[]): string {
  if (completion === 'files') return '-F';
  if (completion === 'folders') return `-f -a '(__fish_complete_directories)'`;
  if (completion === 'interfaces') return `-f -a '(__fish_print_interfaces)'`;
  return `-f -a ${quoted((completion === 'fields' ? fields : completion).join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
