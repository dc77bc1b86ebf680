import { createCipheriv } from 'node:crypto';

/** The keys that a client's first packet to a connection id is sealed with. */
export interface InitialKeys {
  readonly version: number;
  readonly connectionId: string;
  readonly key: string;
  readonly iv: string;
  readonly headerProtection: string;
  readonly firstByte: number;
}

/** RFC 9001 §A.1. */
export const KEYS_1: InitialKeys = {
  version: 1,
  connectionId: '8394c8f03e515708',
  key: '1f369613dd76d5467730efcbe3b1a22d',
  iv: 'fa044b2f42a3fd3b46fb255c',
  headerProtection: '9f50449e04a0e810283a1e9933adedd2',
  firstByte: 0xc3,
};

/** RFC 9369 §A.1. */
export const KEYS_2: InitialKeys = {
  version: 0x6b3343cf,
  connectionId: '8394c8f03e515708',
  key: '8b1a0bc121284290a29e0971b5cd045d',
  iv: '91f73e2351d8fa91660e909f',
  headerProtection: '45b95e15235d6f45a6b19cbcb0294ba9',
  firstByte: 0xd3,
};

/** A CRYPTO frame (RFC 9000 §19.6). */
export function cryptoFrame(offset: number, data: Uint8Array): Buffer {
  const head = Buffer.from([6, 0x40 | (offset >> 8), offset & 255, 0x40 | (data.length >> 8), data.length & 255]);
  return Buffer.concat([head, data]);
}

/** An Initial packet with these frames, padded, its packet number four bytes (RFC 9001 §5.3, §5.4). */
export function initialPacket(keys: InitialKeys, packetNumber: number, ...frames: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat([...frames, Buffer.alloc(64)]);
  const connectionId = Buffer.from(keys.connectionId, 'hex');
  const bytes = 4 + content.length + 16;
  const header = Buffer.concat([
    Buffer.from([keys.firstByte, 0, 0, 0, 0, connectionId.length]),
    connectionId,
    Buffer.from([0, 0, 0x40 | (bytes >> 8), bytes & 255, 0, 0, 0, packetNumber]),
  ]);
  header.writeUInt32BE(keys.version, 1);
  const nonce = Buffer.from(keys.iv, 'hex');
  nonce[11]! ^= packetNumber;
  const seal = createCipheriv('aes-128-gcm', Buffer.from(keys.key, 'hex'), nonce).setAAD(header);
  const sealed = Buffer.concat([seal.update(content), seal.final(), seal.getAuthTag()]);
  const mask = createCipheriv('aes-128-ecb', Buffer.from(keys.headerProtection, 'hex'), null)
    .setAutoPadding(false)
    .update(sealed.subarray(0, 16));
  header[0]! ^= mask[0]! & 0x0f;
  for (let i = 0; i < 4; i++) header[header.length - 4 + i]! ^= mask[1 + i]!;
  return Buffer.concat([header, sealed]);
}
