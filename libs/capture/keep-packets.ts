import type { PacketBatch } from './source.ts';

/**
 * Removes from a batch the packets that `isKept` refuses.
 * @returns how many
 */
export function keepPackets(batch: PacketBatch, isKept: (index: number) => boolean): number {
  const { count, timeUs, timeNs, offset, captured, wire, linkType } = batch;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (!isKept(i)) continue;
    timeUs[kept] = timeUs[i]!;
    timeNs[kept] = timeNs[i]!;
    offset[kept] = offset[i]!;
    captured[kept] = captured[i]!;
    wire[kept] = wire[i]!;
    linkType[kept] = linkType[i]!;
    kept += 1;
  }
  batch.count = kept;
  return count - kept;
}
