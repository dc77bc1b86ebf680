/**
 * The options of a command. Parsing, help and completion all read this one table; its keys are the long names.
 *
 * Arity: `none` is a switch; `count` counts how often it stands (`-nn`); `one` takes a value, the last one wins; `each`
 * takes a value and keeps them all; `greedy` takes a value and all words after it up to one that starts with `-`; `lists`
 * does so too, but keeps the words of each of its places apart.
 */
export type OptionTable = Readonly<Record<string, Option>>;

export type Option = SwitchOption | ValueOption;

interface Described {
  /** One character, without the dash. Its meaning may differ from command to command. */
  readonly short?: string;
  /** Another such character with the same meaning. */
  readonly otherShort?: string;
  /** What it does; a sentence or two for the help page. */
  readonly text: string;
  /** Heading of the help page under which it stands; "Options" when absent. */
  readonly group?: string;
  /** Long names of options that make no sense beside this one. */
  readonly conflicts?: readonly string[];
}

export interface SwitchOption extends Described {
  readonly arity: 'none' | 'count';
}

export interface ValueOption extends Described {
  readonly arity: 'one' | 'each' | 'greedy' | 'lists';
  /** Stands for the value in help and messages: `FILE`, `SECONDS`. */
  readonly placeholder: string;
  /** Most words that a place of arity `lists` takes; absent: any number. */
  readonly wordsMax?: number;
  /** When present the value is a number within these bounds; not with arity `lists`. */
  readonly number?: NumberBounds;
  /** Words that may stand for it, among others perhaps, which shells offer. */
  readonly words?: readonly string[];
  /** Value of an option of arity `one` that is not given. */
  readonly default?: string | number;
}

export interface NumberBounds {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

/** What `run` of a command with these options gets. */
export type Arguments<T extends OptionTable> = { readonly [Name in keyof T]: ValueOf<T[Name]> } & {
  /** The words after the options: a filter's words, or a command's own. */
  readonly operands: readonly string[];
};

type ValueOf<O extends Option> = O extends { arity: 'none' }
  ? boolean
  : O extends { arity: 'count' }
    ? number
    : O extends { arity: 'each' | 'greedy' }
      ? readonly ScalarOf<O>[]
      : O extends { arity: 'lists' }
        ? readonly (readonly string[])[]
        : O extends { default: string | number }
          ? ScalarOf<O>
          : ScalarOf<O> | undefined;

type ScalarOf<O extends Option> = O extends { number: NumberBounds } ? number : string;

/** Options that every command has; they are answered before anything else is loaded. */
export const GENERAL_OPTIONS = {
  help: { short: 'h', arity: 'none', text: 'Show this page and exit.', group: 'General' },
  version: { arity: 'none', text: 'Show the version and exit.', group: 'General' },
} as const satisfies OptionTable;

/** Heading of options that are understood and do nothing. */
export const WITHOUT_EFFECT = 'Without effect';

/** The options of a command in the order in which pages show them: last those that do nothing, and those that every command has. */
export function orderedOptions(table: OptionTable): [name: string, option: Option][] {
  const own = Object.entries<Option>(table);
  const isIdle = ([, { group }]: [string, Option]): boolean => group === WITHOUT_EFFECT;
  return [...own.filter((entry) => !isIdle(entry)), ...own.filter(isIdle), ...Object.entries<Option>(GENERAL_OPTIONS)];
}

/** Between the words of a list in a token: no word of a command line holds it. */
export const LIST_SEPARATOR = '\0';

export function takesValue(option: Option): option is ValueOption {
  return option.arity !== 'none' && option.arity !== 'count';
}

/** The option as people write it: `-r, --read FILE...`. */
export function spelling(name: string, option: Option): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  if (!takesValue(option)) return `${short}--${name}`;
  const isOpen = option.arity === 'greedy' || (option.arity === 'lists' && option.wordsMax === undefined);
  return `${short}--${name} ${option.placeholder}${isOpen ? '...' : ''}`;
}
