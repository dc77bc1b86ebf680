import { CAPTURED_BYTES_MAX, type CaptureFormat, type Parsed } from './capture-format.ts';
import { BATCH_PACKETS_MAX, type PacketBatch } from './source.ts';

// draft-ietf-opsawg-pcapng: block types (§4), byte-order magic (§4.1), option codes (§3.5, §4.2).
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;

const BLOCK_BYTES_MIN = 12;
/** Larger blocks than packets of the largest size with their options are damage. */
const BLOCK_BYTES_MAX = CAPTURED_BYTES_MAX + (1 << 16);
const INTERFACES_MAX = 65_536;

interface Interface {
  readonly linkType: number;
  readonly snaplen: number;
  /** Time units in a second. */
  readonly unitsPerSecond: number;
  /** Added to all times, seconds. */
  readonly offsetSeconds: number;
}

export function isPcapng(magic: number): boolean {
  return magic === SECTION_HEADER;
}

/** pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces of different links and clocks. */
export class PcapngFormat implements CaptureFormat {
  #littleEndian = true;
  #interfaces: Interface[] = [];

  parse(view: DataView, start: number, end: number, batch: PacketBatch): Parsed {
    let at = start;
    while (batch.count < BATCH_PACKETS_MAX && at + BLOCK_BYTES_MIN <= end) {
      const isSection = view.getUint32(at, true) === SECTION_HEADER;
      if (isSection) {
        const order = view.getUint32(at + 8, true);
        if (order !== BYTE_ORDER_MAGIC && view.getUint32(at + 8) !== BYTE_ORDER_MAGIC) {
          return { at, problem: 'a section has no byte order' };
        }
        this.#littleEndian = order === BYTE_ORDER_MAGIC;
        this.#interfaces = [];
      }
      const type = view.getUint32(at, this.#littleEndian);
      const bytes = view.getUint32(at + 4, this.#littleEndian);
      const padded = (bytes + 3) & ~3;
      if (bytes < BLOCK_BYTES_MIN || bytes > BLOCK_BYTES_MAX) return { at, problem: `a block claims ${bytes} bytes` };
      if (at + padded > end) break;
      const problem = this.#block(type, view, at, at + bytes - 4, batch);
      if (problem !== undefined) return { at, problem };
      at += padded;
    }
    return { at };
  }

  /** @param end of the block's body, before its trailing length */
  #block(type: number, view: DataView, at: number, end: number, batch: PacketBatch): string | undefined {
    switch (type) {
      case INTERFACE_DESCRIPTION:
        return this.#interface(view, at + 8, end);
      case ENHANCED_PACKET:
        if (at + 28 > end) return 'an enhanced packet block is too short';
        return this.#packet(view, view.getUint32(at + 8, this.#littleEndian), at + 12, at + 28, end, batch);
      case PACKET:
        if (at + 28 > end) return 'a packet block is too short';
        return this.#packet(view, view.getUint16(at + 8, this.#littleEndian), at + 12, at + 28, end, batch);
      case SIMPLE_PACKET:
        return this.#simplePacket(view, at + 8, end, batch);
      default:
        return undefined;
    }
  }

  #interface(view: DataView, at: number, end: number): string | undefined {
    if (at + 8 > end) return 'an interface description is too short';
    if (this.#interfaces.length === INTERFACES_MAX) return 'too many interfaces';
    const littleEndian = this.#littleEndian;
    let unitsPerSecond = 1e6;
    let offsetSeconds = 0;
    for (let option = at + 8; option + 4 <= end;) {
      const code = view.getUint16(option, littleEndian);
      const length = view.getUint16(option + 2, littleEndian);
      const value = option + 4;
      if (code === 0 || value + length > end) break;
      if (code === IF_TSRESOL && length >= 1) {
        const resolution = view.getUint8(value);
        unitsPerSecond =
          (resolution & 0x80) === 0 ? 10 ** Math.min(resolution, 18) : 2 ** Math.min(resolution & 0x7f, 60);
      } else if (code === IF_TSOFFSET && length >= 8) {
        offsetSeconds = Number(view.getBigInt64(value, littleEndian));
      }
      option = value + ((length + 3) & ~3);
    }
    this.#interfaces.push({
      linkType: view.getUint16(at, littleEndian),
      snaplen: view.getUint32(at + 4, littleEndian),
      unitsPerSecond,
      offsetSeconds,
    });
    return undefined;
  }

  /** @param times where the time's upper and lower words, captured and original length stand */
  #packet(
    view: DataView,
    id: number,
    times: number,
    body: number,
    end: number,
    batch: PacketBatch,
  ): string | undefined {
    const from = this.#interfaces[id];
    if (from === undefined) return `a packet comes from interface ${id}, which was not described`;
    const captured = view.getUint32(times + 8, this.#littleEndian);
    if (captured > end - body) return `a packet claims ${captured} captured bytes`;
    const high = view.getUint32(times, this.#littleEndian);
    const low = view.getUint32(times + 4, this.#littleEndian);
    setTime(batch, high, low, from);
    add(batch, from.linkType, body, captured, view.getUint32(times + 12, this.#littleEndian));
    return undefined;
  }

  /** It has no time and no captured length of its own; it keeps the time of the packet before it. */
  #simplePacket(view: DataView, at: number, end: number, batch: PacketBatch): string | undefined {
    const from = this.#interfaces[0];
    if (at + 4 > end) return 'a simple packet block is too short';
    if (from === undefined) return 'a simple packet comes before any interface was described';
    const wire = view.getUint32(at, this.#littleEndian);
    const captured = Math.min(wire, end - at - 4, from.snaplen === 0 ? Infinity : from.snaplen);
    const before = (batch.count + BATCH_PACKETS_MAX - 1) % BATCH_PACKETS_MAX;
    batch.timeUs[batch.count] = batch.timeUs[before]!;
    batch.timeNs[batch.count] = batch.timeNs[before]!;
    add(batch, from.linkType, at + 4, captured, wire);
    return undefined;
  }
}

function add(batch: PacketBatch, linkType: number, body: number, captured: number, wire: number): void {
  const { count } = batch;
  batch.offset[count] = body;
  batch.captured[count] = captured;
  batch.wire[count] = Math.max(captured, wire);
  batch.linkType[count] = linkType;
  batch.count = count + 1;
}

/** A time of 64 bits in units of the interface, as microseconds and nanoseconds. */
function setTime(batch: PacketBatch, high: number, low: number, from: Interface): void {
  const { unitsPerSecond, offsetSeconds } = from;
  const units = high * 2 ** 32 + low;
  let us: number;
  let ns = 0;
  if (unitsPerSecond === 1e6 && units <= Number.MAX_SAFE_INTEGER) us = units;
  else {
    const total = (BigInt(high) << 32n) | BigInt(low);
    const perSecond = BigInt(unitsPerSecond);
    const nanoseconds = ((total % perSecond) * 1_000_000_000n) / perSecond;
    us = Number(total / perSecond) * 1e6 + Number(nanoseconds / 1000n);
    ns = Number(nanoseconds % 1000n);
  }
  batch.timeUs[batch.count] = us + offsetSeconds * 1e6;
  batch.timeNs[batch.count] = ns;
}
