import { open } from 'node:fs/promises';
import { Frame, type PacketStream } from './frame.ts';
import { pcapBytes, pcapHeader, writePcapPacket } from './pcap.ts';

const BLOCK_BYTES = 1 << 20;

/** What went into a file. */
export interface CaptureTotals {
  readonly packets: number;
  /** On the wire, whatever was kept. */
  readonly wireBytes: number;
}

/** 1 January 2026, 00:00 UTC: when streams in files begin. */
export const CAPTURE_START_US = 1_767_225_600_000_000;

/**
 * Writes a stream to its end as a classic pcap file of Ethernet packets with times in µs.
 * @param options.snapBytes kept of each packet; 96 when absent
 */
export async function writeCapture(
  path: string,
  stream: PacketStream,
  options: { snapBytes?: number; startUs?: number } = {},
): Promise<CaptureTotals> {
  const { snapBytes = 96, startUs = CAPTURE_START_US } = options;
  const block = new Uint8Array(BLOCK_BYTES + pcapBytes(snapBytes));
  const frame = new Frame(new DataView(block.buffer), snapBytes);
  await using file = await open(path, 'w');
  await file.writeFile(pcapHeader(snapBytes));
  let packets = 0;
  let wireBytes = 0;
  while (stream.dueUs !== Infinity) {
    let end = 0;
    while (end < BLOCK_BYTES && stream.dueUs !== Infinity) {
      end = writePcapPacket(stream, frame, end, startUs);
      packets += 1;
      wireBytes += frame.wireBytes;
    }
    await file.writeFile(block.subarray(0, end));
  }
  return { packets, wireBytes };
}
