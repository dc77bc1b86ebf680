import { UsageError } from '../core/errors.ts';
import {
  LIST_SEPARATOR,
  takesValue,
  type Arguments,
  type NumberBounds,
  type Option,
  type OptionTable,
} from './options.ts';

/**
 * Turns the tokens of `splitArguments` into typed values, applies defaults and finds options that exclude each other. Of yargs only the
 * parser is used, and of options that are not given it is not told, which would take longer than all the rest.
 * @throws {UsageError} for a value that is no number or out of bounds, or options in conflict
 */
export async function parseOptions<T extends OptionTable>(
  tokens: readonly string[],
  table: T,
): Promise<Omit<Arguments<T>, 'operands'>> {
  const { Parser } = await import('yargs/helpers');
  const names = new Set(tokens.map((token) => token.slice(2).split('=', 1)[0] ?? ''));
  const given = [...names].flatMap((name): [string, Option][] =>
    table[name] === undefined ? [] : [[name, table[name]]],
  );
  const named = (is: (option: Option) => boolean): string[] => given.flatMap(([name, option]) => (is(option) ? [name] : [])); // prettier-ignore
  const parsed: Record<string, unknown> = Parser(tokens.map(withQuotes), {
    array: named((option) => takesValue(option) && option.arity !== 'one'),
    boolean: named(({ arity }) => arity === 'none'),
    count: named(({ arity }) => arity === 'count'),
    string: named(takesValue),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    },
  });
  const typed = new Map(given.map(([name, option]) => [name, typedValue(name, option, parsed[name], tokens)]));
  checkConflicts(given, typed);
  const values = Object.entries(table).map(([name, option]) => [name, typed.get(name) ?? valueWhenAbsent(option)]);
  return Object.fromEntries(values) as Omit<Arguments<T>, 'operands'>;
}

/** @throws {UsageError} */
function checkConflicts(given: readonly [string, Option][], values: ReadonlyMap<string, unknown>): void {
  for (const [name, { conflicts }] of given) {
    const other = conflicts?.find((one) => values.has(one));
    if (other !== undefined) throw new UsageError(`--${name} and --${other} exclude each other`);
  }
}

/** The parser takes a pair of quotes away from round each value, though no shell has left them there. */
function withQuotes(token: string): string {
  const [, name = '', value = ''] = /^--([^=]*)=(["'].*)$/s.exec(token) ?? [];
  return value === '' ? token : `--${name}="${value}"`;
}

function valueWhenAbsent(option: Option): unknown {
  if (!takesValue(option)) return option.arity === 'count' ? 0 : false;
  return option.arity === 'one' ? option.default : [];
}

/**
 * @param parsed a text, or a list of them, where the option takes a value
 * @param tokens of which the parser leaves out some empty values of lists
 * @throws {UsageError} for a value that cannot be one
 */
function typedValue(name: string, option: Option, parsed: unknown, tokens: readonly string[]): unknown {
  if (!takesValue(option)) return parsed;
  const texts = (Array.isArray(parsed) ? parsed : [parsed]) as readonly string[];
  const { number } = option;
  const scalar = (text: string): string | number =>
    number === undefined ? text : toNumber(`option '--${name}'`, text, number);
  if (option.arity === 'one') return scalar(texts.at(-1) ?? '');
  if (tokens.includes(`--${name}=`)) throw new UsageError(`option '--${name}' needs a value that is not empty`);
  return option.arity === 'lists' ? texts.map((words) => words.split(LIST_SEPARATOR)) : texts.map(scalar);
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
