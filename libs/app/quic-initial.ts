import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { FoundApp } from './found-app.ts';
import { readVarint, varintBytes } from './quic-varint.ts';
import { findServerName, takeServerName } from './tls.ts';

/**
 * Initial packets are encrypted with keys that follow from what the packet itself says, so that middleboxes which do not
 * know the version leave them alone: RFC 9001 §5.2 for version 1, RFC 9369 §3.3 for version 2.
 */
interface Version {
  readonly salt: Buffer;
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly headerProtection: Buffer;
}

const KEY_BYTES = 16;
const IV_BYTES = 12;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const SAMPLE_BYTES = 16;
const PACKET_NUMBER_BYTES_MAX = 4;
/** Longer packets than this are left alone. */
const PACKET_BYTES_MAX = 4096;

const CLIENT_IN = label('client in', SECRET_BYTES);
const VERSION_1 = version('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'quic');
const VERSION_2 = version('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'quicv2');

function version(salt: string, prefix: string): Version {
  return {
    salt: Buffer.from(salt, 'hex'),
    key: label(`${prefix} key`, KEY_BYTES),
    iv: label(`${prefix} iv`, IV_BYTES),
    headerProtection: label(`${prefix} hp`, KEY_BYTES),
  };
}

/** HkdfLabel without context, and the counter of HKDF's only round (RFC 8446 §7.1, RFC 5869 §2.3). */
function label(text: string, bytes: number): Buffer {
  const name = `tls13 ${text}`;
  return Buffer.concat([Buffer.from([0, bytes, name.length]), Buffer.from(name), Buffer.from([0, 1])]);
}

const hmac = (key: Uint8Array, data: Uint8Array): Buffer => createHmac('sha256', key).update(data).digest();

/** What CRYPTO frames brought; reused. */
const CRYPTO_BYTES_MAX = 8192;
const crypto = new DataView(new ArrayBuffer(CRYPTO_BYTES_MAX));
const cryptoBytes = new Uint8Array(crypto.buffer);

/**
 * Opens the client's Initial packet in [offset, end) and takes the server's name out of its piece of the ClientHello. What
 * does not open, such as the server's, is left alone.
 * @param body where the packet number begins
 */
export function openInitial(
  view: DataView,
  offset: number,
  body: number,
  end: number,
  isVersion2: boolean,
  found: FoundApp,
): void {
  const sample = body + PACKET_NUMBER_BYTES_MAX;
  if (sample + SAMPLE_BYTES > end || end - offset > PACKET_BYTES_MAX) return;
  const packet = Buffer.from(view.buffer, view.byteOffset + offset, end - offset);
  const plain = decrypted(packet, body - offset, isVersion2 ? VERSION_2 : VERSION_1);
  if (plain === undefined) return;
  takeHello(new DataView(plain.buffer, plain.byteOffset, plain.length), found);
}

function decrypted(packet: Buffer, body: number, { salt, key, iv, headerProtection }: Version): Buffer | undefined {
  const connectionId = packet.subarray(6, 6 + packet[5]!);
  const secret = hmac(hmac(salt, connectionId), CLIENT_IN);
  const mask = encryptedBlock(
    hmac(secret, headerProtection).subarray(0, KEY_BYTES),
    packet.subarray(body + PACKET_NUMBER_BYTES_MAX, body + PACKET_NUMBER_BYTES_MAX + SAMPLE_BYTES),
  );
  const first = packet[0]! ^ (mask[0]! & 0x0f);
  const numberBytes = (first & 3) + 1;
  const header = Buffer.from(packet.subarray(0, body + numberBytes));
  const nonce = hmac(secret, iv).subarray(0, IV_BYTES);
  header[0] = first;
  for (let i = 0; i < numberBytes; i++) {
    header[body + i]! ^= mask[1 + i]!;
    nonce[IV_BYTES - numberBytes + i]! ^= header[body + i]!;
  }
  const sealed = packet.length - TAG_BYTES;
  if (sealed <= header.length) return undefined;
  const open = createDecipheriv('aes-128-gcm', hmac(secret, key).subarray(0, KEY_BYTES), nonce);
  open.setAAD(header).setAuthTag(packet.subarray(sealed));
  const plain = open.update(packet.subarray(header.length, sealed));
  try {
    open.final();
  } catch {
    return undefined; // not the client's, or damaged
  }
  return plain;
}

function encryptedBlock(key: Uint8Array, block: Uint8Array): Buffer {
  return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block);
}

const FRAME = { padding: 0, ping: 1, ack: 2, ackWithCounts: 3, crypto: 6 } as const;

/** Puts the CRYPTO frames (RFC 9000 §19.6) of a packet together and looks into what they give. */
function takeHello(frames: DataView, found: FoundApp): void {
  let first = CRYPTO_BYTES_MAX;
  let last = 0;
  let isWhole = true;
  const end = frames.byteLength;
  for (let at = 0; at < end;) {
    const type = frames.getUint8(at++);
    if (type === FRAME.padding || type === FRAME.ping) continue;
    if (type === FRAME.ack || type === FRAME.ackWithCounts) {
      at = skipAck(frames, at, end, type === FRAME.ackWithCounts);
      if (at < 0) break;
      continue;
    }
    if (type !== FRAME.crypto) break;
    const body = skipVarints(frames, at, end, 2);
    if (body < 0) break;
    const offset = readVarint(frames, at);
    const bytes = readVarint(frames, at + varintBytes(frames, at));
    if (body + bytes > end || offset + bytes > CRYPTO_BYTES_MAX) break;
    if (isWhole) cryptoBytes.fill(0);
    isWhole = false;
    for (let i = 0; i < bytes; i++) cryptoBytes[offset + i] = frames.getUint8(body + i);
    first = Math.min(first, offset);
    last = Math.max(last, offset + bytes);
    at = body + bytes;
  }
  if (first === 0 && takeServerName(crypto, 0, last, found)) return;
  if (first < last) findServerName(crypto, first, last, found);
}

/** Just past `count` integers, or -1 when they do not fit. */
function skipVarints(frames: DataView, offset: number, end: number, count: number): number {
  let at = offset;
  for (let i = 0; i < count; i++) {
    if (at >= end) return -1;
    at += varintBytes(frames, at);
    if (at > end) return -1;
  }
  return at;
}

/** RFC 9000 §19.3. */
function skipAck(frames: DataView, offset: number, end: number, hasCounts: boolean): number {
  const ranges = skipVarints(frames, offset, end, 2);
  if (ranges < 0 || ranges >= end || ranges + varintBytes(frames, ranges) > end) return -1;
  const count = Math.min(readVarint(frames, ranges), end);
  return skipVarints(frames, ranges, end, 2 + 2 * count + (hasCounts ? 3 : 0));
}
