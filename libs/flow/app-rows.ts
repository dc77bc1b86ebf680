import { APP_NAME_BYTES_MAX, FoundApp } from '../app/found-app.ts';
import { recognise } from '../app/recognise.ts';
import { NOT_FRAGMENTED, type Headers } from '../packet/headers.ts';
import type { Slab } from './slab.ts';

/** Packets with payload that are looked at for each flow. */
const LOOKS_MAX = 8;
/** A flow's application: `app | looks << 8 | name bytes << 16`, then the name. */
export const APP_WORDS = 1 + APP_NAME_BYTES_MAX / 4;

/** Reused: what is known of the flow at hand. */
const found = new FoundApp();

/**
 * Looks at a packet's payload for the flow's application, as long as that is worth it.
 * @param at first of the flow's `APP_WORDS` in the slab
 */
export function lookForApp(slab: Slab, at: number, h: Headers, view: DataView): void {
  const { u32, u8 } = slab;
  const looks = (u32[at]! >>> 8) & 255;
  if (looks === LOOKS_MAX || !h.hasPorts || h.fragment !== NOT_FRAGMENTED || h.payloadEnd <= h.payloadOffset) return;
  found.clear();
  found.app = u32[at]! & 255;
  const isDone = recognise(view, h.payloadOffset, h.payloadEnd, h.protocol, h.sourcePort, h.destinationPort, found);
  u32[at] = found.app | ((isDone ? LOOKS_MAX : looks + 1) << 8) | (found.nameBytes << 16);
  for (let i = 0; i < found.nameBytes; i++) u8[(at + 1) * 4 + i] = found.name[i]!;
}

/** A value of `APP`; 0 is not known. */
export function appOf(slab: Slab, at: number): number {
  return slab.u32[at]! & 255;
}

/** Empty when there is none. */
export function appNameOf(slab: Slab, at: number): string {
  const { u8, u32 } = slab;
  return Buffer.from(u8.buffer, u8.byteOffset + (at + 1) * 4, u32[at]! >>> 16).toString('utf8');
}
