import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { AddressFamilies } from '../record/deferred.ts';
import { upperLanes } from './by-family.ts';
import { ChunkReader } from './chunks.ts';
import { decodeNumbers } from './decode-numbers.ts';
import type { Stream } from './directory.ts';
import type { Place } from './plan.ts';

const chunks = new ChunkReader();
const families = new Uint8Array(BATCH_ROWS_MAX);

/**
 * What a column of addresses has beside the last lanes, which are most of it.
 * @param body of the frame
 * @param rows of the frame
 * @returns valid until the next one is asked for; undefined where rows may have no address, or the first lanes do not go by the family
 * @throws FrameProblem, UnknownEncoding
 */
export function familiesIn(
  body: Uint8Array,
  { entry, head, layout, offset }: Place,
  rows: number,
): AddressFamilies | undefined {
  if (layout?.kind !== 'address' || head.form !== 'none' || head.hasCopies) return undefined;
  const [family, a, b, c] = layout.streams as readonly [Stream, Stream, Stream, Stream];
  const upper = upperLanes(a, b, c);
  if (upper === undefined) return undefined;
  chunks.open(body, offset, entry[2], 0);
  decodeNumbers(chunks, family, families, rows);
  return { family: families.subarray(0, rows), upper };
}
