import type { Command } from '../cli/command.ts';
import { inShort, shownOptions, type Completion, type ShownOption } from './shown-options.ts';

/** Completion of a command for zsh(1), to be found as `_name` in a folder of `fpath`. */
export function zshCompletion(command: Command, fields: readonly string[]): string {
  const specs = shownOptions(command).flatMap((option) => specsOf(option, fields));
  return `#compdef ${command.name}\n_arguments -s \\\n${specs.map((spec) => `  ${spec} \\\n`).join('')}  '*:: :_default'\n`;
}

function specsOf(option: ShownOption, fields: readonly string[]): string[] {
  const { name, letters, placeholder, completion, isOpen } = option;
  const about = `[${quoted(inShort(option.text))}]`;
  const words = [...letters.map((letter) => `-${letter}`), `--${name}`];
  if (placeholder === undefined) return words.map((word) => `'*${word}${about}'`);
  const rest = isOpen ? '*-*' : '';
  return words.map((word) => `'*${word}${about}:${rest}${rest === '' ? '' : ':'}${quoted(placeholder)}:${action(completion, fields)}'`); // prettier-ignore
}

function action(completion: Completion | undefined, fields: readonly string[]): string {
  if (completion === undefined) return '';
  if (completion === 'files') return '_files';
  if (completion === 'folders') return '_files -/';
  if (completion === 'interfaces') return '_net_interfaces';
  return `(${(completion === 'fields' ? fields : completion).join(' ')})`;
}

/** Within single quotes, and within the brackets and colons of a specification. */
function quoted(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, '\\$&').replaceAll("'", "'\\''");
}
