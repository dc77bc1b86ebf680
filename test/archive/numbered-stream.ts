import { encodeBatch } from '../../libs/codec/encode.ts';
import { FLOW_BATCH, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { batchOf } from '../support/batches.ts';

export const START_US = 1_770_000_000_000_000;

export interface StreamSettings {
  readonly frames: number;
  readonly seed: number;
  /** Seconds from the first record to the last. */
  readonly seconds: number;
  /** Records are this late at most, seconds. */
  readonly disorder?: number;
}

/** A stream of two probes, of which each record, of management too, has a number of its own as its flow id, from 0. */
export function numberedStream({ frames, seed, seconds, disorder = 4 }: StreamSettings): Batch[] {
  const random = new Random(seed);
  const next = { a: 0, b: 0 };
  let number = 0;
  return Array.from({ length: frames }, (_, frame) => {
    const source = random.chance(0.5) ? 'a' : 'b';
    const isManagement = random.chance(0.1);
    const rows = isManagement ? 1 : random.between(1, 60);
    const timeUs = START_US + Math.floor((frame / frames) * seconds * 1e6);
    const batch = batchOf(
      rows,
      {
        flowid: Array.from({ length: rows }, (_row, row) => number + row),
        stime: Array.from({ length: rows }, () => timeUs - random.between(0, disorder * 1e6)),
        ipproto: Array.from({ length: rows }, () => [6, 17, 1][random.between(0, 2)]!),
        etype: Array.from({ length: rows }, () => 0x0800),
      },
      { kind: isManagement ? MANAGEMENT_BATCH : FLOW_BATCH, origin: { source, run: 1 }, first: next[source] },
    );
    number += rows;
    next[source] += rows;
    return batch;
  });
}

export function frameOf(batch: Batch): Uint8Array {
  return encodeBatch(batch);
}
