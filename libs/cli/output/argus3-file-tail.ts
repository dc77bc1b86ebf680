import { fstatSync, readSync } from 'node:fs';
import { COOKIE_3, COOKIE_AT, MANAGEMENT_BYTES, RECORD_HEADER_BYTES } from '../../interop/argus3/format.ts';
import type { Tail } from './record-file-tail.ts';

const WINDOW_BYTES = 1 << 18;

/** Goes from record to record by their lengths. Behind one that is cut nothing could be read. */
export function argus3TailOf(fd: number): Tail {
  const { size } = fstatSync(fd);
  const window = Buffer.alloc(Math.min(WINDOW_BYTES, size));
  let start = 0;
  let end = readSync(fd, window, 0, window.length, 0);
  if (size === 0) return { kind: 'whole' };
  if (end < COOKIE_AT + 4 || window.readUInt32BE(COOKIE_AT) !== COOKIE_3) return { kind: 'foreign', offset: 0 };
  if (size < MANAGEMENT_BYTES) return { kind: 'cut', offset: 0 };
  for (let offset = 0; offset < size;) {
    if (offset + RECORD_HEADER_BYTES > end) {
      start = offset;
      end = offset + readSync(fd, window, 0, window.length, offset);
      if (offset + RECORD_HEADER_BYTES > end) return { kind: 'cut', offset };
    }
    const bytes = window.readUInt16BE(offset - start + 2) * 4;
    const next = offset + Math.max(bytes, RECORD_HEADER_BYTES);
    if (next > size) return { kind: 'cut', offset };
    offset = next;
  }
  return { kind: 'whole' };
}
