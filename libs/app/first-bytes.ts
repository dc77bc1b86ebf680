import { APP, type FoundApp } from './found-app.ts';
import { octets, startsWith } from './octets.ts';

const BITTORRENT = octets('\x13BitTorrent protocol');
const MQTT_NAMES = ['\x00\x04MQTT', '\x00\x06MQIsdp'].map(octets);
const MQTT_CONNECT = 0x10;
const LENGTH_BYTES_MAX = 4;

const COOKIE = octets('Cookie: mstshash=');
const TPKT_BYTES = 4;
const CONNECTION_REQUEST_BYTES = 7;
const CONNECTION_REQUEST = 0xe0;
const NEGOTIATION_REQUEST = 1;
const NEGOTIATION_BYTES = 8;

/** The handshake of BitTorrent's peers (BEP 3). */
export function recogniseBitTorrent(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  if (!startsWith(view, offset, end, BITTORRENT)) return false;
  found.app = APP.bittorrent;
  return true;
}

/** CONNECT (MQTT 3.1.1 §3.1): a length in up to four bytes, then the protocol's name. */
export function recogniseMqtt(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  if (offset >= end || view.getUint8(offset) !== MQTT_CONNECT) return false;
  let at = offset + 1;
  while (at < end && at <= offset + LENGTH_BYTES_MAX && view.getUint8(at) >= 0x80) at++;
  if (!MQTT_NAMES.some((name) => startsWith(view, at + 1, end, name))) return false;
  found.app = APP.mqtt;
  return true;
}

/**
 * The connection request of Remote Desktop (MS-RDPBCGR §2.2.1.1): others begin the same way (RFC 1006, ISO 8073), so
 * that a cookie or a negotiation request has to follow. The cookie's user is the name.
 */
export function recogniseRdp(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  const body = offset + TPKT_BYTES + CONNECTION_REQUEST_BYTES;
  if (body > end || view.getUint16(offset) !== 0x0300 || view.getUint8(offset + 5) !== CONNECTION_REQUEST) return false;
  if (startsWith(view, body, end, COOKIE)) {
    let at = body + COOKIE.length;
    while (at < end && view.getUint8(at) > 32) at++;
    found.app = APP.rdp;
    found.setName(view, body + COOKIE.length, at);
    return true;
  }
  const isNegotiation =
    body + NEGOTIATION_BYTES === end &&
    view.getUint8(body) === NEGOTIATION_REQUEST &&
    view.getUint16(body + 2, true) === NEGOTIATION_BYTES;
  if (isNegotiation) found.app = APP.rdp;
  return isNegotiation;
}
