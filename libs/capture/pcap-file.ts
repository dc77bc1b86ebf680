import { CAPTURED_BYTES_MAX, type CaptureFormat, type Parsed } from './capture-format.ts';
import { BATCH_PACKETS_MAX, type PacketBatch } from './source.ts';

/** Length of the file header (draft-ietf-opsawg-pcap §4). */
export const PCAP_HEADER_BYTES = 24;
/** The link type is the low half of its word; FCS length and other flags stand above. */
const LINK_TYPE_MASK = 0xffff;

/** Magic numbers, as a little-endian reader sees them: byte order, unit of the fraction, bytes of a packet header. */
const MAGICS = new Map<
  number,
  { readonly littleEndian: boolean; readonly nanoseconds: boolean; readonly headerBytes: number }
>([
  [0xa1b2c3d4, { littleEndian: true, nanoseconds: false, headerBytes: 16 }],
  [0xd4c3b2a1, { littleEndian: false, nanoseconds: false, headerBytes: 16 }],
  [0xa1b23c4d, { littleEndian: true, nanoseconds: true, headerBytes: 16 }],
  [0x4d3cb2a1, { littleEndian: false, nanoseconds: true, headerBytes: 16 }],
  // Alexey Kuznetsov's patched libpcap: interface, protocol and packet type follow each header.
  [0xa1b2cd34, { littleEndian: true, nanoseconds: false, headerBytes: 24 }],
  [0x34cdb2a1, { littleEndian: false, nanoseconds: false, headerBytes: 24 }],
]);

export function isPcap(magic: number): boolean {
  return MAGICS.has(magic);
}

/** Classic pcap (draft-ietf-opsawg-pcap): both byte orders, micro- and nanoseconds. */
export class PcapFormat implements CaptureFormat {
  readonly #littleEndian: boolean;
  readonly #nanoseconds: boolean;
  readonly #headerBytes: number;
  readonly #linkType: number;

  /** @param header the file's first `PCAP_HEADER_BYTES` bytes, of which `isPcap` holds */
  constructor(header: DataView) {
    const { littleEndian, nanoseconds, headerBytes } = MAGICS.get(header.getUint32(0, true))!;
    this.#littleEndian = littleEndian;
    this.#nanoseconds = nanoseconds;
    this.#headerBytes = headerBytes;
    this.#linkType = header.getUint32(20, littleEndian) & LINK_TYPE_MASK;
  }

  parse(view: DataView, start: number, end: number, batch: PacketBatch): Parsed {
    const littleEndian = this.#littleEndian;
    const headerBytes = this.#headerBytes;
    const nanoseconds = this.#nanoseconds;
    const { timeUs, timeNs, offset, captured, wire, linkType } = batch;
    let count = batch.count;
    let at = start;
    while (count < BATCH_PACKETS_MAX && at + headerBytes <= end) {
      const bytes = view.getUint32(at + 8, littleEndian);
      if (bytes > CAPTURED_BYTES_MAX) {
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
      linkType[count] = this.#linkType;
      count += 1;
      at = body + bytes;
    }
    batch.count = count;
    return { at };
  }
}
