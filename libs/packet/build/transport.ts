import { TCP_FLAG } from '../headers.ts';
import { addWords, foldChecksum } from './checksum.ts';
import type { Layer } from './layer.ts';

export interface TcpOptions {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  /** Bits of `TCP_FLAG`; ACK without it. */
  readonly flags?: number;
  readonly window?: number;
  /** Options as they lie in the header (`tcpOption` makes them); padded to a multiple of 4 bytes. */
  readonly options?: readonly number[];
  /** Data offset in 32-bit words, where it shall not be the true one. */
  readonly dataOffset?: number;
}

/** TCP (RFC 9293 §3.1). */
export function tcp(o: TcpOptions): Layer {
  const headerBytes = 20 + Math.ceil((o.options?.length ?? 0) / 4) * 4;
  return {
    headerBytes,
    announced: { ipProtocol: 6 },
    write(view, offset, end, _above, below) {
      view.setUint16(offset, o.sourcePort);
      view.setUint16(offset + 2, o.destinationPort);
      view.setUint32(offset + 4, o.sequence ?? 0);
      view.setUint32(offset + 8, o.acknowledgement ?? 0);
      view.setUint16(offset + 12, ((o.dataOffset ?? headerBytes / 4) << 12) | (o.flags ?? TCP_FLAG.ack));
      view.setUint16(offset + 14, o.window ?? 65_535);
      view.setUint32(offset + 16, 0);
      for (let at = 20; at < headerBytes; at++) view.setUint8(offset + at, o.options?.[at - 20] ?? 0);
      view.setUint16(offset + 16, transportChecksum(view, offset, end, 6, below));
    },
  };
}

/** TCP options, each as it lies in the header; join them by spreading. */
export const tcpOption = {
  noOperation: [1],
  mss: (bytes: number) => [2, 4, bytes >> 8, bytes & 255],
  windowScale: (shift: number) => [3, 3, shift],
  sackPermitted: [4, 2],
  sack: (left: number, right: number) => [5, 10, ...word(left), ...word(right)],
  timestamp: (value: number, echo: number) => [8, 10, ...word(value), ...word(echo)],
  fastOpen: (cookie: readonly number[]) => [34, 2 + cookie.length, ...cookie],
} as const;

function word(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** UDP (RFC 768). */
export function udp(o: { sourcePort: number; destinationPort: number; length?: number; checksum?: number }): Layer {
  return {
    headerBytes: 8,
    announced: { ipProtocol: 17 },
    write(view, offset, end, _above, below) {
      view.setUint16(offset, o.sourcePort);
      view.setUint16(offset + 2, o.destinationPort);
      view.setUint16(offset + 4, o.length ?? end - offset);
      view.setUint16(offset + 6, 0);
      // A sum of zero is sent as ones, because zero says that there is none.
      view.setUint16(offset + 6, o.checksum ?? (transportChecksum(view, offset, end, 17, below) || 0xffff));
    },
  };
}

/** ICMP (RFC 792); an error's quote is the layers that follow. `rest` is the second word of the header. */
export function icmp(o: { type: number; code?: number; id?: number; sequence?: number }): Layer {
  return {
    headerBytes: 8,
    announced: { ipProtocol: 1 },
    write(view, offset, end) {
      writeIcmp(view, offset, o);
      view.setUint16(offset + 2, foldChecksum(addWords(view, offset, end, 0)));
    },
  };
}

/** ICMPv6 (RFC 4443). */
export function icmp6(o: { type: number; code?: number; id?: number; sequence?: number }): Layer {
  return {
    headerBytes: 8,
    announced: { ipProtocol: 58 },
    write(view, offset, end, _above, below) {
      writeIcmp(view, offset, o);
      view.setUint16(offset + 2, transportChecksum(view, offset, end, 58, below));
    },
  };
}

function writeIcmp(
  view: DataView,
  offset: number,
  o: { type: number; code?: number; id?: number; sequence?: number },
): void {
  view.setUint8(offset, o.type);
  view.setUint8(offset + 1, o.code ?? 0);
  view.setUint16(offset + 2, 0);
  view.setUint16(offset + 4, o.id ?? 0);
  view.setUint16(offset + 6, o.sequence ?? 0);
}

/** IGMPv2 (RFC 2236 §2), or the query of version 3 without sources. */
export function igmp(o: { type: number; code?: number; group?: number }): Layer {
  return {
    headerBytes: 8,
    announced: { ipProtocol: 2 },
    write(view, offset, end) {
      view.setUint8(offset, o.type);
      view.setUint8(offset + 1, o.code ?? 0);
      view.setUint16(offset + 2, 0);
      view.setUint32(offset + 4, o.group ?? 0);
      view.setUint16(offset + 2, foldChecksum(addWords(view, offset, end, 0)));
    },
  };
}

function transportChecksum(
  view: DataView,
  offset: number,
  end: number,
  protocol: number,
  below: Layer | undefined,
): number {
  return foldChecksum(addWords(view, offset, end, below?.pseudoHeaderSum?.(protocol, end - offset) ?? 0));
}

/** UDP-Lite (RFC 3828 §3.1) that covers the whole datagram. */
export function udpLite(o: { sourcePort: number; destinationPort: number }): Layer {
  return {
    headerBytes: 8,
    announced: { ipProtocol: 136 },
    write(view, offset, end, _above, below) {
      view.setUint16(offset, o.sourcePort);
      view.setUint16(offset + 2, o.destinationPort);
      view.setUint32(offset + 4, 0);
      view.setUint16(offset + 6, transportChecksum(view, offset, end, 136, below));
    },
  };
}

/** SCTP's common header (RFC 9260 §3.1), without checksum; chunks follow. */
export function sctp(o: { sourcePort: number; destinationPort: number; tag?: number }): Layer {
  return {
    headerBytes: 12,
    announced: { ipProtocol: 132 },
    write(view, offset) {
      view.setUint16(offset, o.sourcePort);
      view.setUint16(offset + 2, o.destinationPort);
      view.setUint32(offset + 4, o.tag ?? 1);
      view.setUint32(offset + 8, 0);
    },
  };
}

/** One SCTP chunk (RFC 9260 §3.2) with a zero body of `bodyBytes`, padded to a multiple of 4. */
export function sctpChunk(type: number, bodyBytes: number): Layer {
  const headerBytes = 4 + Math.ceil(bodyBytes / 4) * 4;
  return {
    headerBytes,
    announced: {},
    write(view, offset) {
      view.setUint16(offset, type << 8);
      view.setUint16(offset + 2, 4 + bodyBytes);
      for (let at = 4; at < headerBytes; at += 4) view.setUint32(offset + at, 0);
    },
  };
}

/** A DCCP request (RFC 4340 §5.1, §5.2) without checksum. */
export function dccp(o: { sourcePort: number; destinationPort: number; dataOffset?: number }): Layer {
  return {
    headerBytes: 20,
    announced: { ipProtocol: 33 },
    write(view, offset) {
      view.setUint16(offset, o.sourcePort);
      view.setUint16(offset + 2, o.destinationPort);
      view.setUint8(offset + 4, o.dataOffset ?? 5);
      for (let at = 5; at < 20; at++) view.setUint8(offset + at, 0);
      view.setUint8(offset + 8, 1);
    },
  };
}
