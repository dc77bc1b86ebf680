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

/**
 * The canonical text of an IPv6 address (RFC 5952 §4): lower case, no leading zeros, the longest run of two or more zero
 * groups, the first of equals, as `::`; IPv4-mapped addresses end dotted (§5).
 */
export function formatIPv6(lane0: number, lane1: number, lane2: number, lane3: number): string {
  if (lane0 === 0 && lane1 === 0 && lane2 === 0xffff) return `::ffff:${formatIPv4(lane3)}`;
  const groups = [lane0 >>> 16, lane0 & 0xffff, lane1 >>> 16, lane1 & 0xffff, lane2 >>> 16, lane2 & 0xffff, lane3 >>> 16, lane3 & 0xffff]; // prettier-ignore
  const { start, length } = longestZeroRun(groups);
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return length < 2 ? hex(0, 8) : `${hex(0, start)}::${hex(start + length, 8)}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let start = 0;
  let length = 0;
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
    i = end;
  }
  return { start, length };
}
