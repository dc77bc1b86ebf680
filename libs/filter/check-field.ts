import { didYouMean } from '../core/nearest.ts';
import { SuiteError } from '../core/errors.ts';
import { MAC_ADDRESS } from '../packet/headers.ts';
import { looksLikeTime, parseMoments } from '../time/range.ts';
import { join, type Interval, type Node } from './ast.ts';
import {
  askedFields,
  codesOf,
  heldValue,
  isFieldWord,
  isNumbered,
  namedPorts,
  storedNumberOf,
  whyAbsent,
  wordsOf,
  type AskedField,
} from './fields.ts';
import {
  joinIntervals,
  parseQuantities,
  parseQuantity,
  rangeOf,
  suffixesOf,
  type Comparison,
  type Order,
} from './numbers.ts';
import { PatternError, parsePattern } from './pattern-syntax.ts';
import { fault, type Place } from './place.ts';
import { addressSetNode, looksLikeAddress, parseAddressSet } from './values.ts';
import { nothing, type Direction } from './words.ts';

/** The test that one field is as a comparison with some values says; of a list, that it is one of them. */
type OneField = (name: string) => Node;

/**
 * The test of a field, or of a pair of them.
 * @param direction undefined when the filter says nothing: then a total is meant where there is one
 * @param values at least one; several are a list `in (…)`
 * @param nowMs the present, milliseconds since the epoch, for times
 * @throws FilterError when the field has no such direction or comparison, or a value is none of its kind
 */
export function checkComparison(
  field: Place,
  direction: Direction | undefined,
  comparison: Comparison,
  values: readonly [Place, ...Place[]],
  nowMs: number,
): Node {
  const fields = askedFields(field.text, direction);
  if (typeof fields === 'string') throw fault(field, fields);
  const names = fields.map(({ name }) => name);
  const side = direction ?? 'any';
  switch (fields[0].kind) {
    case 'number':
      return checkNumber(field, fields[0], names, side, comparison, values, nowMs);
    case 'text':
    case 'bytes':
      return checkText(field, fields[0], names, side, comparison, values);
    case 'address':
      return checkAddress(field, fields[0], names, side, comparison, values);
    case 'absent':
      return nothing(names.map(whyAbsent).join('; '));
  }
}

/** The test that a record has a value for a field, of either direction where the word is of both. */
export function checkPresence(field: Place, hint: string): Node {
  const fields = isFieldWord(field.text) ? askedFields(field.text, undefined) : `'${field.text}' is not a field`;
  if (typeof fields === 'string') throw fault(field, fields, hint);
  return fields
    .map(({ name, kind }): Node => (kind === 'absent' ? nothing(whyAbsent(name)) : { kind: 'present', field: name }))
    .reduce((left, right) => join('or', left, right));
}

/**
 * The test over all fields meant. With `any`, a negative comparison says that no value there is as it says; else two
 * directions would make it true nearly always.
 */
function ofEach(
  names: readonly string[],
  direction: Direction,
  negative: { readonly positive: OneField; readonly present: OneField } | undefined,
  one: OneField,
): Node {
  const each = (kind: 'and' | 'or', test: OneField): Node =>
    names.map(test).reduce((left, right) => join(kind, left, right));
  if (direction === 'both') return each('and', one);
  if (negative === undefined || names.length === 1) return each('or', one);
  return join('and', each('or', negative.present), { kind: 'not', term: each('or', negative.positive) });
}

const present: OneField = (field) => ({ kind: 'present', field });
/** Not NaN, either. */
const anyNumber: OneField = (field) => ({ kind: 'range', field, low: -Infinity, high: Infinity, inside: true });

function checkNumber(
  field: Place,
  asked: AskedField,
  names: readonly string[],
  direction: Direction,
  comparison: Comparison,
  values: readonly [Place, ...Place[]],
  nowMs: number,
): Node {
  if (comparison === 'match' || comparison === 'nomatch') throw refused(field, comparison, 'numbers');
  if (comparison === 'bits') return checkBits(field, asked, names, direction, values[0]);
  const intervals = values.flatMap((value) => intervalsOf(value, asked, nowMs));
  return compareEach(names, direction, comparison, intervals, values[0]);
}

/**
 * @param intervals the values compared with; more than one only with `eq` and `ne`
 * @param place of the first of them
 */
