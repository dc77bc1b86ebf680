import { parseIP, parseIPv4, type Lanes } from './ip.ts';

/** A network: the addresses that agree with `lanes` in the bits of `masks`. */
export interface Prefix {
  readonly family: 4 | 6;
  /** The network's first address; bits outside the mask are zero. */
  readonly lanes: Lanes;
  readonly masks: Lanes;
  /** Bits that count: 0–32 for IPv4, 0–128 for IPv6; -1 for a mask that is not contiguous. */
  readonly length: number;
}

/** @param length bits from the left, 0–128 */
export function maskLanes(length: number): Lanes {
  const lane = (k: number): number => {
    const bits = Math.min(32, Math.max(0, length - 32 * k));
    return bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
  };
  return [lane(0), lane(1), lane(2), lane(3)];
}

/**
 * A network as people write it: `192.0.2.0/24`, `192.0.2.0/255.255.255.0`, `2001:db8::/32`, a single address, or IPv4
 * with parts left out, which are not compared: `192.0.2` is `192.0.2.0/24` and `10/9` is `10.0.0.0/9`.
 * @returns undefined when it is none
 */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', width, extra] = text.split('/', 3);
  if (extra !== undefined) return undefined;
  const whole = parseWhole(address) ?? parseShortened(address);
  if (whole === undefined) return undefined;
  if (width !== undefined && width.includes('.')) {
    const mask = parseIPv4(width);
    return mask === undefined || whole.family !== 4 ? undefined : maskedPrefix(whole.lanes, mask);
  }
  const bits = whole.family === 4 ? 32 : 128;
  let { length } = whole;
  if (width !== undefined) {
    if (!/^\d{1,3}$/.test(width) || Number(width) > bits) return undefined;
    length = Number(width);
  }
  return cut(whole.family, whole.lanes, maskLanes(length + 128 - bits), length);
}

/** The network of an IPv4 address and a mask, which need not be contiguous. */
export function maskedPrefix(lanes: Lanes, mask: number): Prefix {
  const ones = Math.clz32(~mask);
  const contiguous = mask >>> 0 === maskLanes(ones)[0];
  return cut(4, lanes, [0xffffffff, 0xffffffff, 0xffffffff, mask >>> 0], contiguous ? ones : -1);
}

function cut(family: 4 | 6, lanes: Lanes, masks: Lanes, length: number): Prefix {
  const lane = (k: 0 | 1 | 2 | 3): number => (lanes[k] & masks[k]) >>> 0;
  return { family, lanes: [lane(0), lane(1), lane(2), lane(3)], masks, length };
}

interface Written {
  readonly family: 4 | 6;
  readonly lanes: Lanes;
  /** Bits that were written. */
  readonly length: number;
}

function parseWhole(text: string): Written | undefined {
  const address = parseIP(text);
  return address === undefined ? undefined : { ...address, length: address.family === 4 ? 32 : 128 };
}

function parseShortened(text: string): Written | undefined {
  const parts = text.split('.', 4).length;
  if (parts > 3) return undefined;
  const address = parseIPv4(text + '.0'.repeat(4 - parts));
  return address === undefined ? undefined : { family: 4, lanes: [0, 0, 0xffff, address], length: 8 * parts };
}
