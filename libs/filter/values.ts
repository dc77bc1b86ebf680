import { etherTypeNumber } from '../address/ethertypes.ts';
import { parseMac } from '../address/mac.ts';
import { parseIP, parseIPv4 } from '../address/ip.ts';
import { maskedPrefix, parsePrefix } from '../address/prefix.ts';
import { protocolNumber } from '../address/protocols.ts';
import { IPV4_ADDRESS, MAC_ADDRESS } from '../packet/headers.ts';
import type { Lanes, Node } from './ast.ts';
import { equals, PROTOCOL_WORDS } from './words.ts';

/** Addresses of one family that agree with `lanes` in the bits of `masks`. */
export interface AddressSet {
  readonly family: number;
  readonly lanes: Lanes;
  readonly masks: Lanes;
}

const ALL = 0xffff_ffff;

/** An IPv4, IPv6 or MAC address. */
export function parseHost(text: string): AddressSet | undefined {
  const mac = parseMac(text);
  if (mac !== undefined) return { family: MAC_ADDRESS, lanes: [0, 0, ...mac], masks: [0, 0, 0xffff, ALL] };
  const ip = parseIP(text);
  return ip === undefined ? undefined : ofFamily({ ...ip, masks: [ALL, ALL, ALL, ALL] });
}

/** @param mask a dotted mask for an IPv4 address; undefined when the text says it all */
export function parseNet(text: string, mask?: string): AddressSet | undefined {
  const prefix = parsePrefix(text);
  if (prefix === undefined || mask === undefined) return prefix && ofFamily(prefix);
  const bits = parseIPv4(mask);
  if (bits === undefined || prefix.family !== IPV4_ADDRESS) return undefined;
  return ofFamily(maskedPrefix(prefix.lanes, bits));
}

/** Whether a word without another before it is an address or a network: not `80`, nor `10.0`. */
export function looksLikeAddress(text: string): boolean {
  return text.includes('/') ? parseNet(text) !== undefined : parseHost(text) !== undefined;
}

/** All but the last lane of an IPv4 address are the same: the family says it. */
function ofFamily({ family, lanes, masks }: AddressSet): AddressSet {
  if (family !== IPV4_ADDRESS) return { family, lanes, masks };
  return { family, lanes: [0, 0, 0, lanes[3]], masks: [0, 0, 0, masks[3]] };
}

export function addressNode(field: string, { family, lanes, masks }: AddressSet): Node {
  return { kind: 'address', field, family, lanes, masks };
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
