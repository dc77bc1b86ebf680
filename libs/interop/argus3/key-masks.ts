import { IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { SIDED, type FlowRecord } from './flow-record.ts';
import type { OutgoingRecord } from './outgoing-record.ts';

/** Lengths of the masks of addresses, as keys have them whose qualifier says so. A mask of all bits says the same as none. */

const IPV4_BITS = 32;
const IPV6_BITS = 128;
/** Where they are in a key of IPv4. */
export const IPV4_MASKS_AT = 18;
const IPV6_MASKS_AT = 44;
/** Over the first half of the security parameters index. */
const ESP_MASKS_AT = 16;
const IPV6_KEY_BYTES = 48;

/** By protocol over IPv4: 1 where the mask of the second address comes first. */
const SECOND_MASK_FIRST = new Uint8Array(256);
for (const protocol of [IP_PROTOCOL.icmp, IP_PROTOCOL.igmp, IP_PROTOCOL.esp]) SECOND_MASK_FIRST[protocol] = 1;

/** Whether a section of so many bytes has room for masks of IPv6. */
export const hasIPv6Masks = (bytes: number): boolean => bytes >= IPV6_KEY_BYTES;

/**
 * Bits of an address of IPv4 that are known, NaN for all of them; none are only of an address that is zero.
 * @param at of the section
 * @param maskAt of the address's mask
 * @param place 0 of the first address, 1 of the second one
 */
export function ipv4Mask(view: DataView, at: number, maskAt: number, place: number): number {
  const length = view.getUint8(maskAt);
  if (length >= IPV4_BITS) return NaN;
  return length > 0 || view.getUint32(at + 4 + 4 * place) === 0 ? length : NaN;
}

/** The same of IPv6. */
export function ipv6Mask(view: DataView, at: number, place: number): number {
  const length = view.getUint16(at + IPV6_MASKS_AT + 2 * place, true);
  if (length >= IPV6_BITS) return NaN;
  if (length > 0) return length;
  const addressAt = at + 4 + 16 * place;
  for (let k = 0; k < 16; k += 4) if (view.getUint32(addressAt + k) !== 0) return NaN;
  return 0;
}

/** @param reversed whether the first address is the responder's */
export function decodeIPv4Masks(
  { values }: FlowRecord,
  view: DataView,
  at: number,
  protocol: number,
  reversed: boolean,
): void {
  const masksAt = at + (protocol === IP_PROTOCOL.esp ? ESP_MASKS_AT : IPV4_MASKS_AT);
  const turned = SECOND_MASK_FIRST[protocol]!;
  for (let place = 0; place < 2; place++) {
    values[SIDED.mask + (place ^ Number(reversed))] = ipv4Mask(view, at, masksAt + (place ^ turned), place);
  }
}

/** @param reversed whether the first address is the responder's */
export function decodeIPv6Masks({ values }: FlowRecord, view: DataView, at: number, reversed: boolean): void {
  for (let place = 0; place < 2; place++) values[SIDED.mask + (place ^ Number(reversed))] = ipv6Mask(view, at, place);
}

/** Whether not all bits of both addresses are known. */
export function isMasked(record: OutgoingRecord): boolean {
  return record.has(SIDED.mask) || record.has(SIDED.mask + 1);
}

/** Of a key that begins with the initiator. @param at of the section */
export function encodeIPv4Masks(record: OutgoingRecord, view: DataView, at: number, protocol: number): void {
  const turned = SECOND_MASK_FIRST[protocol]!;
  for (let side = 0; side < 2; side++) {
    view.setUint8(
      at + IPV4_MASKS_AT + (side ^ turned),
      Math.min(record.valueOr(SIDED.mask + side, IPV4_BITS), IPV4_BITS),
    );
  }
}

/** Of a key that begins with the initiator. @param at of the section */
export function encodeIPv6Masks(record: OutgoingRecord, view: DataView, at: number): void {
  for (let side = 0; side < 2; side++) {
    const length = Math.min(record.valueOr(SIDED.mask + side, IPV6_BITS), IPV6_BITS);
    view.setUint16(at + IPV6_MASKS_AT + 2 * side, length, true);
  }
}

/** The key has no room for them. */
export function loseMasks(record: OutgoingRecord): void {
  if (record.has(SIDED.mask)) record.losses.add('smask');
  if (record.has(SIDED.mask + 1)) record.losses.add('dmask');
}
