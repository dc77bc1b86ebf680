import type { Options } from 'yargs';
import { UsageError } from '../core/errors.ts';
import {
  LIST_SEPARATOR,
  takesValue,
  type Arguments,
  type NumberBounds,
  type Option,
  type OptionTable,
} from './options.ts';

/** What yargs says of mistakes that `splitArguments` does not find, and how we do. */
const MESSAGES: readonly (readonly [theirs: RegExp, ours: string])[] = [
  [/^Arguments (\S+) and (\S+) are mutually exclusive$/, '--$1 and --$2 exclude each other'],
  [/^Not enough arguments following: (\S+)$/, "option '--$1' needs a value that is not empty"],
];

/**
 * Turns the tokens of `splitArguments` into typed values, applies defaults and finds options that exclude each other. Of options that
 * are not given yargs is not told, which would take longer than all the rest.
 * @throws {UsageError} for a value that is no number or out of bounds, or options in conflict
 */
export async function parseOptions<T extends OptionTable>(
  tokens: readonly string[],
  table: T,
): Promise<Omit<Arguments<T>, 'operands'>> {
  const { default: yargs } = await import('yargs');
  const parser = yargs()
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    })
    .help(false)
    .version(false)
    .exitProcess(false)
    .detectLocale(false)
    .strict()
    .fail((message: string) => {
      throw new UsageError(MESSAGES.reduce((text, [pattern, ours]) => text.replace(pattern, ours), message));
    });
  const given = new Set(tokens.map((token) => token.slice(2).split('=', 1)[0]));
  for (const [name, option] of Object.entries(table))
    if (given.has(name)) parser.option(name, yargsOption(name, option));
  const parsed = parser.parseSync(tokens.map((token) => withQuotes(token, table))) as Record<string, unknown>;
  const values = Object.entries(table).map(([name, option]) => [name, parsed[name] ?? valueWhenAbsent(option)]);
  return Object.fromEntries(values) as Omit<Arguments<T>, 'operands'>;
}

/** Of lists yargs takes a pair of quotes away from round each value, though no shell has left them there. */
function withQuotes(token: string, table: OptionTable): string {
  const [, name = '', value = ''] = /^--([^=]*)=(["'].*)$/s.exec(token) ?? [];
  return value === '' || table[name]?.arity === 'one' ? token : `--${name}="${value}"`;
}

/** Not left to yargs, for which an option with a default has been given and so is in conflict. */
function valueWhenAbsent(option: Option): unknown {
  if (!takesValue(option)) return option.arity === 'count' ? 0 : false;
  return option.arity === 'one' ? option.default : [];
}

function yargsOption(name: string, option: Option): Options {
  const conflicts = option.conflicts === undefined ? {} : { conflicts: [...option.conflicts] };
  if (!takesValue(option)) return { type: option.arity === 'count' ? 'count' : 'boolean', ...conflicts };
  const { number } = option;
  const scalar = (value: string): string | number =>
    number === undefined ? value : toNumber(`option '--${name}'`, value, number);
  if (option.arity === 'one') {
    const coerce = (value: string | string[]): string | number =>
      scalar(typeof value === 'string' ? value : (value.at(-1) ?? ''));
    return { type: 'string', requiresArg: true, coerce, ...conflicts };
  }
  if (option.arity === 'lists') {
    const coerce = (values: string[]): string[][] => values.map((words) => words.split(LIST_SEPARATOR));
    return { type: 'string', array: true, requiresArg: true, coerce, ...conflicts };
  }
  const coerce = (values: string[]): (string | number)[] => values.map(scalar);
  return { type: 'string', array: true, requiresArg: true, coerce, ...conflicts };
}

/**
 * @param who begins the message: "option '--status'"
 * @throws {UsageError} when the text is no number within these bounds
 */
export function toNumber(who: string, text: string, { min, max, integer = false }: NumberBounds): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  const wanted = integer ? 'a whole number' : 'a number';
  if (Number.isNaN(value) || (integer && !Number.isInteger(value))) {
    throw new UsageError(`${who} needs ${wanted}, not '${text}'`);
  }
  if (value < min || value > max) {
    throw new UsageError(`${who} needs ${wanted} between ${min} and ${max}, not ${text}`);
  }
  return value;
}
