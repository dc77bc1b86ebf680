import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { looksLikeEthernet } from './plausible.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES_MIN = 8;
/** Bits of the header's first word: native frame format, fragment, keep-alive. */
const NATIVE = 0x100;
const FRAGMENT = 0x80;
const KEEP_ALIVE = 0x08;
const WIRELESS_BINDING_SHIFT = 9;
const BINDING_MASK = 0x1f;
const BINDING_WLAN = 1;
/** A data frame without encryption, and the first bytes of LLC that it must have. */
const TYPE_DATA = 0x08;
const WLAN_BYTES = 24;
const SNAP_START = 0xaaaa;

/** CAPWAP data (RFC 5415 §4.3) that is not encrypted or split: a frame of Ethernet or of 802.11 (RFC 5416). */
export function decodeCapwap(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES_MIN > end) return -1;
  const word = view.getInt32(offset);
  const headerBytes = ((word >> 19) & 0x1f) * 4;
  // Version 0 and payload type 0 make the first byte zero; type 1 is DTLS.
  if (word >>> 24 !== 0 || headerBytes < HEADER_BYTES_MIN || (word & (FRAGMENT | KEEP_ALIVE)) !== 0) return -1;
  const body = offset + headerBytes;
  if ((word & NATIVE) === 0) {
    if (!looksLikeEthernet(view, body, end, headers)) return -1;
    enterTunnel(headers, TUNNEL.capwap, -1, NEXT.linkType | LINK.ethernet);
    return body;
  }
  if (((word >> WIRELESS_BINDING_SHIFT) & BINDING_MASK) !== BINDING_WLAN) return -1;
  if (!looksLikeWlanData(view, body, end)) return -1;
  enterTunnel(headers, TUNNEL.capwap, -1, NEXT.linkType | LINK.wlan);
  return body;
}

function looksLikeWlanData(view: DataView, offset: number, end: number): boolean {
  if (offset + WLAN_BYTES + 4 > end || (view.getUint8(offset) & 0x7f) !== TYPE_DATA) return false;
  const hasQos = (view.getUint8(offset) & 0x80) !== 0;
  return view.getUint16(offset + WLAN_BYTES + (hasQos ? 2 : 0)) === SNAP_START;
}
