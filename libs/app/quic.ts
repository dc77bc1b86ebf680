import { APP, type FoundApp } from './found-app.ts';
import { openInitial } from './quic-initial.ts';
import { readVarint, varintBytes } from './quic-varint.ts';

const LONG_HEADER = 0xc0;
const FIXED_BYTES = 7;
const CONNECTION_ID_BYTES_MAX = 20;
const VERSION_1 = 0x0000_0001;
const VERSION_2 = 0x6b33_43cf;
/** Upper 24 bits of the versions of drafts, and upper 16 of Google's: `Q0`, `T0`. */
const DRAFT = 0xff_0000;
const GOOGLE = 0x5130;
const GOOGLE_TLS = 0x5430;
/** Public flags of Google's older versions: a version and a connection id are there. */
const GOOGLE_FLAGS = 0x09;
const GOOGLE_FLAGS_MASK = 0xc9;
const GOOGLE_VERSION = 9;
/** Packets of one datagram that are looked at (RFC 9000 §12.2). */
const COALESCED_MAX = 3;

/** QUIC packets with the long header (RFC 9000 §17.2, RFC 9369); the name is the TLS server name of the Initial packet. */
export function recogniseQuic(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  if (offset + FIXED_BYTES > end) return false;
  const first = view.getUint8(offset);
  if ((first & LONG_HEADER) !== LONG_HEADER) {
    const at = offset + GOOGLE_VERSION;
    if ((first & GOOGLE_FLAGS_MASK) !== GOOGLE_FLAGS || at + 4 > end || view.getUint16(at) !== GOOGLE) return false;
    found.app = APP.gquic;
    return true;
  }
  const app = appOfVersion(view.getUint32(offset + 1));
  if (app === 0 || connectionIdsEnd(view, offset, end) < 0) return false;
  found.app = app;
  let at = offset;
  for (let count = 0; count < COALESCED_MAX && at >= 0 && found.nameBytes === 0; count++) {
    at = takePacket(view, at, end, found);
  }
  return true;
}

function appOfVersion(version: number): number {
  if (version === VERSION_1) return APP.quic;
  if (version === VERSION_2) return APP.quicv2;
  if (version >>> 8 === DRAFT) return APP.quicdraft;
  return version >>> 16 === GOOGLE || version >>> 16 === GOOGLE_TLS ? APP.gquic : 0;
}

/** Just past both connection ids, or -1 when they do not fit. */
function connectionIdsEnd(view: DataView, offset: number, end: number): number {
  let at = offset + 5;
  for (let id = 0; id < 2; id++) {
    if (at + 1 > end || view.getUint8(at) > CONNECTION_ID_BYTES_MAX) return -1;
    at += 1 + view.getUint8(at);
  }
  return at > end ? -1 : at;
}

/** Opens an Initial packet. @returns where the next packet of the datagram begins, or -1 when none is to be looked at */
function takePacket(view: DataView, offset: number, end: number, found: FoundApp): number {
  if (offset + FIXED_BYTES > end) return -1;
  const version = view.getUint32(offset + 1);
  if (version !== VERSION_1 && version !== VERSION_2) return -1;
  const isInitial = ((view.getUint8(offset) >> 4) & 3) === (version === VERSION_1 ? 0 : 1);
  let at = connectionIdsEnd(view, offset, end);
  if (!isInitial || at < 0 || at >= end || at + varintBytes(view, at) > end) return -1;
  at += varintBytes(view, at) + readVarint(view, at); // the token
  if (at >= end || at + varintBytes(view, at) > end) return -1;
  const body = at + varintBytes(view, at);
  const packetEnd = body + readVarint(view, at);
  if (packetEnd > end) return -1;
  openInitial(view, offset, body, packetEnd, version === VERSION_2, found);
  return packetEnd;
}
