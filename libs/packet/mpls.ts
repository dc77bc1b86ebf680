import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { looksLikeEthernet } from './plausible.ts';
import { note, PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const ENTRY_BYTES = 4;
const LABELS_MAX = 8;
const BOTTOM_OF_STACK = 0x100;
const CONTROL_WORD_BYTES = 4;

/**
 * An MPLS label stack (RFC 3032 §2.1). It does not say what it carries: the first four bits tell IP from a pseudowire
 * (RFC 4928 §3), which is Ethernet with a control word or without (RFC 4448 §4.4).
 */
export function decodeMpls(view: DataView, offset: number, end: number, headers: Headers): number {
  let at = offset;
  for (let count = 0; ; count++) {
    if (count === LABELS_MAX) return stop(headers, PROBLEM.mplsStack);
    if (at + ENTRY_BYTES > end) return stop(headers, PROBLEM.mplsTruncated);
    const entry = view.getInt32(at);
    if (headers.mplsLabels === 0) headers.mplsTop = entry;
    headers.mplsLabels += 1;
    headers.encapsulations |= ENCAPSULATION.mpls;
    at += ENTRY_BYTES;
    if ((entry & BOTTOM_OF_STACK) !== 0) return decodeBelow(view, at, end, headers, entry >>> 12);
  }
}

function decodeBelow(view: DataView, offset: number, end: number, headers: Headers, label: number): number {
  if (offset >= end) return stop(headers, PROBLEM.mplsTruncated);
  const nibble = view.getUint8(offset) >> 4;
  const frame = offset + CONTROL_WORD_BYTES;
  if (nibble === 0 && looksLikeEthernet(view, frame, end, headers)) {
    enterTunnel(headers, TUNNEL.pseudowire, label, NEXT.linkType | LINK.ethernet);
    return frame;
  }
  if (looksLikeEthernet(view, offset, end, headers)) {
    enterTunnel(headers, TUNNEL.pseudowire, label, NEXT.linkType | LINK.ethernet);
    return offset;
  }
  if (nibble === 4 || nibble === 6) headers.next = NEXT.linkType | LINK.rawIp;
  else note(headers, PROBLEM.mplsPayload);
  return offset;
}
