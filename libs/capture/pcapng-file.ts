import { CAPTURED_BYTES_MAX, type CaptureFormat, type Parsed } from './capture-format.ts';
import { PcapngClock } from './pcapng-clock.ts';
import { BATCH_PACKETS_MAX, type PacketBatch } from './source.ts';

// draft-ietf-opsawg-pcapng: block types (§4), byte-order magic (§4.1), option codes (§3.5, §4.2).
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const END_OF_OPTIONS = 0;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;

const BLOCK_BYTES_MIN = 12;
/** Larger blocks than packets of the largest size with their options are damage. */
const BLOCK_BYTES_MAX = CAPTURED_BYTES_MAX + (1 << 16);
const INTERFACES_MAX = 65_536;

interface Interface {
  readonly linkType: number;
  /** 0 is no limit. */
  readonly snaplen: number;
  readonly clock: PcapngClock;
}

export function isPcapng(magic: number): boolean {
  return magic === SECTION_HEADER;
}

/** pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces of different links and clocks. */
export class PcapngFormat implements CaptureFormat {
  #littleEndian = true;
  #interfaces: Interface[] = [];
  /** Of the last packet: a simple packet block tells no time. */
  #timeUs = 0;
  #timeNs = 0;

  parse(view: DataView, start: number, end: number, batch: PacketBatch): Parsed {
    let at = start;
    while (batch.count < BATCH_PACKETS_MAX && at + BLOCK_BYTES_MIN <= end) {
      // The number reads the same in both byte orders.
      if (view.getUint32(at) === SECTION_HEADER && !this.#section(view, at)) {
        return { at, problem: 'a section header has no byte order' };
      }
      const littleEndian = this.#littleEndian;
      const bytes = view.getUint32(at + 4, littleEndian);
      if (bytes < BLOCK_BYTES_MIN || bytes > BLOCK_BYTES_MAX) return { at, problem: `a block claims ${bytes} bytes` };
      // Some writers leave the padding of the body out of both lengths.
      const padded = (bytes + 3) & ~3;
      if (at + padded > end) break;
      const trailer = view.getUint32(at + padded - 4, littleEndian);
      if (trailer !== bytes) return { at, problem: `a block of ${bytes} bytes says ${trailer} at its end` };
      const problem = this.#block(view.getUint32(at, littleEndian), view, at, at + padded - 4, batch);
      if (problem !== undefined) return { at, problem };
      at += padded;
    }
    return { at };
  }

  /** What was said of interfaces holds no longer. */
  #section(view: DataView, at: number): boolean {
    this.#littleEndian = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
    this.#interfaces = [];
    return view.getUint32(at + 8, this.#littleEndian) === BYTE_ORDER_MAGIC;
  }

  /** @param end of the block's body, before its trailing length */
  #block(type: number, view: DataView, at: number, end: number, batch: PacketBatch): string | undefined {
    switch (type) {
      case INTERFACE_DESCRIPTION:
        return this.#interface(view, at + 8, end);
      case ENHANCED_PACKET:
        if (at + 28 > end) return 'an enhanced packet block is too short';
        return this.#packet(view, view.getUint32(at + 8, this.#littleEndian), at + 12, end, batch);
      case PACKET:
        if (at + 28 > end) return 'a packet block is too short';
        return this.#packet(view, view.getUint16(at + 8, this.#littleEndian), at + 12, end, batch);
      case SIMPLE_PACKET:
        return this.#simplePacket(view, at + 8, end, batch);
      default:
        return undefined;
    }
  }

  #interface(view: DataView, at: number, end: number): string | undefined {
    if (at + 8 > end) return 'an interface description is too short';
    if (this.#interfaces.length === INTERFACES_MAX) return `there are more than ${INTERFACES_MAX} interfaces`;
    const littleEndian = this.#littleEndian;
    let resolution: number | undefined;
    let offsetSeconds = 0n;
    for (let option = at + 8; option + 4 <= end;) {
      const code = view.getUint16(option, littleEndian);
      const length = view.getUint16(option + 2, littleEndian);
      const value = option + 4;
      if (code === END_OF_OPTIONS || value + length > end) break;
      if (code === IF_TSRESOL && length >= 1) resolution = view.getUint8(value);
      if (code === IF_TSOFFSET && length >= 8) offsetSeconds = view.getBigInt64(value, littleEndian);
      option = value + ((length + 3) & ~3);
    }
    this.#interfaces.push({
      linkType: view.getUint16(at, littleEndian),
      snaplen: view.getUint32(at + 4, littleEndian),
      clock: new PcapngClock(resolution, offsetSeconds),
    });
    return undefined;
  }

  /** @param at where the time's upper and lower words, captured and original length stand, then the packet */
  #packet(view: DataView, id: number, at: number, end: number, batch: PacketBatch): string | undefined {
    const littleEndian = this.#littleEndian;
    const from = this.#interfaces[id];
    if (from === undefined) return `a packet comes from interface ${id}, which was not described`;
    const body = at + 16;
    const captured = view.getUint32(at + 8, littleEndian);
    if (captured > end - body) return `a packet claims ${captured} captured bytes`;
    const { clock } = from;
    clock.set(view.getUint32(at, littleEndian), view.getUint32(at + 4, littleEndian));
    this.#timeUs = clock.us;
    this.#timeNs = clock.ns;
    this.#add(batch, from.linkType, body, captured, view.getUint32(at + 12, littleEndian));
    return undefined;
  }

  /** It has no time and no captured length of its own; it gets the time of the packet before it. */
  #simplePacket(view: DataView, at: number, end: number, batch: PacketBatch): string | undefined {
    if (at + 4 > end) return 'a simple packet block is too short';
    const from = this.#interfaces[0];
    if (from === undefined) return 'a simple packet comes before any interface was described';
    const wire = view.getUint32(at, this.#littleEndian);
    const captured = Math.min(wire, end - at - 4, from.snaplen === 0 ? Infinity : from.snaplen);
    this.#add(batch, from.linkType, at + 4, captured, wire);
    return undefined;
  }

  #add(batch: PacketBatch, linkType: number, body: number, captured: number, wire: number): void {
    const { count } = batch;
    batch.timeUs[count] = this.#timeUs;
    batch.timeNs[count] = this.#timeNs;
    batch.offset[count] = body;
    batch.captured[count] = captured;
    batch.wire[count] = Math.max(captured, wire);
    batch.linkType[count] = linkType;
    batch.count = count + 1;
  }
}
