import type { PacketBatch } from '../capture/source.ts';
import type { Frame, PacketStream } from './frame.ts';

const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const MAGIC_MICROSECONDS = 0xa1b2_c3d4;
const ETHERNET = 1;

/** The header of a classic pcap file of Ethernet packets with times in µs, little-endian. */
export function pcapHeader(snapBytes: number): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC_MICROSECONDS, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapBytes, true);
  view.setUint32(20, ETHERNET, true);
  return bytes;
}

/** Room that a packet of so many captured bytes takes in a pcap file. */
export function pcapBytes(capturedBytes: number): number {
  return PACKET_HEADER_BYTES + capturedBytes;
}

/**
 * Writes the stream's next packet as a pcap file has it.
 * @param frame its view gets the packet, at `offset`
 * @param startUs when the stream began, in µs since the epoch
 * @returns offset just past it
 */
export function writePcapPacket(stream: PacketStream, frame: Frame, offset: number, startUs: number): number {
  const timeUs = startUs + stream.dueUs;
  frame.offset = offset + PACKET_HEADER_BYTES;
  stream.write(frame);
  writePacketHeader(frame.view, offset, timeUs, frame.capturedBytes, frame.wireBytes);
  return frame.offset + frame.capturedBytes;
}

/** The packets of a batch as a pcap file has them. */
export function pcapRecords(batch: PacketBatch): Uint8Array {
  let length = 0;
  for (let index = 0; index < batch.count; index++) length += pcapBytes(batch.captured[index]!);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (let index = 0; index < batch.count; index++) {
    const captured = batch.captured[index]!;
    writePacketHeader(view, at, batch.timeUs[index]!, captured, batch.wire[index]!);
    const { buffer, byteOffset } = batch.view;
    bytes.set(new Uint8Array(buffer, byteOffset + batch.offset[index]!, captured), at + PACKET_HEADER_BYTES);
    at += pcapBytes(captured);
  }
  return bytes;
}

function writePacketHeader(view: DataView, offset: number, timeUs: number, captured: number, wire: number): void {
  const seconds = Math.floor(timeUs / 1e6);
  view.setUint32(offset, seconds, true);
  view.setUint32(offset + 4, timeUs - seconds * 1e6, true);
  view.setUint32(offset + 8, captured, true);
  view.setUint32(offset + 12, wire, true);
}
