import { UsageError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import { namedField, OTHER_NAMES } from '../fields/other-names.ts';
import { FIELD_NAMES, FIELDS, type FieldName } from '../fields/table.ts';
import type { PrintColumn } from './options.ts';
import { checkNumberFormat } from './printf.ts';
import { compileTimeFormat } from './time-format.ts';

const WIDTH_MAX = 4096;
const COLUMNS_MAX = 1000;

/** Sign, place, name, width, and a format: in quotes, or up to the next comma or blank. */
const WORD = /([+-]?)(\d*)([^\s,:+-][^\s,:]*)(?::([^\s,:]*))?(?::("[^"]*"|'[^']*'|[^\s,]*))?/y;
const BETWEEN = /[\s,]+/y;

/**
 * The columns that `-s` asks for: words of the form `name[:width[:format]]`, divided by commas or blanks. A word replaces
 * all columns before it but those that words gave; with `-` it removes, with `+` appends, with `+N` inserts before the
 * column with that number, from 0.
 * @param specs the arguments of every `-s`, in order
 * @param defaults the columns to begin with
 * @throws UsageError that names a word which is no field, with the nearest that is
 */
export function parseFieldSpec(specs: readonly string[], defaults: readonly PrintColumn[]): PrintColumn[] {
  let columns = [...defaults];
  let replaced = false;
  for (const { sign, place, column } of specs.flatMap(words)) {
    if (sign === '-') {
      columns = columns.filter(({ name }) => name !== column.name);
    } else if (sign === '+') {
      columns.splice(place === '' ? columns.length : Number(place), 0, column);
    } else {
      columns = replaced ? [...columns, column] : [column];
      replaced = true;
    }
  }
  if (columns.length === 0) throw new UsageError('no columns are left to print');
  if (columns.length > COLUMNS_MAX) throw new UsageError(`more than ${COLUMNS_MAX} columns`);
  return columns;
}

interface Word {
  readonly sign: string;
  readonly place: string;
  readonly column: PrintColumn;
}

function words(spec: string): Word[] {
  const found: Word[] = [];
  for (let at = skip(spec, 0); at < spec.length; at = skip(spec, at)) {
    WORD.lastIndex = at;
    const match = WORD.exec(spec);
    if (match === null) throw new UsageError(`'${spec.slice(at)}' is not a field`);
    found.push(wordOf(match));
    at = WORD.lastIndex;
  }
  return found;
}

function skip(spec: string, at: number): number {
  BETWEEN.lastIndex = at;
  return BETWEEN.test(spec) ? BETWEEN.lastIndex : at;
}

function wordOf([, sign = '', place = '', written = '', width, format]: RegExpExecArray): Word {
  const isPlace = sign === '+';
  const word = isPlace ? written : place + written;
  const name = namedField(word);
  if (name === undefined) throw new UsageError(`unknown field '${word}'`, { hint: nearestTo(word) });
  const text = format === undefined ? undefined : unquoted(format);
  if (text !== undefined && text !== '') checkFormat(name, text);
  return {
    sign,
    place: isPlace ? place : '',
    column: {
      name,
      ...(width === undefined || width === '' ? {} : { width: parseWidth(width, name) }),
      ...(text === undefined || text === '' ? {} : { format: text }),
    },
  };
}

const nearestTo = (word: string): string =>
  didYouMean(word, [...FIELD_NAMES, ...Object.keys(OTHER_NAMES)]) || '--list-fields shows the names.';

function parseWidth(text: string, name: string): number {
  const width = Number(text);
  if (/^\d+$/.test(text) && width >= 1 && width <= WIDTH_MAX) return width;
  throw new UsageError(`'${text}' is not a width for field '${name}'`, {
    hint: `A width is a number from 1 to ${WIDTH_MAX}.`,
  });
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}

function checkFormat(name: FieldName, format: string): void {
  const problem = FIELDS[name].format === 'time' ? timeFormatProblem(format) : checkNumberFormat(format);
  if (problem !== undefined) throw new UsageError(`'${format}' is not a format for field '${name}': ${problem}`);
}

function timeFormatProblem(format: string): string | undefined {
  const compiled = compileTimeFormat(format);
  return typeof compiled === 'string' ? compiled : undefined;
}
