import { encodeBatch } from '../codec/encode.ts';
import { HEADER_BYTES, readHeader } from '../codec/format.ts';
import { Zones } from '../codec/zones.ts';
import type { UnknownColumn } from '../record/batch.ts';
import {
  ENTRY_BYTES,
  INDEX_COLUMN,
  INDEX_END_BYTES,
  INDEX_MAGIC,
  indexChecksum,
  INDEXED_FIELDS,
  INDEXED_FRAMES_MAX,
  TELLS_TIMES,
} from './frame-index.ts';
import { saidOfFile } from './is-note.ts';

/** To look at the heads of fewer frames takes no time. */
const FRAMES_LEAST = 64;
/** Kind code of byte strings, in a column's directory entry. */
const BYTES_KIND = 8;

/** Gathers what the index at the end of a file says, while frames are written to it. */
export class IndexWriter {
  readonly #start: number;
  #end: number;
  #view = new DataView(new ArrayBuffer(FRAMES_LEAST * ENTRY_BYTES));
  #frames = 0;

  /** @param start where in the file the first frame will lie; of frames before it the index says nothing */
  constructor(start: number) {
    this.#start = this.#end = start;
  }

  /** @param bytes whole frames, which are written behind those before */
  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const next = at + HEADER_BYTES + readHeader(bytes, at).bodyBytes;
      this.#add(bytes.subarray(at, next));
      at = next;
    }
    this.#end += bytes.length;
  }

  #add(frame: Uint8Array): void {
    const at = this.#frames++ * ENTRY_BYTES;
    if (this.#frames > INDEXED_FRAMES_MAX) return;
    if (at + ENTRY_BYTES > this.#view.byteLength) this.#grow();
    const { kind, flags, envelopeBytes } = readHeader(frame, 0);
    const zones = flags === 0 ? Zones.of(frame, envelopeBytes) : undefined;
    this.#view.setUint32(at, frame.length, true);
    this.#view.setUint8(at + 4, kind);
    this.#view.setUint8(at + 5, zones === undefined ? 0 : TELLS_TIMES);
    for (const [i, field] of INDEXED_FIELDS.entries()) {
      const { least, greatest } = zones?.range(field) ?? { least: Infinity, greatest: -Infinity };
      this.#view.setFloat64(at + 8 + 16 * i, least, true);
      this.#view.setFloat64(at + 16 + 16 * i, greatest, true);
    }
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#view.byteLength);
    larger.set(new Uint8Array(this.#view.buffer));
    this.#view = new DataView(larger.buffer);
  }

  /**
   * The frame with the index, behind which the file is to end; undefined where an index is not worth having or would be too large.
   * @param beside what the frame holds beside it
   */
  frame(beside: readonly UnknownColumn[] = []): Uint8Array | undefined {
    if (this.#frames < FRAMES_LEAST || this.#frames > INDEXED_FRAMES_MAX) return undefined;
    // The frame's length does not depend on what the index says of it.
    const { length } = frameOf([...beside, this.#column(0)]);
    return frameOf([...beside, this.#column(this.#end + length)]);
  }

  #column(fileBytes: number): UnknownColumn {
    const bytes = this.#index(fileBytes);
    return { entry: [INDEX_COLUMN, BYTES_KIND, [bytes.length], bytes.length, 0], bytes };
  }

  #index(fileBytes: number): Uint8Array {
    const entries = this.#frames * ENTRY_BYTES;
    const index = new Uint8Array(entries + INDEX_END_BYTES);
    index.set(new Uint8Array(this.#view.buffer, 0, entries));
    const view = new DataView(index.buffer);
    view.setFloat64(entries, this.#start, true);
    view.setFloat64(entries + 8, fileBytes, true);
    view.setUint32(entries + 16, this.#frames, true);
    view.setUint32(entries + 20, INDEX_MAGIC, true);
    view.setUint32(entries + 24, indexChecksum(view), true);
    return index;
  }
}

/** Not compressed, so that the file ends with the last of the columns as it is. */
function frameOf(columns: readonly UnknownColumn[]): Uint8Array {
  return encodeBatch(saidOfFile(columns), { isPacked: false });
}
