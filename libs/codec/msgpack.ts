import { Packr } from 'msgpackr';

const packr = new Packr({ useRecords: false, mapsAsObjects: false, variableMapSize: true });

/** Bytes that a list of texts takes at most. */
export function textBytesMax(texts: readonly string[]): number {
  let bytes = 5;
  for (const text of texts) bytes += 5 + Buffer.byteLength(text);
  return bytes;
}

export type Unpacked = { readonly value: unknown } | { readonly problem: string };

/** A value of numbers, texts, booleans, null, byte arrays, arrays and Maps as msgpack. */
export function packMessage(value: unknown): Uint8Array {
  return packr.pack(value);
}

/**
 * The one value that `bytes` are. Maps come as Map, byte strings as views on `bytes`. Nothing is allocated before every
 * length in `bytes` is known to be covered by bytes that are there; extension types are refused.
 * @param depthMax most arrays and maps inside each other
 */
export function unpackMessage(bytes: Uint8Array, depthMax = 8): Unpacked {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = skipValue(view, 0, depthMax);
  if (end < 0) return { problem: 'msgpack: cut short or not allowed here' };
  if (end !== bytes.length) return { problem: 'msgpack: more than one value' };
  try {
    return { value: packr.unpack(bytes) as unknown };
  } catch (error) {
    return { problem: `msgpack: ${error instanceof Error ? error.message : 'unreadable'}` };
  }
}

/** Length of the values with a fixed size, by first byte from 0xc0 (the byte itself included); 0 is another form. */
const FIXED_BYTES: readonly number[] = [
  1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 5, 9, 2, 3, 5, 9, 2, 3, 5, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]; // prettier-ignore

/** Offset just past the value at `offset`, or -1. */
function skipValue(view: DataView, offset: number, depthLeft: number): number {
  if (offset >= view.byteLength) return -1;
  const head = view.getUint8(offset);
  if (head < 0x80 || head >= 0xe0) return offset + 1;
  if (head < 0x90) return skipValues(view, offset + 1, 2 * (head & 15), depthLeft);
  if (head < 0xa0) return skipValues(view, offset + 1, head & 15, depthLeft);
  if (head < 0xc0) return within(view, offset + 1 + (head & 31));
  const fixed = FIXED_BYTES[head - 0xc0]!;
  if (fixed > 0) return within(view, offset + fixed);
  const lengthBytes = LENGTH_BYTES[head];
  if (lengthBytes === undefined || offset + 1 + lengthBytes > view.byteLength) return -1;
  const start = offset + 1 + lengthBytes;
  const length = lengthBytes === 1 ? view.getUint8(offset + 1) : lengthBytes === 2 ? view.getUint16(offset + 1) : view.getUint32(offset + 1); // prettier-ignore
  if (head < 0xdc) return within(view, start + length);
  return skipValues(view, start, head < 0xde ? length : 2 * length, depthLeft);
}

/** Forms with a length of 1, 2 or 4 bytes: byte strings, texts, arrays, maps. */
const LENGTH_BYTES: Readonly<Record<number, number>> = {
  0xc4: 1, 0xc5: 2, 0xc6: 4, 0xd9: 1, 0xda: 2, 0xdb: 4, 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4,
}; // prettier-ignore

function skipValues(view: DataView, offset: number, count: number, depthLeft: number): number {
  if (depthLeft === 0 || count > view.byteLength - offset) return -1;
  let at = offset;
  for (let i = 0; i < count && at >= 0; i++) at = skipValue(view, at, depthLeft - 1);
  return at;
}

function within(view: DataView, end: number): number {
  return end <= view.byteLength ? end : -1;
}
