import { fstatSync, readSync } from 'node:fs';
import { HEADER_BYTES, headerProblem, readHeader, startsLikeFrame } from '../../codec/format.ts';

/** How a file of records ends. */
export type Tail =
  /** After a whole frame, or it is empty. */
  | { readonly kind: 'whole' }
  /** Within a frame that begins at `offset`: its writer died. */
  | { readonly kind: 'cut'; readonly offset: number }
  /** At `offset` there is something that is no frame of ours. */
  | { readonly kind: 'foreign'; readonly offset: number };

const WINDOW_BYTES = 1 << 16;

/** Goes from frame to frame by their headers alone. Records after a tail that is not whole would never be read. */
export function tailOf(fd: number): Tail {
  const { size } = fstatSync(fd);
  const window = Buffer.alloc(WINDOW_BYTES);
  let start = 0;
  let end = 0;
  for (let offset = 0; offset < size;) {
    if (offset < start || offset + HEADER_BYTES > end) {
      start = offset;
      end = offset + readSync(fd, window, 0, WINDOW_BYTES, offset);
    }
    const header = window.subarray(offset - start, Math.min(offset - start + HEADER_BYTES, end - start));
    if (!startsLikeFrame(header, 0)) return { kind: 'foreign', offset };
    if (header.length < HEADER_BYTES) return { kind: 'cut', offset };
    const read = readHeader(header, 0);
    if (headerProblem(read) !== undefined) return { kind: 'foreign', offset };
    const next = offset + HEADER_BYTES + read.bodyBytes;
    if (next > size) return { kind: 'cut', offset };
    offset = next;
  }
  return { kind: 'whole' };
}
