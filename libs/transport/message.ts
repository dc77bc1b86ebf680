import { packMessage, unpackMessage } from '../codec/msgpack.ts';

/**
 * What client and server say to each other beside frames: the four bytes `PNPT`, the length of
 * what follows (u32, big-endian), and a msgpack map whose keys are texts.
 */
export const MESSAGE_BYTES_MAX = 128 * 1024;
const MARK = 0x504e_5054;
const HEAD_BYTES = 8;

/** @throws RangeError when the map does not fit; whoever fills it bounds its values */
export function encodeMessage(content: ReadonlyMap<string, unknown>): Uint8Array {
  const body = packMessage(content);
  if (body.length > MESSAGE_BYTES_MAX) throw new RangeError(`message of ${body.length} bytes`);
  const bytes = new Uint8Array(HEAD_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MARK);
  view.setUint32(4, body.length);
  bytes.set(body, HEAD_BYTES);
  return bytes;
}

export type MessageVerdict =
  | { readonly kind: 'message'; readonly content: ReadonlyMap<unknown, unknown>; readonly end: number }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'bad'; readonly problem: string };

/**
 * The message at the start of `bytes`; `end` is the offset just past it. Whatever the bytes, nothing is thrown and no more
 * than `MESSAGE_BYTES_MAX` bytes are looked at.
 */
export function readMessage(bytes: Uint8Array): MessageVerdict {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const marked = Math.min(bytes.length, 4);
  for (let i = 0; i < marked; i++)
    if (bytes[i] !== (MARK >>> (24 - 8 * i)) % 256) return { kind: 'bad', problem: 'not a message of this stream' };
  if (bytes.length < HEAD_BYTES) return { kind: 'incomplete' };
  const length = view.getUint32(4);
  if (length > MESSAGE_BYTES_MAX) return { kind: 'bad', problem: `a message of ${length} bytes` };
  const end = HEAD_BYTES + length;
  if (bytes.length < end) return { kind: 'incomplete' };
  const unpacked = unpackMessage(bytes.subarray(HEAD_BYTES, end));
  if ('problem' in unpacked) return { kind: 'bad', problem: unpacked.problem };
  const content = unpacked.value;
  return content instanceof Map
    ? { kind: 'message', content, end }
    : { kind: 'bad', problem: 'a message that is not a map' };
}

/** Gathers messages from a byte stream; holds at most one that is incomplete. */
export class MessageReader {
  #held = new Uint8Array(0);

  /** The messages that `chunk` completes, or the problem that ends them all. */
  *push(chunk: Uint8Array): Generator<Exclude<MessageVerdict, { readonly kind: 'incomplete' }>> {
    let bytes: Uint8Array = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const verdict = readMessage(bytes);
      if (verdict.kind === 'incomplete') break;
      yield verdict;
      if (verdict.kind === 'bad') return;
      bytes = bytes.subarray(verdict.end);
    }
    this.#held = bytes.slice();
  }
}