export function compareEach(
  names: readonly string[],
  direction: Direction,
  comparison: Order,
  intervals: readonly Interval[],
  place: Place,
): Node {
  const [first = { low: NaN, high: NaN }, ...rest] = joinIntervals(intervals);
  const listed: OneField = (name) =>
    rest.length === 0
      ? { kind: 'range', field: name, ...rangeOf('eq', first) }
      : { kind: 'list', field: name, intervals: [first, ...rest] };
  if (comparison === 'eq') return ofEach(names, direction, undefined, listed);
  if (comparison !== 'ne') {
    if (rest.length > 0) throw fault(place, `'${place.text}' stands for several values`, 'Compare with a number.');
    return ofEach(names, direction, undefined, (name) => ({
      kind: 'range',
      field: name,
      ...rangeOf(comparison, first),
    }));
  }
  const others: OneField = (name) =>
    rest.length === 0
      ? { kind: 'range', field: name, ...rangeOf('ne', first) }
      : join('and', anyNumber(name), { kind: 'not', term: listed(name) });
  return ofEach(names, direction, { positive: listed, present: anyNumber }, others);
}

function checkBits(
  field: Place,
  { dimension, scale }: AskedField,
  names: readonly string[],
  direction: Direction,
  value: Place,
): Node {
  const mask = parseQuantity(value.text, 'count')?.value;
  if (dimension !== 'count' || scale !== 1 || names.some((name) => storedNumberOf(name) === undefined))
    throw fault(field, `'${field.text}' has no bits`);
  if (mask === undefined || !Number.isInteger(mask) || mask < 1 || mask > 0xffff_ffff)
    throw fault(value, `'${value.text}' is not a set of bits`, 'It is a number from 1 to 0xffffffff.');
  return ofEach(names, direction, undefined, (name) => ({ kind: 'bits', field: name, mask }));
}

/** What a number, a range of numbers, the name of a code or of a port, or a time stands for, as it is held. */
function intervalsOf(value: Place, field: AskedField, nowMs: number): readonly Interval[] {
  const codes = codesOf(field);
  const code = codes.get(value.text.toLowerCase());
  if (code !== undefined) return [{ low: code, high: code }];
  const ports = namedPorts(field, value.text);
  if (ports.size > 0) return [...ports].map((port) => ({ low: port, high: port }));
  if (field.isMoment && looksLikeTime(value.text)) return [momentOf(value, nowMs)];
  const { dimension } = field;
  const quantity = parseQuantity(value.text, dimension);
  const [low, high] = quantity === undefined ? (parseQuantities(value.text, dimension) ?? []) : [quantity, quantity];
  if (low !== undefined && high !== undefined) {
    const held = { low: heldValue(field, low), high: heldValue(field, high) };
    if (held.low <= held.high) return [held];
    throw fault(value, `'${value.text}' is not a range`, 'The lower number comes first.');
  }
  if (codes.size > 0) throw noValue(value, field, [...codes.keys()]);
  const suffixes = field.isMoment
    ? 'A time is as 2026/03/01.14:30, 1700000000 or -10m.'
    : `A number may end in ${suffixesOf(dimension)}.`;
  throw fault(value, `'${value.text}' is not a number${dimension === 'seconds' ? ' or a time' : ''}`, suffixes);
}

/** Moments are held as microseconds since the epoch. */
function momentOf(value: Place, nowMs: number): Interval {
  try {
    const { only } = parseMoments(value.text, { nowMs });
    if (only === undefined) throw fault(value, `'${value.text}' has wildcards`, "Option '-t' takes them.");
    // A span alone, such as -1h, is a moment: where it begins.
    return { low: only.startUs, high: /^[+-]/.test(value.text) ? only.startUs : only.endUs - 1 };
  } catch (error) {
    if (!(error instanceof SuiteError) || 'at' in error) throw error;
    throw fault(value, error.message, error.hint);
  }
}

function checkText(
  field: Place,
  asked: AskedField,
  names: readonly string[],
  direction: Direction,
  comparison: Comparison,
  values: readonly [Place, ...Place[]],
): Node {
  if (comparison === 'match' || comparison === 'nomatch') {
    const value = values[0];
    checkPattern(value);
    const pattern =
      (inside: boolean): OneField =>
      (name) => ({ kind: 'pattern', field: name, pattern: value.text, inside });
    return ofEach(
      names,
      direction,
      comparison === 'match' ? undefined : { positive: pattern(true), present },
      pattern(comparison === 'match'),
    );
  }
  if (comparison !== 'eq' && comparison !== 'ne') throw refused(field, comparison, asked.kind);
  const inside = comparison === 'eq';
  const test = (wanted: boolean): OneField =>
    asked.kind === 'bytes'
      ? (name) => ({ kind: 'pattern', field: name, pattern: exactly(values.map(({ text }) => text)), inside: wanted })
      : (name) => ({
          kind: 'text',
          field: name,
          wanted: values.flatMap((value) => knownWords(value, asked)),
          inside: wanted,
        });
  return ofEach(names, direction, inside ? undefined : { positive: test(true), present }, test(inside));
}

