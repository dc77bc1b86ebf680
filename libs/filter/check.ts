import { serviceNames, servicePorts } from '../address/ports.ts';
import { didYouMean } from '../core/nearest.ts';
import { MAC_ADDRESS } from '../packet/headers.ts';
import { join, type Node } from './ast.ts';
import { FilterError } from './errors.ts';
import { codesOf, comparedFields, heldValue, type ComparedField } from './fields.ts';
import { parseQuantity, rangeOf, suffixesOf, type Comparison, type Range } from './numbers.ts';
import { nearestTest } from './suggest.ts';
import {
  addressNode,
  ethertypeNode,
  numberedProtocolNode,
  parseHost,
  parseInteger,
  parseNet,
  type AddressSet,
} from './values.ts';
import { HAS_PROTOCOL, type Direction, type Type } from './words.ts';

/** A word of a filter and where it stands. */
export interface Place {
  readonly source: string;
  readonly text: string;
  /** Offset in the source, in UTF-16 units. */
  readonly at: number;
}

/** The words before an id, which say what it is. */
export interface Qualifiers {
  /** A test that must hold besides. */
  readonly protocol: Node | undefined;
  /** `ether`: the id is a MAC address or an Ethernet type. */
  readonly ethernet: boolean;
  readonly direction: Direction;
  readonly type: Type;
}

const PORT_MAX = 0xffff;

/**
 * The test that an id with its qualifiers stands for.
 * @param comparison stands before the id, undefined when nothing does
 * @param mask the address after `mask`, of a `net`
 * @throws FilterError when the id is not what the qualifiers say
 */
export function checkId(id: Place, qualifiers: Qualifiers, comparison: Comparison | undefined, mask?: Place): Node {
  const { type, protocol } = qualifiers;
  if (comparison !== undefined && comparison !== 'eq' && type !== 'port')
    throw error(id, `'${type}' takes no comparison`, `To exclude it write 'not ${type} ${id.text}'.`);
  const test =
    type === 'port' ? portTest(id, qualifiers, comparison ?? 'eq') : equalityTest(id, type, qualifiers, mask);
  return protocol === undefined ? test : join('and', protocol, test);
}

/**
 * The test of a numeric field.
 * @param direction undefined when the filter says nothing: then a total is meant where there is one
 * @throws FilterError when the field has no such direction, or `number` is not a number of its unit
 */
export function checkComparison(
  field: Place,
  direction: Direction | undefined,
  comparison: Comparison,
  number: Place,
): Node {
  const fields = comparedFields(field.text, direction);
  if (typeof fields === 'string') throw error(field, fields);
  return compareEach(
    fields.map(({ name }) => name),
    direction ?? 'any',
    comparison,
    valueOf(number, fields[0]),
  );
}

/** What a number, or the name of a code, stands for. */
function valueOf(number: Place, field: ComparedField): number {
  const { dimension } = field;
  const codes = codesOf(field);
  const code = codes.get(number.text.toLowerCase());
  if (code !== undefined) return code;
  const quantity = parseQuantity(number.text, dimension);
  if (quantity !== undefined) return heldValue(field, quantity);
  if (codes.size > 0)
    throw error(number, `'${number.text}' is no value of '${field.name}'`, didYouMean(number.text, codes.keys()));
  const suffixes = `A number may end in ${suffixesOf(dimension)}.`;
  throw error(number, `'${number.text}' is not a number${dimension === 'seconds' ? ' or a time' : ''}`, suffixes);
}

/** With `any`, `!=` says that no value there is equals; else two directions would make it true nearly always. */
function compareEach(fields: readonly string[], direction: Direction, comparison: Comparison, value: number): Node {
  const each = (kind: 'and' | 'or', range: Range): Node =>
    fields.map((field): Node => ({ kind: 'range', field, ...range })).reduce((left, right) => join(kind, left, right));
  if (direction === 'both') return each('and', rangeOf(comparison, value));
  if (comparison !== 'ne' || fields.length === 1) return each('or', rangeOf(comparison, value));
  const present = each('or', { low: -Infinity, high: Infinity, inside: true });
  return join('and', present, { kind: 'not', term: each('or', rangeOf('eq', value)) });
}

