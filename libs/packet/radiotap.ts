import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const FIXED_BYTES = 8;
const PRESENT_TIME = 1 << 0;
const PRESENT_FLAGS = 1 << 1;
const PRESENT_MORE = 1 << 31;
const PRESENT_WORDS_MAX = 16;
const FLAG_FCS_AT_END = 0x10;
const FCS_BYTES = 4;

/** Radiotap (radiotap.org): of its fields only whether a frame check sequence ends the frame. Little-endian. */
export function decodeRadiotap(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + FIXED_BYTES > end) return stop(headers, PROBLEM.radiotapTruncated);
  const body = offset + view.getUint16(offset + 2, true);
  if (body < offset + FIXED_BYTES || body > headers.wireEnd) return stop(headers, PROBLEM.radiotapLength);
  if ((flagsOf(view, offset, Math.min(body, end)) & FLAG_FCS_AT_END) !== 0) dropCheckSequence(body, headers);
  headers.next = NEXT.linkType | LINK.wlan;
  return body;
}

function flagsOf(view: DataView, offset: number, end: number): number {
  const present = view.getInt32(offset + 4, true);
  if ((present & PRESENT_FLAGS) === 0) return 0;
  let at = offset + FIXED_BYTES;
  let more = present & PRESENT_MORE;
  for (let count = 1; more !== 0 && count < PRESENT_WORDS_MAX && at + 4 <= end; count++) {
    more = view.getInt32(at, true) & PRESENT_MORE;
    at += 4;
  }
  // The time stamp before the flags lies on a multiple of 8 of the header.
  if ((present & PRESENT_TIME) !== 0) at += ((offset - at) & 7) + 8;
  return at < end ? view.getUint8(at) : 0;
}

/** Takes the 4 bytes that end an 802.11 frame off the packet; `body` is where the frame begins. */
export function dropCheckSequence(body: number, headers: Headers): void {
  const wireEnd = headers.wireEnd - FCS_BYTES;
  if (wireEnd < body) return;
  headers.wireEnd = wireEnd;
  if (wireEnd < headers.payloadEnd) headers.payloadEnd = wireEnd;
}
