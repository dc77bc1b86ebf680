/** Four unsigned 32-bit lanes, most significant first; IPv4 a.b.c.d is `0, 0, 0xffff, a.b.c.d`. */
export type Lanes = readonly [number, number, number, number];

/** An IPv4 address in dotted form, all four parts decimal. @returns the address as unsigned 32 bits, or undefined */
export function parseIPv4(text: string): number | undefined {
  const parts = text.split('.', 5);
  if (parts.length !== 4) return undefined;
  let address = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part)) return undefined;
    const value = Number(part);
    if (value > 255) return undefined;
    address = address * 256 + value;
  }
  return address;
}

const GROUP = /^[\da-f]{1,4}$/i;
/** Longest text form: six groups and a dotted part. */
const TEXT_MAX = 45;

/** An IPv6 address (RFC 4291 §2.2: `::` and a trailing dotted part allowed, no zone). @returns undefined when it is none */
export function parseIPv6(text: string): Lanes | undefined {
  if (text.length > TEXT_MAX || !text.includes(':')) return undefined;
  const halves = text.split('::', 3);
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const lane = (k: number): number => groups[2 * k]! * 0x10000 + groups[2 * k + 1]!;
  return [lane(0), lane(1), lane(2), lane(3)];
}

/** @param last whether these are the address's last groups, so that they may end in a dotted part */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':', 9);
  for (const [index, part] of parts.entries()) {
    if (GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const dotted = last && index === parts.length - 1 ? parseIPv4(part) : undefined;
    if (dotted === undefined) return undefined;
    groups.push(dotted >>> 16, dotted & 0xffff);
  }
  return groups.length > 8 ? undefined : groups;
}

/** Either family, as lanes. */
export function parseIP(text: string): { readonly family: 4 | 6; readonly lanes: Lanes } | undefined {
  const v4 = parseIPv4(text);
  if (v4 !== undefined) return { family: 4, lanes: [0, 0, 0xffff, v4] };
  const v6 = parseIPv6(text);
  return v6 === undefined ? undefined : { family: 6, lanes: v6 };
}

/** @param address signed or unsigned 32 bits */
export function formatIPv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The canonical text of an IPv6 address, as `writeIPv6` writes it. */
export function formatIPv6(lane0: number, lane1: number, lane2: number, lane3: number): string {
  return formatted.toString('latin1', 0, writeIPv6(formatted, 0, lane0, lane1, lane2, lane3));
}

/** Bytes that an address written by `writeIPv6` takes at most. */
export const IPV6_CHARACTERS_MAX = 39;
const formatted = Buffer.alloc(IPV6_CHARACTERS_MAX);

/** Of the address that is being written. */
const groups = new Uint16Array(8);

/**
 * Writes the canonical text of an IPv6 address (RFC 5952 §4): lower case, no leading zeros, the longest run of two or more zero
 * groups, the first of equals, as `::`; IPv4-mapped addresses end dotted (§5).
 * @param start where there is room for `IPV6_CHARACTERS_MAX` bytes
 * @returns just past its last character
 */
export function writeIPv6(
  bytes: Uint8Array,
  start: number,
  lane0: number,
  lane1: number,
  lane2: number,
  lane3: number,
): number {
  if (lane0 === 0 && lane1 === 0 && lane2 === 0xffff) return writeAscii(bytes, start, `::ffff:${formatIPv4(lane3)}`);
  groups[0] = lane0 >>> 16;
  groups[1] = lane0;
  groups[2] = lane1 >>> 16;
  groups[3] = lane1;
  groups[4] = lane2 >>> 16;
  groups[5] = lane2;
  groups[6] = lane3 >>> 16;
  groups[7] = lane3;
  const zeros = longestZeroRun();
  const zerosEnd = zeros < 0 ? -1 : endOfZeros(zeros);
  let at = start;
  for (let i = 0; i < 8; i++) {
    if (i === zeros) {
      bytes[at++] = COLON;
      bytes[at++] = COLON;
      i = zerosEnd - 1;
    } else {
      if (i > 0 && i !== zerosEnd) bytes[at++] = COLON;
      at = writeGroup(bytes, at, groups[i]!);
    }
  }
  return at;
}

/** Where the longest run of two or more zero groups begins; -1 where there is none. */
function longestZeroRun(): number {
  let start = -1;
  let longest = 1;
  for (let i = 0; i < 8; i++) {
    if (groups[i] !== 0) continue;
    const end = endOfZeros(i);
    if (end - i > longest) {
      start = i;
      longest = end - i;
    }
    i = end;
  }
  return start;
}

function endOfZeros(start: number): number {
  let end = start;
  while (end < 8 && groups[end] === 0) end++;
  return end;
}

const COLON = 0x3a;
const HEX = Buffer.from('0123456789abcdef', 'latin1');

function writeGroup(bytes: Uint8Array, start: number, group: number): number {
  let at = start;
  if (group > 0xfff) bytes[at++] = HEX[group >>> 12]!;
  if (group > 0xff) bytes[at++] = HEX[(group >>> 8) & 15]!;
  if (group > 0xf) bytes[at++] = HEX[(group >>> 4) & 15]!;
  bytes[at++] = HEX[group & 15]!;
  return at;
}

function writeAscii(bytes: Uint8Array, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[start + i] = text.charCodeAt(i);
  return start + text.length;
}
