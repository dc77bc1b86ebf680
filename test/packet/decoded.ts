import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4, ipv6 } from '../../libs/packet/build/ip.ts';
import { packet, type Layer } from '../../libs/packet/build/layer.ts';
import { decodePacket } from '../../libs/packet/decode.ts';
import { ENCAPSULATION, Headers, IPV4_ADDRESS, IPV6_ADDRESS, MAC_ADDRESS } from '../../libs/packet/headers.ts';
import { PROBLEM_NAMES } from '../../libs/packet/problems.ts';

export const ETHERNET = 1;
export const RAW_IP = 101;

/** Layers that most cases are built on, and what decoding finds in them. */
export const IPV4 = ipv4({ source: 0x0a000001, destination: 0x0a000002, ttl: 63, id: 7 });
export const IPV6 = ipv6({ source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2], hopLimit: 63 });

export const FOUND_ETHERNET = {
  hasMacs: true,
  sourceMacHigh: 0x0200,
  sourceMacLow: 1,
  destinationMacHigh: 0x0200,
  destinationMacLow: 2,
  encapsulations: ENCAPSULATION.ethernet,
} as const;

/** The stations of the link, where nothing above it decodes. */
export const FOUND_STATIONS = {
  addressKind: MAC_ADDRESS,
  source2: 0x0200,
  source3: 1,
  destination2: 0x0200,
  destination3: 2,
} as const;

export const FOUND_IPV4 = {
  etherType: 0x0800,
  addressKind: IPV4_ADDRESS,
  source2: 0xffff,
  source3: 0x0a000001,
  destination2: 0xffff,
  destination3: 0x0a000002,
  ttl: 63,
  ipId: 7,
} as const;

export const FOUND_IPV6 = {
  etherType: 0x86dd,
  addressKind: IPV6_ADDRESS,
  source0: 0x20010db8,
  source3: 1,
  destination0: 0x20010db8,
  destination3: 2,
  ttl: 63,
} as const;

/** Where the payload lies, as `found` tells it; `wire` only where the capture cut it. */
export function foundPayload(offset: number, bytes: number, wire = bytes): Found {
  return { payloadOffset: offset, payloadEnd: offset + bytes, ...(wire === 0 ? {} : { payloadBytes: wire }) };
}

export interface DecodeCase {
  readonly name: string;
  readonly layers: readonly Layer[];
  /** Ethernet without it. */
  readonly linkType?: number;
  /** How many bytes were captured; all without it. */
  readonly captured?: number;
  /** All that decoding finds; `found` tells what it leaves out. */
  readonly found: Found;
}

/** One test for each case, named after the decoder. */
export function testDecoding(decoder: string, cases: readonly DecodeCase[]): void {
  for (const { name, layers, linkType, captured, found: expected } of cases) {
    test(`${decoder}: ${name}`, () => {
      const bytes = packet(...layers);
      assert.deepEqual(foundIn(bytes.subarray(0, captured), linkType, bytes.length), expected);
    });
  }
}

/** What lies around a packet in tests: a decoder that reads it gives itself away. */
const GUARD_BYTES = 64;

/** Decodes `bytes` from the middle of a block whose other bytes are all `guard`. */
export function decodeBytes(
  bytes: Uint8Array,
  linkType = ETHERNET,
  wireBytes = bytes.length,
  guard = 0,
  headers = new Headers(),
): Headers {
  const block = new Uint8Array(bytes.length + 2 * GUARD_BYTES).fill(guard);
  block.set(bytes, GUARD_BYTES);
  const end = GUARD_BYTES + bytes.length;
  decodePacket(new DataView(block.buffer), GUARD_BYTES, end, wireBytes, linkType, headers);
  return headers;
}

/** What decoding found: the fields that differ from those of a new `Headers`, offsets counted from the packet's start. */
export type Found = Record<string, unknown>;

const NEW = new Headers();
/** Fields of no meaning after decoding. */
/** What only the decoders use between themselves. */
export const SCRATCH: ReadonlySet<string> = new Set([
  'isPlain',
  'next',
  'wireEnd',
  'extensions',
  'tunnelsPending',
  'pendingKind',
  'pendingId',
]);

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
