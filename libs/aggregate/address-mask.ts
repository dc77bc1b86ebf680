import { maskLanes } from '../address/prefix.ts';
import { IPV4_ADDRESS, MAC_ADDRESS } from '../packet/headers.ts';

/** Which bits of an address count, by family. */
export interface AddressMask {
  /** Bits from the left of an IPv4 address, as a mask. */
  readonly ipv4: number;
  readonly ipv6: readonly [number, number, number, number];
  readonly mac: readonly [number, number];
}

/** @param length bits from the left, 0–128; more than an address has is all of it */
export function maskOfLength(length: number): AddressMask {
  const mac = maskLanes(Math.min(length, 48) + 80);
  return { ipv4: maskLanes(Math.min(length, 32))[0], ipv6: maskLanes(length), mac: [mac[2], mac[3]] };
}

/** The lanes of the mask for a family of addresses. */
export function lanesOfMask(mask: AddressMask, family: number): readonly [number, number, number, number] {
  if (family === IPV4_ADDRESS) return [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, mask.ipv4];
  return family === MAC_ADDRESS ? [0xffff_ffff, 0xffff_ffff, mask.mac[0] | 0xffff_0000, mask.mac[1]] : mask.ipv6;
}
