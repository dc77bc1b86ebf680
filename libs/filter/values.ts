import { etherTypeNumber } from '../address/ethertypes.ts';
import { hostAddresses } from '../address/hosts.ts';
import { parseMac } from '../address/mac.ts';
import { parseIP, parseIPv4 } from '../address/ip.ts';
import { maskedPrefix, parsePrefix } from '../address/prefix.ts';
import { protocolNumber } from '../address/protocols.ts';
import { IPV4_ADDRESS, MAC_ADDRESS } from '../packet/headers.ts';
import type { Lanes, Node } from './ast.ts';
import { equals, PROTOCOL_WORDS } from './words.ts';

/** Addresses of one family. */
export type AddressSet = Prefix | AddressRange;

/** Those that agree with `lanes` in the bits of `masks`. */
interface Prefix {
  readonly family: number;
  readonly lanes: Lanes;
  readonly masks: Lanes;
}

/** Those from `low` to `high`, both included, as records hold them. */
interface AddressRange {
  readonly family: number;
  readonly low: Lanes;
  readonly high: Lanes;
}

const ALL = 0xffff_ffff;

/** An IPv4, IPv6 or MAC address. */
export function parseHost(text: string): Prefix | undefined {
  const mac = parseMac(text);
  if (mac !== undefined) return { family: MAC_ADDRESS, lanes: [0, 0, ...mac], masks: [0, 0, 0xffff, ALL] };
  const ip = parseIP(text);
  return ip === undefined ? undefined : ofFamily({ ...ip, masks: [ALL, ALL, ALL, ALL] });
}

/** The addresses that the system's own list has of a host. */
export function namedHosts(name: string): readonly AddressSet[] {
  return hostAddresses(name).map((address) => ofFamily({ ...address, masks: [ALL, ALL, ALL, ALL] }));
}

/** @param mask a dotted mask for an IPv4 address; undefined when the text says it all */
export function parseNet(text: string, mask?: string): Prefix | undefined {
  const prefix = parsePrefix(text);
  if (prefix === undefined || mask === undefined) return prefix && ofFamily(prefix);
  const bits = parseIPv4(mask);
  if (bits === undefined || prefix.family !== IPV4_ADDRESS) return undefined;
  return ofFamily(maskedPrefix(prefix.lanes, bits));
}

/** `A-B`, two addresses of one family. @returns undefined when it is none, or the higher comes first */
export function parseAddressRange(text: string): AddressSet | undefined {
  for (let at = text.indexOf('-', 1); at !== -1; at = text.indexOf('-', at + 1)) {
    const low = wholeAddress(text.slice(0, at));
    const high = wholeAddress(text.slice(at + 1));
    if (low === undefined || high === undefined || low.family !== high.family) continue;
    return compareLanes(low.lanes, high.lanes) > 0
      ? undefined
      : { family: low.family, low: low.lanes, high: high.lanes };
  }
  return undefined;
}

function wholeAddress(text: string): { readonly family: number; readonly lanes: Lanes } | undefined {
  const mac = parseMac(text);
  return mac === undefined ? parseIP(text) : { family: MAC_ADDRESS, lanes: [0, 0, ...mac] };
}

export function compareLanes(a: Lanes, b: Lanes): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** An address, a network or a range of addresses. */
export function parseAddressSet(text: string): AddressSet | undefined {
  return (text.includes('/') ? undefined : parseHost(text)) ?? parseNet(text) ?? parseAddressRange(text);
}

/** Whether a word without another before it is an address or a network: not `80`, nor `10.0`. */
export function looksLikeAddress(text: string): boolean {
  if (text.includes('/')) return parseNet(text) !== undefined;
  return (parseHost(text) ?? parseAddressRange(text)) !== undefined;
}

/** All but the last lane of an IPv4 address are the same: the family says it. */
function ofFamily({ family, lanes, masks }: Prefix): Prefix {
  if (family !== IPV4_ADDRESS) return { family, lanes, masks };
  return { family, lanes: [0, 0, 0, lanes[3]], masks: [0, 0, 0, masks[3]] };
}

/** @param field of addresses */
export function addressSetNode(field: string, set: AddressSet): Node {
  if ('low' in set) return { kind: 'addresses', field, family: set.family, low: set.low, high: set.high };
  return { kind: 'address', field, family: set.family, lanes: set.lanes, masks: set.masks };
}

/** What a protocol's name stands for: a word of the language, else an IP protocol. */
export function protocolNode(name: string): Node | undefined {
  if (Object.hasOwn(PROTOCOL_WORDS, name)) return PROTOCOL_WORDS[name];
  const number = protocolNumber(name);
  return number === undefined ? undefined : equals('ipproto', number);
}

/** `protocolNode`, or the number of an IP protocol. */
export function numberedProtocolNode(text: string): Node | undefined {
  const number = parseInteger(text);
  return number === undefined ? protocolNode(text) : number <= 0xff ? equals('ipproto', number) : undefined;
}

/** The name or number of an Ethernet type. */
export function ethertypeNode(text: string): Node | undefined {
  const number = parseInteger(text) ?? etherTypeNumber(text);
  return number === undefined || number > 0xffff ? undefined : equals('etype', number);
}

/** A decimal or 0x number without sign. */
export function parseInteger(text: string): number | undefined {
  return /^(\d{1,10}|0x[\da-f]{1,8})$/i.test(text) ? Number(text) : undefined;
}
