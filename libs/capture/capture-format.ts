import type { PacketBatch } from './source.ts';

/** What came of parsing a window of a capture file. */
export type Parsed =
  /** The batch is full, or the window has no whole packet more. */
  | { readonly at: number }
  /** The file makes no sense from here on. */
  | { readonly at: number; readonly problem: string };

/** A parser of one file format; it keeps what the file has said so far about its packets. */
export interface CaptureFormat {
  /**
   * Adds the whole packets of `view[start, end)` to `batch` until that is full.
   * @returns where to go on: everything before was taken
   */
  parse(view: DataView, start: number, end: number, batch: PacketBatch): Parsed;
}

/** No link has packets as large; a larger length is damage. */
export const CAPTURED_BYTES_MAX = 1 << 24;
