import { Readable } from 'node:stream';
import { openCaptureFile, type OpenCaptureOptions } from '../../libs/capture/open-capture.ts';
import type { SourceDamage } from '../../libs/capture/source.ts';

export interface ReadPacket {
  readonly timeUs: number;
  readonly timeNs: number;
  readonly wire: number;
  readonly linkType: number;
  readonly hex: string;
}

/** All packets of a capture given as bytes, which arrive in pieces of `pieceBytes`. */
export async function readCapture(
  bytes: Uint8Array,
  pieceBytes = bytes.length,
  options: OpenCaptureOptions = {},
): Promise<{ packets: ReadPacket[]; damage: SourceDamage | null; filtered: number }> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  const source = await openCaptureFile('-', { ...options, stdin: Readable.from(pieces, { objectMode: true }) });
  const packets: ReadPacket[] = [];
  for (let batch = await source.next(); batch !== null; batch = await source.next()) {
    for (let i = 0; i < batch.count; i++) {
      const { view } = batch;
      packets.push({
        timeUs: batch.timeUs[i]!,
        timeNs: batch.timeNs[i]!,
        wire: batch.wire[i]!,
        linkType: batch.linkType[i]!,
        hex: Buffer.from(view.buffer, view.byteOffset + batch.offset[i]!, batch.captured[i]).toString('hex'),
      });
    }
  }
  await source.close();
  return { packets, damage: source.damage, filtered: source.counters.filtered };
}