function portTest(id: Place, { direction, protocol }: Qualifiers, comparison: Comparison): Node {
  const fields = direction === 'src' ? ['sport'] : direction === 'dst' ? ['dport'] : ['sport', 'dport'];
  const range = /^(\d+)-(\d+)$/.exec(id.text);
  let test: Node;
  if (range === null) {
    test = servicePortsOf(id)
      .map((port) => compareEach(fields, direction, comparison, port))
      .reduce((left, right) => join(comparison === 'ne' ? 'and' : 'or', left, right));
  } else {
    if (comparison !== 'eq') throw error(id, 'a comparison with a range of ports', "Write 'not port …', or two tests.");
    const [low, high] = [Number(range[1]), Number(range[2])];
    if (high > PORT_MAX || low > high) throw error(id, `'${id.text}' is not a range of ports`, PORT_HINT);
    const tests = fields.map((field): Node => ({ kind: 'range', field, low, high, inside: true }));
    test = tests.reduce((left, right) => join(direction === 'both' ? 'and' : 'or', left, right));
  }
  // LLC frames keep their access points where others have ports.
  return protocol === undefined ? join('and', test, HAS_PROTOCOL) : test;
}

const PORT_HINT = 'Ports are 0 to 65535, a range is 80-443.';

function servicePortsOf(id: Place): readonly number[] {
  const number = parseInteger(id.text);
  if (number !== undefined) {
    if (number <= PORT_MAX) return [number];
    throw error(id, `'${id.text}' is not a port`, PORT_HINT);
  }
  const ports = new Set(servicePorts(id.text).map(({ port }) => port));
  if (ports.size > 0) return [...ports];
  throw error(id, `'${id.text}' is not a port`, nearestTest(id.text, serviceNames()));
}

function equalityTest(
  id: Place,
  type: Exclude<Type, 'port'>,
  { direction, ethernet }: Qualifiers,
  mask: Place | undefined,
): Node {
  switch (type) {
    case 'host':
    case 'net': {
      const prefix = prefixOf(id, type, mask);
      if (ethernet && prefix.family !== MAC_ADDRESS) throw error(id, `'${id.text}' is not a MAC address`);
      return addressTest(prefix, direction);
    }
    case 'inode':
      return addressNode('inode', prefixOf(id, 'host', undefined));
    case 'srcid':
      return { kind: 'source', source: id.text };
    case 'proto': {
      const node = ethernet ? ethertypeNode(id.text) : numberedProtocolNode(id.text);
      if (node !== undefined) return node;
      throw error(id, `'${id.text}' is not ${ethernet ? 'an Ethernet type' : 'a protocol'}`, nearestTest(id.text));
    }
  }
}

function prefixOf(id: Place, type: 'host' | 'net', mask: Place | undefined): AddressSet {
  const single = mask === undefined && !id.text.includes('/') ? parseHost(id.text) : undefined;
  const prefix = single ?? (type === 'net' || id.text.includes('/') ? parseNet(id.text, mask?.text) : undefined);
  if (prefix !== undefined) return prefix;
  if (mask !== undefined && parseNet(id.text) !== undefined) throw error(mask, `'${mask.text}' is not a mask`);
  throw error(
    id,
    `'${id.text}' is not ${type === 'host' ? 'an address' : 'a network'}`,
    /^[a-z]/i.test(id.text) ? 'Names of hosts are not looked up: give the address.' : '',
  );
}

/** A MAC address is looked for on the link, and among the addresses of flows that have no other. */
function addressTest(prefix: AddressSet, direction: Direction): Node {
  const side = (letter: 's' | 'd'): Node => {
    const address = addressNode(`${letter}addr`, prefix);
    return prefix.family === MAC_ADDRESS ? join('or', addressNode(`${letter}mac`, prefix), address) : address;
  };
  if (direction === 'src') return side('s');
  if (direction === 'dst') return side('d');
  return join(direction === 'both' ? 'and' : 'or', side('s'), side('d'));
}

function error(place: Place, problem: string, hint = ''): FilterError {
  return new FilterError(place.source, place.at, problem, hint);
}
