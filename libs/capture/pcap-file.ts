import { CAPTURED_BYTES_MAX, type CaptureFormat, type Parsed } from './capture-format.ts';
import { BATCH_PACKETS_MAX, type PacketBatch } from './source.ts';

/** Length of the file header (draft-ietf-opsawg-pcap §4). */
export const PCAP_HEADER_BYTES = 24;
/** The link type is the low half of its word; FCS length and other flags stand above. */
const LINK_TYPE_MASK = 0xffff;
/** Programs have written packets longer than the snap length that they declare, but not longer than this one of libpcap's. */
const USUAL_BYTES_MAX = 262_144;

/** How a file's packet headers are written. */
interface PcapLayout {
  readonly littleEndian: boolean;
  /** The fraction of a second is in nanoseconds, not microseconds. */
  readonly nanoseconds: boolean;
  /** Of the header before each packet. */
  readonly headerBytes: number;
}

/** By magic number, as a little-endian reader sees it. */
const LAYOUTS: ReadonlyMap<number, PcapLayout> = new Map([
  [0xa1b2c3d4, { littleEndian: true, nanoseconds: false, headerBytes: 16 }],
  [0xd4c3b2a1, { littleEndian: false, nanoseconds: false, headerBytes: 16 }],
  [0xa1b23c4d, { littleEndian: true, nanoseconds: true, headerBytes: 16 }],
  [0x4d3cb2a1, { littleEndian: false, nanoseconds: true, headerBytes: 16 }],
  // Alexey Kuznetsov's patched libpcap: interface, protocol and packet type follow each header.
  [0xa1b2cd34, { littleEndian: true, nanoseconds: false, headerBytes: 24 }],
  [0x34cdb2a1, { littleEndian: false, nanoseconds: false, headerBytes: 24 }],
]);

export function isPcap(magic: number): boolean {
  return LAYOUTS.has(magic);
}

/** Classic pcap (draft-ietf-opsawg-pcap): both byte orders, micro- and nanoseconds. */
export class PcapFormat implements CaptureFormat {
  readonly #layout: PcapLayout;
  readonly #linkType: number;
  readonly #capturedMax: number;

  constructor(layout: PcapLayout, linkType: number, snaplen: number) {
    this.#layout = layout;
    this.#linkType = linkType;
    this.#capturedMax = Math.min(Math.max(snaplen, USUAL_BYTES_MAX), CAPTURED_BYTES_MAX);
  }

  /** @param header a file's first `PCAP_HEADER_BYTES` bytes, of which `isPcap` holds */
  static of(header: DataView): PcapFormat {
    const layout = LAYOUTS.get(header.getUint32(0, true))!;
    const { littleEndian } = layout;
    return new PcapFormat(
      layout,
      header.getUint32(20, littleEndian) & LINK_TYPE_MASK,
      header.getUint32(16, littleEndian),
    );
  }

  parse(view: DataView, start: number, end: number, batch: PacketBatch): Parsed {
    const { littleEndian, nanoseconds, headerBytes } = this.#layout;
    const linkOfAll = this.#linkType;
    const capturedMax = this.#capturedMax;
    const { timeUs, timeNs, offset, captured, wire, linkType } = batch;
    let count = batch.count;
    let at = start;
    while (count < BATCH_PACKETS_MAX && at + headerBytes <= end) {
      const bytes = view.getUint32(at + 8, littleEndian);
      if (bytes > capturedMax) {
        batch.count = count;
        return { at, problem: `a packet claims ${bytes} captured bytes` };
      }
      const body = at + headerBytes;
      if (body + bytes > end) break;
      const fraction = view.getUint32(at + 4, littleEndian);
      const fractionUs = nanoseconds ? Math.floor(fraction / 1000) : fraction;
      timeUs[count] = view.getUint32(at, littleEndian) * 1e6 + fractionUs;
      timeNs[count] = nanoseconds ? fraction - fractionUs * 1000 : 0;
      offset[count] = body;
      captured[count] = bytes;
      wire[count] = Math.max(bytes, view.getUint32(at + 12, littleEndian));
      linkType[count] = linkOfAll;
      count += 1;
      at = body + bytes;
    }
    batch.count = count;
    return { at };
  }
}
