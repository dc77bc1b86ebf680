/** A packet for a capture file: time, link type by interface, bytes, and its length on the wire when that is more. */
export interface WrittenPacket {
  readonly timeUs: number;
  readonly timeNs?: number;
  readonly bytes: Uint8Array;
  readonly wire?: number;
  /** Index into the interfaces of a pcapng file. */
  readonly from?: number;
}

export interface PcapOptions {
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
  readonly linkType?: number;
  readonly snaplen?: number;
}

/** A classic pcap file. */
export function pcapFile(packets: readonly WrittenPacket[], options: PcapOptions = {}): Uint8Array {
  const { littleEndian = true, nanoseconds = false, linkType = 1, snaplen = 262_144 } = options;
  const out = new ByteWriter(littleEndian);
  out
    .u32(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4)
    .u16(2)
    .u16(4)
    .u32(0)
    .u32(0)
    .u32(snaplen)
    .u32(linkType);
  for (const { timeUs, timeNs = 0, bytes, wire = bytes.length } of packets) {
    const fraction = timeUs % 1e6;
    out.u32(Math.floor(timeUs / 1e6)).u32(nanoseconds ? fraction * 1000 + timeNs : fraction);
    out.u32(bytes.length).u32(wire).bytes(bytes);
  }
  return out.finish();
}

export interface PcapngInterface {
  readonly linkType: number;
  /** `if_tsresol`: 6 is microseconds, 9 nanoseconds, 0x80 + n is 2^-n seconds. */
  readonly resolution?: number;
  /** `if_tsoffset`, seconds. */
  readonly offsetSeconds?: number;
}

/** A pcapng file of one section. */
export function pcapngFile(
  packets: readonly WrittenPacket[],
  interfaces: readonly PcapngInterface[] = [{ linkType: 1 }],
  littleEndian = true,
): Uint8Array {
  const out = new ByteWriter(littleEndian);
  block(out, 0x0a0d0d0a, (body) => body.u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffff_ffff).u32(0xffff_ffff));
  for (const { linkType, resolution, offsetSeconds } of interfaces) {
    block(out, 1, (body) => {
      body.u16(linkType).u16(0).u32(0);
      if (resolution !== undefined) body.u16(9).u16(1).u8(resolution).u8(0).u8(0).u8(0);
      if (offsetSeconds !== undefined) body.u16(14).u16(8).u64(BigInt(offsetSeconds));
      body.u16(0).u16(0);
    });
  }
  block(out, 0x0bad_cafe, (body) => body.u32(1)); // unknown to everybody
  for (const { timeUs, timeNs = 0, bytes, wire = bytes.length, from = 0 } of packets) {
    const { resolution = 6, offsetSeconds = 0 } = interfaces[from]!;
    const perSecond = (resolution & 0x80) === 0 ? 10n ** BigInt(resolution) : 2n ** BigInt(resolution & 0x7f);
    const ns = (BigInt(timeUs) - BigInt(offsetSeconds) * 1_000_000n) * 1000n + BigInt(timeNs);
    const units = (ns * perSecond + 999_999_999n) / 1_000_000_000n;
    block(out, 6, (body) => {
      body
        .u32(from)
        .u32(Number(units >> 32n))
        .u32(Number(units & 0xffff_ffffn))
        .u32(bytes.length)
        .u32(wire)
        .bytes(bytes);
    });
  }
  return out.finish();
}

function block(out: ByteWriter, type: number, fill: (body: ByteWriter) => void): void {
  const body = new ByteWriter(out.littleEndian);
  fill(body);
  body.pad();
  const bytes = body.finish();
  out
    .u32(type)
    .u32(bytes.length + 12)
    .bytes(bytes)
    .u32(bytes.length + 12);
}

export class ByteWriter {
  readonly littleEndian: boolean;
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  u8(value: number): this {
    return this.bytes(Uint8Array.of(value));
  }

  u16(value: number): this {
    return this.#number(2, (view) => view.setUint16(0, value, this.littleEndian));
  }

  u32(value: number): this {
    return this.#number(4, (view) => view.setUint32(0, value, this.littleEndian));
  }

  u64(value: bigint): this {
    return this.#number(8, (view) => view.setBigInt64(0, value, this.littleEndian));
  }

  bytes(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }

  pad(): this {
    while (this.#length % 4 !== 0) this.u8(0);
    return this;
  }

  finish(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }

  #number(size: number, set: (view: DataView) => void): this {
    const view = new DataView(new ArrayBuffer(size));
    set(view);
    return this.bytes(new Uint8Array(view.buffer));
  }
}
