import { KEY_WORDS } from '../aggregate/model.ts';
import type { Command } from '../cli/command.ts';
import { orderedOptions, takesValue } from '../cli/options.ts';

/** What a word on the command line can be completed to. */
export type Completion = 'files' | 'folders' | 'fields' | 'interfaces' | readonly string[];

/** An option as pages and completions show it. */
export interface ShownOption {
  readonly name: string;
  /** Letters without their dashes. */
  readonly letters: readonly string[];
  /** What stands for its value; undefined for a switch. */
  readonly placeholder: string | undefined;
  /** Whether more words than one may follow. */
  readonly isOpen: boolean;
  /** What it does, and its default. */
  readonly text: string;
  readonly group: string;
  /** Undefined where any text may stand, or none. */
  readonly completion: Completion | undefined;
}

const COMPLETIONS: Readonly<Record<string, Completion>> = {
  FILE: 'files',
  'FILE ["FILTER"]': 'files',
  PROGRAM: 'files',
  DIR: 'folders',
  FOLDER: 'folders',
  FIELD: 'fields',
  KEY: KEY_WORDS,
  INTERFACE: 'interfaces',
};

/** All options of a command, the general ones at the end, in the order of the help page. */
export function shownOptions({ options }: Command): ShownOption[] {
  return orderedOptions(options).map(([name, option]) => {
    const { short, otherShort, text, group = 'Options' } = option;
    const isValue = takesValue(option);
    const placeholder = isValue ? option.placeholder : undefined;
    const words = isValue ? option.words : undefined;
    const preset = isValue ? option.default : undefined;
    return {
      name,
      letters: [short, otherShort].filter((letter) => letter !== undefined),
      placeholder,
      isOpen: option.arity === 'greedy' || (option.arity === 'lists' && option.wordsMax === undefined),
      text: preset === undefined ? text : `${text} Default: ${preset}.`,
      group,
      completion: words ?? (placeholder === undefined ? undefined : completionOf(placeholder)),
    };
  });
}

/** `s|d|b` lists its values. */
function completionOf(placeholder: string): Completion | undefined {
  if (/^[a-z-]+(\|[a-z-]+)+$/.test(placeholder)) return placeholder.split('|');
  return COMPLETIONS[placeholder];
}

/** Options by heading, in the order in which the headings first come. */
export function byGroup(options: readonly ShownOption[]): Map<string, ShownOption[]> {
  const groups = new Map<string, ShownOption[]>();
  for (const option of options) {
    const members = groups.get(option.group);
    if (members === undefined) groups.set(option.group, [option]);
    else members.push(option);
  }
  return groups;
}

/** The first sentence, without its full stop. */
export function inShort(text: string): string {
  return (/^.*?[^.]\.(?= [A-Z0-9]|$)/s.exec(text)?.[0] ?? text).replace(/\.$/, '');
}