/** What texts of some fields look like, and one of them. */
const FORMS: ReadonlyMap<string, { readonly form: RegExp; readonly what: string; readonly example: string }> = new Map([
  ['cid', { form: /^1:[A-Za-z\d+/]{27}=$/, what: 'a Community ID', example: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=' }],
]);

/** The texts of a field that a word means: where all are known, whatever the case and the blanks around. */
function knownWords(value: Place, field: AskedField): readonly string[] {
  const words = wordsOf(field);
  const { form, what, example } = FORMS.get(field.name) ?? {};
  if (form?.test(value.text) === false) throw fault(value, `'${value.text}' is not ${what}`, `Such is "${example}".`);
  if (words === undefined) return [value.text];
  const plain = (text: string): string => text.trim().toLowerCase();
  const numbered = isNumbered(field) && /^\d+$/.test(value.text) ? words[Number(value.text)] : undefined;
  if (numbered !== undefined) return [numbered];
  const meant = words.filter((word) => plain(word) === plain(value.text));
  if (meant.length > 0) return meant;
  throw noValue(value, field, words);
}

/** Values that an error tells all of. */
const TOLD_VALUES_MAX = 20;

function noValue(value: Place, { name }: AskedField, known: readonly string[]): Error {
  const all = known.map((word) => (/^[\w.-]+$/.test(word.trim()) ? word.trim() : `"${word}"`)).join(' ');
  const told = known.length > TOLD_VALUES_MAX ? '' : `Values are ${all}.`;
  return fault(value, `'${value.text}' is no value of '${name}'`, didYouMean(value.text, known) || told);
}

/**
 * @param pattern the text, perhaps with more before it
 * @throws FilterError when the text is no regular expression
 */
export function checkPattern(value: Place, pattern = value.text): void {
  try {
    parsePattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const quoted = /^["'\\]/.test(value.source.slice(value.at)) ? 1 : 0;
    const at = Math.max(0, error.at - (pattern.length - value.text.length));
    throw fault(value, error.message, error.hint, quoted + at);
  }
}

/** A regular expression for the whole of one of these texts. */
function exactly(texts: readonly string[]): string {
  return `^(?:${texts.map((text) => text.replaceAll(/[^\w\s]/g, (c) => (c < '\x80' ? `\\${c}` : c))).join('|')})$`;
}

function checkAddress(
  field: Place,
  asked: AskedField,
  names: readonly string[],
  direction: Direction,
  comparison: Comparison,
  values: readonly [Place, ...Place[]],
): Node {
  if (comparison !== 'eq' && comparison !== 'ne') throw refused(field, comparison, 'addresses');
  const sets = values.map((value) => {
    const set = parseAddressSet(value.text);
    if (set !== undefined) return set;
    const wanted = asked.name.endsWith('mac') ? 'a MAC address' : 'an address';
    throw fault(value, `'${value.text}' is not ${wanted}`);
  });
  if (asked.name.endsWith('mac')) {
    const wrong = values.find((_, index) => sets[index]!.family !== MAC_ADDRESS);
    if (wrong !== undefined) throw fault(wrong, `'${wrong.text}' is not a MAC address`);
  }
  const listed: OneField = (name) => sets.map((set) => addressSetNode(name, set)).reduce((a, b) => join('or', a, b));
  const others: OneField = (name) => join('and', { kind: 'present', field: name }, { kind: 'not', term: listed(name) });
  return comparison === 'eq'
    ? ofEach(names, direction, undefined, listed)
    : ofEach(names, direction, { positive: listed, present }, others);
}

function refused(field: Place, comparison: Comparison, what: string): Error {
  const problem = `'${field.text}' takes no such comparison`;
  if (comparison === 'match' || comparison === 'nomatch')
    return fault(field, problem, `Regular expressions are for texts, not for ${what}.`);
  return fault(field, problem, 'Write eq, ne, in, or ~ with a regular expression.');
}

/** Whether a word can stand where a test begins only as a value. */
export function isBareValue(text: string): boolean {
  return /^[\d.+-]/.test(text) || looksLikeAddress(text);
}
