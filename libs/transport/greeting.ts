/**
 * The greeting with which a server opens every connection: a START management record of Argus 3, so that programs of that
 * family take the server for one of theirs, with our word in twelve bytes that they leave zero. Big-endian, 128 bytes:
 * type and version at 0, cause at 1, length in 32-bit words at 2, status at 4, magic at 8, time of start at 24 and of now at
 * 32 (seconds, microseconds), version 3 at 40, report intervals in seconds at 44 and 46, our word and version at 108, source
 * id at 120, record length -1 (variable) at 124.
 */
export const GREETING_BYTES = 128;

/** What our word is followed by; a client of an older major version must not go on. */
export const STREAM_VERSION = { major: 1, minor: 0 } as const;

const ARGUS3_MAGIC = 0xe571_2dcb;
const ARGUS5_MAGIC = 0xe571_50cb;
const START_RECORD = 0x8310_0020;
const ERROR_RECORD = 0x8380;
/** Options of an error record: why a server of the Argus family refuses. */
const ARGUS_REFUSALS: Readonly<Record<number, string>> = { 1: 'access denied', 2: 'too many readers' };
const WORD = 'PANOPTES';
const WORD_AT = 108;
/** Bits of the status word that say what kind the source id is. */
const INTEGER_ID = 0x0040_0000;
const IPV4_ID = 0x0080_0000;

export interface Greeting {
  /** Microseconds since the epoch when the server started. */
  readonly startUs: number;
  /** Microseconds since the epoch. */
  readonly nowUs: number;
  /** Source id of the server: a number or an IPv4 address as both are written; another text has no place here. */
  readonly source: string;
}

export function encodeGreeting({ startUs, nowUs, source }: Greeting): Uint8Array {
  const bytes = new Uint8Array(GREETING_BYTES);
  const view = new DataView(bytes.buffer);
  const id = sourceIdOf(source);
  view.setUint32(0, START_RECORD);
  view.setUint32(4, id.status);
  view.setUint32(8, ARGUS3_MAGIC);
  setTime(view, 24, startUs);
  setTime(view, 32, nowUs);
  view.setUint8(40, 3);
  for (let i = 0; i < WORD.length; i++) bytes[WORD_AT + i] = WORD.charCodeAt(i);
  view.setUint16(WORD_AT + 8, STREAM_VERSION.major);
  view.setUint16(WORD_AT + 10, STREAM_VERSION.minor);
  view.setUint32(120, id.number);
  view.setInt32(124, -1);
  return bytes;
}

/** What the first bytes of a server say: one of ours with its version, one of the Argus family, or neither. */
export type GreetingVerdict =
  | { readonly kind: 'panoptes'; readonly major: number; readonly minor: number }
  | { readonly kind: 'argus'; readonly version: 3 | 5 }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'incomplete' };

/** @param bytes all that the server has sent so far; more than the greeting is well */
export function readGreeting(bytes: Uint8Array): GreetingVerdict {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 4) return { kind: 'incomplete' };
  if ((view.getUint16(0) & 0xf0f0) === (ERROR_RECORD & 0xf0f0))
    return { kind: 'refused', reason: ARGUS_REFUSALS[view.getUint8(1) & 0x0f] ?? 'error' };
  if ((view.getUint8(0) & 0xf0) !== 0x80 || (view.getUint8(1) & 0xf0) !== 0x10) return { kind: 'foreign' };
  if (bytes.length < 12) return { kind: 'incomplete' };
  const magic = view.getUint32(8);
  if (magic !== ARGUS3_MAGIC && magic !== ARGUS5_MAGIC) return { kind: 'foreign' };
  if (bytes.length < GREETING_BYTES) return { kind: 'incomplete' };
  if (magic === ARGUS5_MAGIC) return { kind: 'argus', version: 5 };
  for (let i = 0; i < WORD.length; i++)
    if (bytes[WORD_AT + i] !== WORD.charCodeAt(i)) return { kind: 'argus', version: 3 };
  return { kind: 'panoptes', major: view.getUint16(WORD_AT + 8), minor: view.getUint16(WORD_AT + 10) };
}

function setTime(view: DataView, offset: number, us: number): void {
  view.setUint32(offset, Math.floor(us / 1e6));
  view.setUint32(offset + 4, us % 1e6);
}

function sourceIdOf(source: string): { status: number; number: number } {
  if (/^\d{1,10}$/.test(source) && Number(source) <= 0xffff_ffff) return { status: INTEGER_ID, number: Number(source) };
  const octets = source.split('.').map(Number);
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(source) && octets.every((octet) => octet <= 255))
    return { status: IPV4_ID, number: octets.reduce((number, octet) => number * 256 + octet, 0) };
  return { status: 0, number: 0 };
}
