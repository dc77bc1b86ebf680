/**
 * The Distinguished Encoding Rules (X.690 §8 and §10), as far as certificates need them. Each function that writes gives one
 * whole element: tag, length, content.
 */

/** Tags, X.690 §8.1.2 and X.680 §8.6. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

function element(tag: number, contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(content.length)]), content]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return [0x80 | digits.length, ...digits];
}

export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return element(TAG.sequence, elements);
}

export function set(...elements: readonly Uint8Array[]): Buffer {
  return element(TAG.set, elements);
}

/** @param magnitude big-endian, not negative */
export function integer(magnitude: Uint8Array): Buffer {
  const first = magnitude.findIndex((octet) => octet !== 0);
  const least = first === -1 ? Uint8Array.of(0) : magnitude.subarray(first);
  return element(TAG.integer, least[0]! >= 0x80 ? [Uint8Array.of(0), least] : [least]);
}

/** @param text numbers with dots between them, the first two below 40 */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return element(TAG.oid, [Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)])]);
}

function base128(number: number): number[] {
  const septets = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128))
    septets.unshift(0x80 | (rest % 128));
  return septets;
}

export function utf8(text: string): Buffer {
  return element(TAG.utf8, [Buffer.from(text, 'utf8')]);
}

export function octets(content: Uint8Array): Buffer {
  return element(TAG.octets, [content]);
}

/** @param unused bits at the end of the last octet that do not count, 0–7 */
export function bits(content: Uint8Array, unused = 0): Buffer {
  return element(TAG.bits, [Uint8Array.of(unused), content]);
}

export function yes(): Buffer {
  return element(TAG.boolean, [Uint8Array.of(0xff)]);
}

/** An element under another tag of its context, X.690 §8.14: `explicit` keeps the old tag inside, `implicit` does not. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return element(0xa0 | number, [content]);
}

export function implicit(number: number, content: Uint8Array): Buffer {
  return element(0x80 | number, [content]);
}

/** A moment in whole seconds, as RFC 5280 §4.1.2.5 wants it: with two digits of the year until 2049. */
export function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  const isGeneral = text >= '2050';
  return element(isGeneral ? TAG.generalizedTime : TAG.utcTime, [Buffer.from(isGeneral ? text : text.slice(2))]);
}

/** Where an element lies in `bytes`: its content begins at `start`, both end before `end`. */
export interface Span {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** @returns undefined when no whole element lies at `offset` */
export function elementAt(bytes: Uint8Array, offset: number): Span | undefined {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 4 || first === 0x80) return undefined;
  const start = offset + 2 + lengthBytes;
  let length = lengthBytes === 0 ? first : 0;
  for (let i = offset + 2; i < start; i++) length = length * 256 + (bytes[i] ?? 0);
  const end = start + length;
  return end > bytes.length ? undefined : { tag, start, end };
}
