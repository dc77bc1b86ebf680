import { servicePorts } from '../address/ports.ts';
import { FIELD_NAMES, FIELDS, fieldByName, isFieldName, isStored, type Field } from '../record/fields/table.ts';
import { isNumeric } from '../record/kinds.ts';
import { numberReader, reader, type NumberReader, type Reader } from '../record/row.ts';
import { inUnitsOf, type Dimension, type Quantity } from './numbers.ts';
import { FIELD_ALIASES, type Direction } from './words.ts';

/** What the values of a field are; of `absent` there are never any. */
export type ValueKind = 'number' | 'text' | 'bytes' | 'address' | 'absent';

/** A field that a filter asks about. */
export interface AskedField {
  readonly name: string;
  readonly kind: ValueKind;
  readonly dimension: Dimension;
  /** A held value times this is in the unit that people see. */
  readonly scale: number;
  /** Seconds in the unit that people see, of a time. */
  readonly unitSeconds: number;
  /** A moment, rather than a length of time or anything else. */
  readonly isMoment: boolean;
  /** Ports, which have names. */
  readonly isPort: boolean;
}

/** How the values of a numeric field are had. */
export type Access = { readonly stored: number } | { readonly stored: undefined; readonly valueOf: NumberReader };

function valueKind(field: Field): ValueKind {
  if (!isStored(field)) return field.from.length === 0 ? 'absent' : field.kind;
  return isNumeric(field.kind) ? 'number' : field.kind;
}

function askedField(name: string): AskedField | undefined {
  const field = fieldByName(name);
  if (field === undefined) return undefined;
  const unitSeconds = field.unit === 'seconds' ? 1 : field.unit === 'milliseconds' ? 1e-3 : undefined;
  return {
    name,
    kind: valueKind(field),
    dimension: unitSeconds === undefined ? 'count' : 'seconds',
    scale: field.scale ?? 1,
    unitSeconds: unitSeconds ?? 1,
    isMoment: field.format === 'time',
    isPort: field.format === 'port',
  };
}

/**
 * The fields that a word with a direction means. Without a direction a field of that name, else those of both directions:
 * `pkts` is the total, `ttl` either of `sttl` and `dttl`.
 * @returns at least one field, all alike; or what is wrong
 */
export function askedFields(
  word: string,
  direction: Direction | undefined,
): readonly [AskedField, ...AskedField[]] | string {
  const name = FIELD_ALIASES[word] ?? word;
  const total = askedField(name);
  if (direction === undefined && total !== undefined) return [total];
  const source = askedField(`s${name}`);
  const destination = askedField(`d${name}`);
  if (source !== undefined && destination !== undefined && source.kind === destination.kind) {
    if (direction === 'src') return [source];
    return direction === 'dst' ? [destination] : [source, destination];
  }
  return total === undefined ? `'${word}' is not a field` : `'${word}' has no direction`;
}

/** Whether a test of a field may begin with the word. */
export function isFieldWord(word: string): boolean {
  return isFieldName(word) || typeof askedFields(word, undefined) !== 'string';
}

/** All words for fields, those without the letter of a direction among them. */
export function fieldWords(): string[] {
  const pairs = FIELD_NAMES.filter((name) => name.startsWith('s')).map((name) => name.slice(1));
  return [...FIELD_NAMES, ...pairs.filter((name) => isFieldWord(name)), ...Object.keys(FIELD_ALIASES)];
}

/** The values of a code by their names; empty when the field is no code. */
export function codesOf({ name }: AskedField): ReadonlyMap<string, number> {
  const names = Object.entries(fieldByName(name)?.names ?? {});
  return new Map(names.map(([value, word]) => [word.toLowerCase(), Number(value)]));
}

/** The ports that have this name; empty when the field is no port. */
export function namedPorts({ isPort }: AskedField, name: string): ReadonlySet<number> {
  return new Set(isPort ? servicePorts(name).map(({ port }) => port) : []);
}

/** All that a text field can be, where that is few. */
export function wordsOf({ name }: AskedField): readonly string[] | undefined {
  const field = fieldByName(name);
  return field === undefined || isStored(field) ? undefined : field.words;
}

/** Whether the words of a field stand for the numbers from 0 on. */
export function isNumbered({ name }: AskedField): boolean {
  const field = fieldByName(name);
  return field !== undefined && !isStored(field) && field.wordsAreNumbered === true;
}

/** A number of a filter as the field's values are held. */
export function heldValue({ scale, dimension, unitSeconds }: AskedField, quantity: Quantity): number {
  const inSeconds = dimension === 'seconds' && quantity.suffix !== '';
  return inUnitsOf(inSeconds ? scale * unitSeconds : scale, quantity);
}

export function storedNumber(name: string): number {
  const field = fieldByName(name);
  if (field === undefined || !isStored(field)) throw new RangeError(`no stored field ${name}`);
  return field.number;
}

/** @returns undefined for a field that is computed */
export function storedNumberOf(name: string): number | undefined {
  const field = fieldByName(name);
  return field !== undefined && isStored(field) ? field.number : undefined;
}

export function accessOf(name: string): Access {
  const field = fieldByName(name);
  if (field !== undefined && isStored(field) && field.absent === undefined) return { stored: field.number };
  const valueOf = isFieldName(name) ? numberReader(name) : undefined;
  if (valueOf === undefined) throw new RangeError(`no numeric field ${name}`);
  return { stored: undefined, valueOf };
}

export function readerOf(name: string): Reader {
  if (!isFieldName(name)) throw new RangeError(`no field ${name}`);
  return reader(name);
}

/** Why no record has a value for the field. */
export function whyAbsent(name: string): string {
  return isFieldName(name) ? `${name}: ${FIELDS[name].about}` : name;
}
