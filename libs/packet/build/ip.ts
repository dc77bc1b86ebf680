import { addWords, foldChecksum } from './checksum.ts';
import type { Layer } from './layer.ts';

/** An IPv4 address as its 32-bit number: 10.0.0.1 is `0x0a000001`. */
export type Ipv4 = number;
/** An IPv6 address as four 32-bit numbers: 2001:db8::1 is `[0x20010db8, 0, 0, 1]`. */
export type Ipv6 = readonly [number, number, number, number];

export interface Ipv4Options {
  readonly source: Ipv4;
  readonly destination: Ipv4;
  readonly protocol?: number;
  readonly ttl?: number;
  readonly tos?: number;
  readonly id?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** Bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  /** Options as they lie in the header; padded to a multiple of 4 bytes. */
  readonly options?: readonly number[];
  /** Total length, where it shall not be the true one. */
  readonly totalLength?: number;
}

/** IPv4 (RFC 791 §3.1). */
export function ipv4(o: Ipv4Options): Layer {
  const headerBytes = 20 + Math.ceil((o.options?.length ?? 0) / 4) * 4;
  return {
    headerBytes,
    announced: { etherType: 0x0800, ipProtocol: 4, llcSap: 0x06, pppProtocol: 0x0021, linkType: 228 },
    write(view, offset, end, above) {
      view.setUint8(offset, 0x40 | (headerBytes / 4));
      view.setUint8(offset + 1, o.tos ?? 0);
      view.setUint16(offset + 2, o.totalLength ?? end - offset);
      view.setUint16(offset + 4, o.id ?? 0);
      const flags = (o.dontFragment === true ? 0x4000 : 0) | (o.moreFragments === true ? 0x2000 : 0);
      view.setUint16(offset + 6, flags | ((o.fragmentOffset ?? 0) / 8));
      view.setUint8(offset + 8, o.ttl ?? 64);
      view.setUint8(offset + 9, o.protocol ?? above?.announced.ipProtocol ?? 255);
      view.setUint16(offset + 10, 0);
      view.setUint32(offset + 12, o.source);
      view.setUint32(offset + 16, o.destination);
      for (let at = 20; at < headerBytes; at++) view.setUint8(offset + at, o.options?.[at - 20] ?? 0);
      view.setUint16(offset + 10, foldChecksum(addWords(view, offset, offset + headerBytes, 0)));
    },
    pseudoHeaderSum: (protocol, bytes) => words(o.source) + words(o.destination) + protocol + bytes,
  };
}

export interface Ipv6Options {
  readonly source: Ipv6;
  readonly destination: Ipv6;
  readonly nextHeader?: number;
  readonly hopLimit?: number;
  readonly trafficClass?: number;
  readonly flowLabel?: number;
  /** Payload length, where it shall not be the true one. */
  readonly payloadLength?: number;
}

/** IPv6 (RFC 8200 §3). */
export function ipv6(o: Ipv6Options): Layer {
  return {
    headerBytes: 40,
    announced: { etherType: 0x86dd, ipProtocol: 41, pppProtocol: 0x0057, linkType: 229 },
    write(view, offset, end, above) {
      view.setUint32(offset, 0x60000000 | ((o.trafficClass ?? 0) << 20) | (o.flowLabel ?? 0));
      view.setUint16(offset + 4, o.payloadLength ?? end - offset - 40);
      view.setUint8(offset + 6, o.nextHeader ?? above?.announced.ipProtocol ?? 59);
      view.setUint8(offset + 7, o.hopLimit ?? 64);
      for (let lane = 0; lane < 4; lane++) {
        view.setUint32(offset + 8 + lane * 4, o.source[lane]!);
        view.setUint32(offset + 24 + lane * 4, o.destination[lane]!);
      }
    },
    pseudoHeaderSum: (protocol, bytes) =>
      o.source.reduce((sum, lane) => sum + words(lane), protocol + words(bytes)) +
      o.destination.reduce((sum, lane) => sum + words(lane), 0),
  };
}

function words(lane: number): number {
  return (lane >>> 16) + (lane & 0xffff);
}

/**
 * An extension header of the common form (RFC 8200 §4.3, §4.4, §4.6): hop-by-hop 0, routing 43, destination 60, mobility
 * 135, HIP 139, shim6 140.
 * @param protocol which of them
 * @param body what follows the next-header and length bytes; padded with Pad1 to a multiple of 8
 */
export function ipv6Extension(protocol: number, body: readonly number[] = [], nextHeader?: number): Layer {
  const headerBytes = Math.ceil((2 + body.length) / 8) * 8;
  return {
    headerBytes,
    announced: { ipProtocol: protocol },
    isExtension: true,
    write(view, offset, _end, above) {
      view.setUint8(offset, nextHeader ?? above?.announced.ipProtocol ?? 59);
      view.setUint8(offset + 1, headerBytes / 8 - 1);
      for (let at = 2; at < headerBytes; at++) view.setUint8(offset + at, body[at - 2] ?? 0);
    },
  };
}

/** The fragment header (RFC 8200 §4.5); `fragmentOffset` is in bytes, a multiple of 8. */
export function ipv6Fragment(o: {
  id: number;
  fragmentOffset?: number;
  moreFragments?: boolean;
  nextHeader?: number;
}): Layer {
  return {
    headerBytes: 8,
    announced: { ipProtocol: 44 },
    isExtension: true,
    write(view, offset, _end, above) {
      view.setUint8(offset, o.nextHeader ?? above?.announced.ipProtocol ?? 59);
      view.setUint8(offset + 1, 0);
      view.setUint16(offset + 2, (o.fragmentOffset ?? 0) | (o.moreFragments === true ? 1 : 0));
      view.setUint32(offset + 4, o.id);
    },
  };
}

/** AH with a check value of 12 bytes (RFC 4302 §2). */
export function ah(o: { spi: number; sequence?: number; nextHeader?: number }): Layer {
  return {
    headerBytes: 24,
    announced: { ipProtocol: 51 },
    isExtension: true,
    write(view, offset, _end, above) {
      view.setUint8(offset, o.nextHeader ?? above?.announced.ipProtocol ?? 59);
      view.setUint8(offset + 1, 24 / 4 - 2);
      view.setUint16(offset + 2, 0);
      view.setUint32(offset + 4, o.spi);
      view.setUint32(offset + 8, o.sequence ?? 1);
      for (let at = 12; at < 24; at += 4) view.setUint32(offset + at, 0x5a5a5a5a);
    },
  };
}

/** ESP (RFC 4303 §2): its clear part; what follows passes for cipher text. */
export function esp(o: { spi: number; sequence?: number }): Layer {
  return {
    headerBytes: 8,
    announced: { ipProtocol: 50 },
    write(view, offset) {
      view.setUint32(offset, o.spi);
      view.setUint32(offset + 4, o.sequence ?? 1);
    },
  };
}
