import { FIELD_NAMES, FIELDS, fieldByName, isFieldName, isStored, type Field } from '../record/fields/table.ts';
import { isNumeric } from '../record/kinds.ts';
import { numberReader, type NumberReader } from '../record/row.ts';
import { inUnitsOf, type Dimension, type Quantity } from './numbers.ts';
import { FIELD_ALIASES, type Direction } from './words.ts';

/** A numeric field that a filter compares. */
export interface ComparedField {
  readonly name: string;
  readonly dimension: Dimension;
  /** A held value times this is in the unit that people see. */
  readonly scale: number;
  /** Seconds in the unit that people see, of a time. */
  readonly unitSeconds: number;
}

/** How the values of a numeric field are had. */
export type Access = { readonly stored: number } | { readonly stored: undefined; readonly valueOf: NumberReader };

function isNumber(field: Field): boolean {
  return isStored(field) ? isNumeric(field.kind) : field.kind === 'number';
}

function comparedField(name: string): ComparedField | undefined {
  const field = fieldByName(name);
  if (field === undefined || !isNumber(field)) return undefined;
  const unitSeconds = field.unit === 'seconds' ? 1 : field.unit === 'milliseconds' ? 1e-3 : undefined;
  return {
    name,
    dimension: unitSeconds === undefined ? 'count' : 'seconds',
    scale: field.scale ?? 1,
    unitSeconds: unitSeconds ?? 1,
  };
}

/**
 * The fields that a word with a direction means. Without a direction a field of that name, else those of both directions:
 * `pkts` is the total, `ttl` either of `sttl` and `dttl`.
 * @returns at least one field, all alike; or what is wrong
 */
export function comparedFields(
  word: string,
  direction: Direction | undefined,
): readonly [ComparedField, ...ComparedField[]] | string {
  const name = FIELD_ALIASES[word] ?? word;
  const total = comparedField(name);
  if (direction === undefined && total !== undefined) return [total];
  const source = comparedField(`s${name}`);
  const destination = comparedField(`d${name}`);
  if (source !== undefined && destination !== undefined) {
    if (direction === 'src') return [source];
    return direction === 'dst' ? [destination] : [source, destination];
  }
  return total === undefined ? `'${word}' is not a field with numbers` : `'${word}' has no direction`;
}

/** Whether a test may begin with the word, or it is a field that no number can be compared with. */
export function isFieldWord(word: string): boolean {
  return isFieldName(word) || typeof comparedFields(word, undefined) !== 'string';
}

/** All words for fields with numbers, those without the letter of a direction among them. */
export function fieldWords(): string[] {
  const names = FIELD_NAMES.filter((name) => isNumber(FIELDS[name]));
  const pairs = names.filter((name) => name.startsWith('s')).map((name) => name.slice(1));
  return [...names, ...pairs.filter((name) => isFieldWord(name)), ...Object.keys(FIELD_ALIASES)];
}

/** The values of a code by their names; empty when the field is no code. */
export function codesOf({ name }: ComparedField): ReadonlyMap<string, number> {
  const names = Object.entries(fieldByName(name)?.names ?? {});
  return new Map(names.map(([value, word]) => [word.toLowerCase(), Number(value)]));
}

/** A number of a filter as the field's values are held. */
export function heldValue({ scale, dimension, unitSeconds }: ComparedField, quantity: Quantity): number {
  const inSeconds = dimension === 'seconds' && quantity.suffix !== '';
  return inUnitsOf(inSeconds ? scale * unitSeconds : scale, quantity);
}

export function storedNumber(name: string): number {
  const field = fieldByName(name);
  if (field === undefined || !isStored(field)) throw new RangeError(`no stored field ${name}`);
  return field.number;
}

export function accessOf(name: string): Access {
  const field = fieldByName(name);
  if (field !== undefined && isStored(field)) return { stored: field.number };
  const valueOf = isFieldName(name) ? numberReader(name) : undefined;
  if (valueOf === undefined) throw new RangeError(`no numeric field ${name}`);
  return { stored: undefined, valueOf };
}

/** Whether a management record can have a value for the field, or for something that it is computed from. */
export function mayManagementHave(name: string): boolean {
  const field = fieldByName(name);
  if (field === undefined) return name.startsWith('@');
  if (isStored(field)) return field.group === 'management' || COMMON_FIELDS.has(name);
  return field.from.some((input) => mayManagementHave(input.replace(/\?$/, '')));
}

/** Fields of management records that flow records have too. */
const COMMON_FIELDS: ReadonlySet<string> = new Set(['cause', 'stime', 'stimens', 'dur']);
