import { decodePacket } from '../../libs/packet/decode.ts';
import { Headers } from '../../libs/packet/headers.ts';
import { PROBLEM_NAMES } from '../../libs/packet/problems.ts';

export const ETHERNET = 1;
export const RAW_IP = 101;

/** What lies around a packet in tests: a decoder that reads it gives itself away. */
const GUARD_BYTES = 64;

/** Decodes `bytes` from the middle of a block whose other bytes are all `guard`. */
export function decodeBytes(bytes: Uint8Array, linkType = ETHERNET, wireBytes = bytes.length, guard = 0): Headers {
  const block = new Uint8Array(bytes.length + 2 * GUARD_BYTES).fill(guard);
  block.set(bytes, GUARD_BYTES);
  const headers = new Headers();
  const end = GUARD_BYTES + bytes.length;
  decodePacket(new DataView(block.buffer), GUARD_BYTES, end, wireBytes, linkType, headers);
  return headers;
}

/** What decoding found: the fields that differ from those of a new `Headers`, offsets counted from the packet's start. */
export type Found = Record<string, unknown>;

const NEW = new Headers();
/** Fields of no meaning after decoding. */
const SCRATCH = new Set(['next', 'wireEnd']);

export function found(headers: Headers, packetOffset = GUARD_BYTES): Found {
  const result: Found = {};
  for (const [name, value] of Object.entries(headers) as [keyof Headers, unknown][]) {
    if (SCRATCH.has(name)) continue;
    if (name === 'quoted') {
      if (headers.quoted.present) result[name] = differences(headers.quoted, NEW.quoted);
    } else if (name === 'problem') {
      if (headers.problem !== 0) result[name] = PROBLEM_NAMES[headers.problem];
    } else if (name === 'payloadOffset' || name === 'payloadEnd') {
      result[name] = headers[name] - packetOffset;
    } else if (value !== NEW[name]) {
      result[name] = value;
    }
  }
  return result;
}

/** As `found`, of bytes on the wire whole. */
export function foundIn(bytes: Uint8Array, linkType = ETHERNET, wireBytes = bytes.length): Found {
  return found(decodeBytes(bytes, linkType, wireBytes));
}

function differences(value: object, fresh: object): Found {
  const before = new Map(Object.entries(fresh));
  return Object.fromEntries(Object.entries(value).filter(([name, now]) => now !== before.get(name)));
}
