import type { Headers } from './headers.ts';
import { noteClosedTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 8;
const INITIATION = 1;
const INITIATION_BYTES = 148;
const RESPONSE = 2;
const RESPONSE_BYTES = 92;
const COOKIE = 3;
const COOKIE_BYTES = 64;
const TRANSPORT = 4;
const TRANSPORT_BYTES_MIN = 32;

/** WireGuard (whitepaper §5.4): told by type, zeros and length. The flow stays the UDP one; the id is the session's index. */
export function decodeWireguard(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return -1;
  const type = view.getUint32(offset, true);
  const bytes = headers.wireEnd - offset;
  const isWhole =
    (type === INITIATION && bytes === INITIATION_BYTES) ||
    (type === RESPONSE && bytes === RESPONSE_BYTES) ||
    (type === COOKIE && bytes === COOKIE_BYTES) ||
    (type === TRANSPORT && bytes >= TRANSPORT_BYTES_MIN && bytes % 16 === 0);
  if (!isWhole) return -1;
  noteClosedTunnel(headers, TUNNEL.wireguard, view.getInt32(offset + 4, true));
  return offset;
}
