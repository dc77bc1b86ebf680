import { BLOCK, BLOCK_READY, FRAME, FRAME_STATUS } from '../../libs/capture/syscalls.ts';

const FIRST_PACKET = BLOCK.headerBytes;
/** Where the kernel puts an Ethernet frame behind its header, so that what is in it is aligned. */
const MAC_OFFSET = 82;
const ALIGNMENT = 16;

/** A packet for a ring, as the kernel would put it there. */
export interface RingPacket {
  readonly bytes: Uint8Array;
  readonly wire?: number;
  readonly seconds?: number;
  readonly nanoseconds?: number;
  /** The tag that the kernel took away. */
  readonly tag?: { readonly tci: number; readonly tpid?: number };
  readonly hardwareType?: number;
  readonly packetType?: number;
}

/** Fills one block of a ring, and hands it over. @returns the offsets of the packets' headers */
export function fillBlock(
  memory: ArrayBuffer,
  shape: { readonly blockBytes: number },
  block: number,
  packets: readonly RingPacket[],
): number[] {
  const start = block * shape.blockBytes;
  const view = new DataView(memory, start, shape.blockBytes);
  const headers: number[] = [];
  let at = FIRST_PACKET;
  for (const packet of packets) {
    headers.push(start + at);
    const bytes = Math.ceil((MAC_OFFSET + packet.bytes.length) / ALIGNMENT) * ALIGNMENT;
    writePacket(view, at, packet, headers.length < packets.length ? bytes : 0);
    at += bytes;
  }
  view.setUint32(BLOCK.packets, packets.length, true);
  view.setUint32(BLOCK.firstPacket, FIRST_PACKET, true);
  view.setUint32(BLOCK.bytes, at, true);
  view.setUint32(BLOCK.status, BLOCK_READY, true);
  return headers;
}

function writePacket(view: DataView, at: number, packet: RingPacket, next: number): void {
  const { bytes, wire = bytes.length, seconds = 0, nanoseconds = 0, tag } = packet;
  view.setUint32(at + FRAME.next, next, true);
  view.setUint32(at + FRAME.seconds, seconds, true);
  view.setUint32(at + FRAME.nanoseconds, nanoseconds, true);
  view.setUint32(at + FRAME.captured, bytes.length, true);
  view.setUint32(at + FRAME.wire, wire, true);
  let status = 1;
  if (tag !== undefined) {
    status |= FRAME_STATUS.vlanValid;
    view.setUint32(at + FRAME.vlanTci, tag.tci, true);
    if (tag.tpid !== undefined) {
      status |= FRAME_STATUS.vlanTpidValid;
      view.setUint16(at + FRAME.vlanTpid, tag.tpid, true);
    }
  }
  view.setUint32(at + FRAME.status, status, true);
  view.setUint16(at + FRAME.mac, MAC_OFFSET, true);
  view.setUint16(at + FRAME.hardwareType, packet.hardwareType ?? 1, true);
  view.setUint8(at + FRAME.packetType, packet.packetType ?? 0);
  new Uint8Array(view.buffer, view.byteOffset + at + MAC_OFFSET, bytes.length).set(bytes);
}

/** Whether a block is the kernel's. */
export function isReturned(memory: ArrayBuffer, shape: { readonly blockBytes: number }, block: number): boolean {
  return new DataView(memory).getUint32(block * shape.blockBytes + BLOCK.status, true) === 0;
}
