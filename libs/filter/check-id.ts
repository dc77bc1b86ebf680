import { serviceNames, servicePorts } from '../address/ports.ts';
import { didYouMean } from '../core/nearest.ts';
import { MAC_ADDRESS } from '../packet/headers.ts';
import { join, type Interval, type Node } from './ast.ts';
import { compareEach } from './check-field.ts';
import type { Comparison } from './numbers.ts';
import { fault, type Place } from './place.ts';
import { nearestTest } from './suggest.ts';
import {
  addressSetNode,
  ethertypeNode,
  numberedProtocolNode,
  parseAddressRange,
  parseHost,
  parseInteger,
  namedHosts,
  parseNet,
  type AddressSet,
} from './values.ts';
import { bits, ENCAPSULATION_WORDS, HAS_PROTOCOL, nothing, type Direction, type Type } from './words.ts';

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
 * The test that ids with their qualifiers stand for.
 * @param ids at least one; several are a list `in (…)`
 * @param comparison stands before the id, undefined when nothing does
 * @param mask the address after `mask`, of a `net`
 * @throws FilterError when an id is not what the qualifiers say
 */
export function checkId(
  ids: readonly [Place, ...Place[]],
  qualifiers: Qualifiers,
  comparison: Comparison | undefined,
  mask?: Place,
): Node {
  const { type, protocol } = qualifiers;
  const isOrdered = type === 'port' && comparison !== 'match' && comparison !== 'nomatch' && comparison !== 'bits';
  if (comparison !== undefined && comparison !== 'eq' && !isOrdered)
    throw fault(ids[0], `'${type}' takes no comparison`, `To exclude it write 'not ${type} ${ids[0].text}'.`);
  const test = isOrdered
    ? portTest(ids, qualifiers, comparison ?? 'eq')
    : equalityTest(ids, type as Exclude<Type, 'port'>, qualifiers, mask);
  return protocol === undefined ? test : join('and', protocol, test);
}

function portTest(
  ids: readonly [Place, ...Place[]],
  { direction, protocol }: Qualifiers,
  comparison: Exclude<Comparison, 'match' | 'nomatch' | 'bits'>,
): Node {
  const fields = direction === 'src' ? ['sport'] : direction === 'dst' ? ['dport'] : ['sport', 'dport'];
  const intervals = ids.flatMap(portsOf);
  const isRange = intervals.some(({ low, high }) => low !== high);
  if (isRange && comparison !== 'eq' && comparison !== 'ne')
    throw fault(ids[0], 'a comparison with a range of ports', "Write 'not port …', or two tests.");
  const test = compareEach(fields, direction, comparison, intervals, ids[0]);
  // LLC frames keep their access points where others have ports.
  return protocol === undefined ? join('and', test, HAS_PROTOCOL) : test;
}

const PORT_HINT = 'Ports are 0 to 65535, a range is 80-443.';

function portsOf(id: Place): readonly Interval[] {
  const range = /^(\d+)-(\d+)$/.exec(id.text);
  if (range !== null) {
    const [low, high] = [Number(range[1]), Number(range[2])];
    if (high > PORT_MAX || low > high) throw fault(id, `'${id.text}' is not a range of ports`, PORT_HINT);
    return [{ low, high }];
  }
  const number = parseInteger(id.text);
  if (number !== undefined) {
    if (number <= PORT_MAX) return [{ low: number, high: number }];
    throw fault(id, `'${id.text}' is not a port`, PORT_HINT);
  }
  const ports = new Set(servicePorts(id.text).map(({ port }) => port));
  if (ports.size > 0) return [...ports].map((port) => ({ low: port, high: port }));
  throw fault(id, `'${id.text}' is not a port`, nearestTest(id.text, serviceNames()));
}

function equalityTest(
  ids: readonly [Place, ...Place[]],
  type: Exclude<Type, 'port'>,
  { direction, ethernet }: Qualifiers,
  mask: Place | undefined,
): Node {
  const anyOf = (test: (id: Place) => Node): Node => ids.map(test).reduce((left, right) => join('or', left, right));
  switch (type) {
    case 'host':
    case 'net': {
      const sets = ids.flatMap((id) => {
        const all = addressesOf(id, type, mask);
        if (ethernet && all.some(({ family }) => family !== MAC_ADDRESS))
          throw fault(id, `'${id.text}' is not a MAC address`);
        return all;
      });
      return ofSides(direction, (side) => sets.map((set) => addressTest(side, set)).reduce((a, b) => join('or', a, b)));
    }
    case 'srcid':
      return anyOf((id) => ({ kind: 'source', source: id.text }));
    case 'proto':
      return anyOf((id) => {
        const node = ethernet ? ethertypeNode(id.text) : numberedProtocolNode(id.text);
        if (node !== undefined) return node;
        throw fault(id, `'${id.text}' is not ${ethernet ? 'an Ethernet type' : 'a protocol'}`, nearestTest(id.text));
      });
    case 'encaps':
      return ofSides(direction, (side) => anyOf((id) => encapsulationTest(side, id)));
  }
}

function ofSides(direction: Direction, test: (side: 's' | 'd') => Node): Node {
  if (direction === 'src') return test('s');
  if (direction === 'dst') return test('d');
  return join(direction === 'both' ? 'and' : 'or', test('s'), test('d'));
}

function encapsulationTest(side: 's' | 'd', id: Place): Node {
  const mask = Object.hasOwn(ENCAPSULATION_WORDS, id.text) ? ENCAPSULATION_WORDS[id.text] : undefined;
  if (mask === undefined)
    throw fault(id, `'${id.text}' is not an encapsulation`, didYouMean(id.text, Object.keys(ENCAPSULATION_WORDS)));
  return mask === 0 ? nothing(`the encapsulation ${id.text} is not decoded`) : bits(`${side}encaps`, mask);
}

function addressesOf(id: Place, type: 'host' | 'net', mask: Place | undefined): readonly AddressSet[] {
  const single = mask === undefined && !id.text.includes('/') ? parseHost(id.text) : undefined;
  const prefix = single ?? (type === 'net' || id.text.includes('/') ? parseNet(id.text, mask?.text) : undefined);
  const set = prefix ?? (mask === undefined ? parseAddressRange(id.text) : undefined);
  if (set !== undefined) return [set];
  const named = type === 'host' ? namedHosts(id.text) : [];
  if (named.length > 0) return named;
  if (mask !== undefined && parseNet(id.text) !== undefined) throw fault(mask, `'${mask.text}' is not a mask`);
  throw fault(id, `'${id.text}' is not ${type === 'host' ? 'an address' : 'a network'}`, addressHint(id.text, type));
}

/** What an address is like. */
function addressHint(text: string, type: 'host' | 'net'): string {
  if (/^[a-z]/i.test(text) && !text.includes(':')) return 'Names of hosts are those of /etc/hosts: give the address.';
  if (type === 'net') return 'Networks are as 192.0.2.0/24, 2001:db8::/32, or 192.0.2.0 mask 255.255.255.0.';
  return 'Addresses are as 192.0.2.1, 2001:db8::1 or 02:00:00:00:00:01, a range 192.0.2.1-192.0.2.9.';
}

/** A MAC address is looked for on the link, and among the addresses of flows that have no other. */
function addressTest(side: 's' | 'd', set: AddressSet): Node {
  const address = addressSetNode(`${side}addr`, set);
  return set.family === MAC_ADDRESS ? join('or', addressSetNode(`${side}mac`, set), address) : address;
}
