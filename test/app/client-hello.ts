/** A ClientHello (RFC 8446 §4.1.2) with other extensions before its server name. */
export function clientHello(name: string, otherBytes = 40): Buffer {
  const host = Buffer.from(name);
  const serverName = Buffer.concat([
    u16(0, host.length + 5, host.length + 3),
    Buffer.from([0]),
    u16(host.length),
    host,
  ]);
  const extensions = Buffer.concat([
    u16(51, otherBytes),
    Buffer.alloc(otherBytes, 0xee),
    serverName,
    u16(43, 2, 0x0304),
  ]);
  const body = Buffer.concat([
    u16(0x0303),
    Buffer.alloc(32, 0x5a),
    Buffer.from([0]),
    u16(2, 0x1301),
    Buffer.from([1, 0]),
    u16(extensions.length),
    extensions,
  ]);
  return Buffer.concat([Buffer.from([1, 0]), u16(body.length), body]);
}

/** `content` in a TLS record of handshakes (RFC 8446 §5.1). */
export function handshakeRecord(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 1]), u16(content.length), content]);
}

function u16(...values: readonly number[]): Buffer {
  return Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
}
