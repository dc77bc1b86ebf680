import { APP, type FoundApp } from './found-app.ts';

const RECORD_BYTES = 5;
const HANDSHAKE = 22;
const RECORD_BYTES_MAX = (1 << 14) + 2048;
const HELLO_HEADER_BYTES = 4;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const RANDOM_BYTES = 32;
const SERVER_NAME = 0;
const HOST_NAME = 0;
/** Extensions looked at. */
const EXTENSIONS_MAX = 64;
const NAME_BYTES_MAX = 253;

/** A TLS handshake that begins (RFC 8446 §4.1.2, §5.1, RFC 5246 §7.4.1); the name is that of RFC 6066 §3. */
export function recogniseTls(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  const hello = offset + RECORD_BYTES;
  if (hello + HELLO_HEADER_BYTES + 2 > end) return false;
  const recordBytes = view.getUint16(offset + 3);
  const isHandshake =
    view.getUint8(offset) === HANDSHAKE && view.getUint8(offset + 1) === 3 && view.getUint8(offset + 2) <= 4;
  if (!isHandshake || recordBytes < HELLO_HEADER_BYTES || recordBytes > RECORD_BYTES_MAX) return false;
  const type = view.getUint8(hello);
  if ((type !== CLIENT_HELLO && type !== SERVER_HELLO) || view.getUint8(hello + HELLO_HEADER_BYTES) !== 3) return false;
  found.app = APP.tls;
  if (type === CLIENT_HELLO) takeServerName(view, hello, end, found);
  return true;
}

/**
 * Takes the server's name from a ClientHello that begins at `offset`, as far as it is there.
 * @returns whether it has one
 */
export function takeServerName(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  let at = offset + HELLO_HEADER_BYTES + 2 + RANDOM_BYTES;
  if (at + 1 > end) return false;
  at += 1 + view.getUint8(at);
  if (at + 2 > end) return false;
  at += 2 + view.getUint16(at);
  if (at + 1 > end) return false;
  at += 1 + view.getUint8(at) + 2;
  for (let count = 0; count < EXTENSIONS_MAX && at + 4 <= end; count++) {
    if (view.getUint16(at) === SERVER_NAME && takeExtension(view, at, end, found)) return true;
    at += 4 + view.getUint16(at + 2);
  }
  return false;
}

/** Finds the extension in a piece of a ClientHello by its looks: three lengths that agree, and a name. */
export function findServerName(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  for (let at = offset; at + 9 < end; at++) {
    if (view.getUint16(at) === SERVER_NAME && takeExtension(view, at, end, found)) return true;
  }
  return false;
}

function takeExtension(view: DataView, at: number, end: number, found: FoundApp): boolean {
  const name = at + 9;
  if (name > end) return false;
  const bytes = view.getUint16(at + 7);
  const agrees =
    view.getUint16(at + 2) === bytes + 5 && view.getUint16(at + 4) === bytes + 3 && view.getUint8(at + 6) === HOST_NAME;
  if (!agrees || bytes === 0 || bytes > NAME_BYTES_MAX || name + bytes > end) return false;
  for (let i = 0; i < bytes; i++) if (!isHostCharacter(view.getUint8(name + i))) return false;
  found.setName(view, name, name + bytes);
  return true;
}

/** Letters, digits, `-`, `.` and `_`. */
function isHostCharacter(byte: number): boolean {
  const letter = byte | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x5f // prettier-ignore
  );
}
