import { Area } from '../record/builder.ts';
import { NumberColumn } from '../record/columns.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { WHOLE, type AddressLane } from './address-lane.ts';
import { PRESENT } from './lane.ts';
import type { NumberLane } from './number-lane.ts';

const number = (name: keyof typeof STORED_FIELDS): number => STORED_FIELDS[name].number;

/** Fields of addresses, each with that of its mask. */
export const MASKS: readonly (readonly [address: number, mask: number])[] = [
  STORED_FIELDS.saddr,
  STORED_FIELDS.daddr,
].map((address) => [address.number, number(address.mask)]);

/** By field of a mask that of its address. */
export const MASKED: ReadonlyMap<number, number> = new Map(MASKS.map(([address, mask]) => [mask, address]));

/** Bytes that a column of masks takes at most. */
export function maskBytesFor({ length }: Uint32Array): number {
  return Area.aligned(length) + Area.aligned((length + 7) >> 3);
}

/**
 * How many bits of the groups' addresses are known, where these are not all.
 * @param masks that records came with; undefined where none did
 * @returns undefined when no group has one
 */
export function maskColumn(
  addresses: AddressLane,
  masks: NumberLane | undefined,
  groups: Uint32Array,
  area: Area,
): NumberColumn | undefined {
  if (addresses.isWhole && masks === undefined) return undefined;
  const lengths = area.u8(groups.length);
  const valid = area.u8((groups.length + 7) >> 3);
  let count = 0;
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i]!;
    const bits = addresses.knownBits(group);
    if (bits === undefined) continue;
    const length = masks?.states.get(group) === PRESENT ? Math.min(bits, masks.values.get(group)) : bits;
    if (length === WHOLE) continue;
    lengths[i] = length;
    valid[i >> 3]! |= 1 << (i & 7);
    count += 1;
  }
  return count === 0 ? undefined : new NumberColumn('u8', lengths, count < groups.length ? valid : undefined);
}
