import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { promises as timers } from 'node:timers';
import { isIntact } from '../codec/column-checksums.ts';
import {
  checksumMatches,
  FRAME_BYTES_MAX,
  HEADER_BYTES,
  headerProblem,
  readHeader,
  startsLikeFrame,
  type Header,
} from '../codec/format.ts';
import { readHead, type FrameHead, type FramePart } from '../codec/frame-head.ts';
import { columnsNeeded, type Extent, type Needed } from '../codec/keep-columns.ts';
import { decodeFrame } from '../codec/decode.ts';
import { FrameProblem } from '../codec/problem.ts';
import type { Chunk } from '../codec/read.ts';
import { Zones, type MayHold } from '../codec/zones.ts';
import { steadyMs } from '../core/clock.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, GAP_BATCH, type BatchKind } from '../record/batch.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { startTimes } from '../record/gather.ts';
import { behindTheEnd, notABeginning, type ByteRange, type FrameRun } from './byte-range.ts';
import { FileWindow } from './file-window.ts';
import { FrameIndex } from './frame-index.ts';

/** Read at once where frames are taken one after the other, and where they are passed over. */
const READ_BYTES = 1 << 20;
const HEAD_BYTES = 1 << 14;
const STIME = STORED_FIELDS.stime.number;
/** Longest time without a look at what else is going on, milliseconds. */
const TURN_MS = 10;

/** Columns are read alone where no more of their frame than this is wanted. */
const PART_MOST = 0.9;
/** What lies between two columns is read with them where it is no longer. */
const GAP_BYTES = 4096;

/** Some columns of a frame, and how many bytes these are with header and envelope. */
interface Wanted extends Needed {
  readonly head: FrameHead;
  readonly bytes: number;
}

/** What a file holds, and what of it need not be read. */
export interface Survey {
  readonly frames: number;
  readonly bytes: number;
  readonly skippedFrames: number;
  readonly skippedBytes: number;
  /** At the end, of what is no whole frame. */
  readonly restBytes: number;
}

export interface FrameFileOptions {
  /** Undefined for all frames. */
  readonly mayHold?: MayHold | undefined;
  /**
   * Numbers of the fields that are wanted of flow records, undefined for all. Of a frame with checksums of columns only these are read where
   * that saves something.
   */
  readonly fields?: ReadonlySet<number> | undefined;
}

/**
 * The bytes of a file of frames, without those frames of which the zones say that nothing in them is wanted. What is no
 * frame comes as it is, with all that follows, and so does a frame of which something that is wanted is damaged: let `FrameSearch` judge.
 */
export class FrameFile {
  /** Size of the file when it was opened. */
  readonly bytes: number;
  readonly #fd: number;
  readonly #mayHold: MayHold | undefined;
  readonly #fields: ReadonlySet<number> | undefined;
  /** Of a frame that is read in part: its header, its envelope, and what was read of its columns, where they lie. */
  #sparse = new Uint8Array(0);
  readonly #window: FileWindow;
  #skippedBytes = 0;
  #skippedFrames = 0;
  /** Frames are wanted that begin from here on, and before there. */
  #from = 0;
  #stop = Infinity;

  private constructor(fd: number, bytes: number, { mayHold, fields }: FrameFileOptions) {
    this.#fd = fd;
    this.#window = new FileWindow(fd, READ_BYTES, HEADER_BYTES + FRAME_BYTES_MAX);
    this.bytes = bytes;
    this.#mayHold = mayHold;
    this.#fields = fields;
  }

  /**
   * @returns undefined where the path is no regular file, or does not begin with a frame
   * @throws as `fs` does
   */
  static open(path: string, options: FrameFileOptions = {}): FrameFile | undefined {
    // To open a pipe would stop all else until somebody writes to it.
    if (!statSync(path).isFile()) return undefined;
    const fd = openSync(path, 'r');
    const stats = fstatSync(fd);
    const file = new FrameFile(fd, stats.size, options);
    if (stats.isFile() && file.#beginsFrame(0, HEAD_BYTES)) return file;
    closeSync(fd);
    return undefined;
  }

  /**
   * Leaves out frames that begin elsewhere; to be called before anything is read.
   * @param name of the file, for messages
   * @throws {InputError} where no frame begins at the start of the range; the file is closed then
   */
  within({ start, stop }: ByteRange, name: string): this {
    try {
      if (start >= this.bytes) throw behindTheEnd(name, start, this.bytes);
      for (let at = 0; at < start;) {
        const next = at + lengthOf(this.#headerAt(at, HEAD_BYTES));
        if (next > start || next === at) throw notABeginning(name, 'frame', start, [at, Math.min(next, this.bytes)]);
        at = next;
      }
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
    return this.at({ start, stop });
  }

  /** As `within`, where it is known that a frame begins at the start of the range. */
  at({ start, stop }: ByteRange): this {
    this.#from = this.#skippedBytes = start;
    this.#stop = stop;
    return this;
  }

  /** First bytes of the file; to be asked before `chunks`. */
  get beginning(): Uint8Array {
    return this.#window.at(0, HEADER_BYTES).slice();
  }

  /** Bytes of the file that did not come: in front, of frames that were passed over, of frames that were read in part. */
  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  get skippedFrames(): number {
    return this.#skippedFrames;
  }

  /** Looks at the heads of all frames alone, and closes the file. */
  survey(): Survey {
    const found = { frames: 0, bytes: 0, skippedFrames: 0, skippedBytes: 0, restBytes: 0 };
    try {
      for (let at = this.#from; ;) {
        const header = at < this.#stop ? this.#headerAt(at, HEAD_BYTES) : undefined;
        const bytes = lengthOf(header);
        if (header === undefined || at + bytes > this.bytes) {
          return at < Math.min(this.#stop, this.bytes) ? { ...found, restBytes: this.bytes - at } : found;
        }
        found.frames += 1;
        found.bytes += bytes;
        const wanted = this.#wanted(at, header, HEAD_BYTES);
        if (wanted === 'nothing') found.skippedFrames += 1;
        found.skippedBytes += wanted === 'all' ? 0 : wanted === 'nothing' ? bytes : bytes - wanted.bytes;
        at += bytes;
      }
    } finally {
      closeSync(this.#fd);
    }
  }

  /** Looks at the heads of frames, and at those whole that are small, for when their records begin; closes the file. */
  pieces(): FrameRun[] {
    const runs: FrameRun[] = [];
    let run = { start: this.#from, rows: 0, leastUs: Infinity };
    const end = (at: number, stop = at): void => {
      // Of gaps alone there is no time.
      const leastUs = run.leastUs === Infinity ? -Infinity : run.leastUs;
      if (stop > run.start) runs.push({ range: { start: run.start, stop }, leastUs });
      run = { start: at, rows: 0, leastUs: Infinity };
    };
    try {
      let at = this.#from;
      let last = at;
      for (
        let header;
        at < this.#stop && (header = this.#headerAt(at, HEAD_BYTES)) !== undefined;
        at += lengthOf(header)
      ) {
        last = at;
        const wanted = this.#wanted(at, header, HEAD_BYTES) !== 'nothing';
        if (!wanted || run.rows + header.rows > BATCH_ROWS_MAX) end(at);
        if (!wanted) run.start = at + lengthOf(header);
        else run = { ...run, rows: run.rows + header.rows, leastUs: Math.min(run.leastUs, this.#leastUs(at, header)) };
      }
      const isDamaged = at < Math.min(this.bytes, this.#stop);
      // The frame before what is none may be shorter than it says. Of all that follows nothing is known.
      end(isDamaged ? Math.max(run.start, last) : at);
      if (isDamaged) end(at, this.#stop);
      return runs;
    } finally {
      closeSync(this.#fd);
    }
  }

  /** When the first of a frame's records begins; -Infinity where it does not say so. */
  #leastUs(at: number, header: Header): number {
    const { kind, envelopeBytes, bodyBytes, flags } = header;
    if (kind === GAP_BATCH) return Infinity;
    const bytes = HEADER_BYTES + envelopeBytes;
    if (flags === 0 && envelopeBytes <= bodyBytes && this.#window.has(at, bytes, bytes)) {
      const range = Zones.of(this.#window.at(at, bytes), envelopeBytes)?.range(STIME);
      if (range?.isComplete === true) return range.least;
    }
    const frameBytes = lengthOf(header);
    if (!this.#window.has(at, frameBytes, frameBytes)) return -Infinity;
    const decoded = decodeFrame(this.#window.at(at, frameBytes), { fields: new Set([STIME]) });
    if ('problem' in decoded) return -Infinity;
    const least = startTimes(decoded.batch).reduce((a, b) => Math.min(a, b), Infinity);
    return least < Infinity ? least : -Infinity;
  }

  /** To be read once; closes the file. Each chunk is valid until the next one is asked for. */
  async *chunks(signal?: AbortSignal): AsyncGenerator<Chunk, void, undefined> {
    let turn = steadyMs();
    try {
      let isWhole = this.#mayHold === undefined && this.#fields === undefined;
      let last = this.#from; // the frame before
      const index = this.#mayHold && FrameIndex.of(this.#fd, this.bytes);
      for (let at = last; at < this.#stop && signal?.aborted !== true;) {
        if (steadyMs() - turn > TURN_MS) {
          await timers.setImmediate();
          turn = steadyMs();
        }
        const passed = index === undefined ? 0 : this.#passed(index, at);
        if (passed > 0) {
          isWhole = false;
          last = at;
          at += passed;
          continue;
        }
        const ahead = isWhole ? READ_BYTES : HEAD_BYTES;
        const header = this.#headerAt(at, ahead);
        if (header === undefined) return yield* this.#damaged(at, isWhole ? at : last);
        const bytes = lengthOf(header);
        const wanted = this.#wanted(at, header, ahead);
        const part = typeof wanted === 'string' ? undefined : this.#partOf(at, bytes, wanted);
        isWhole = wanted !== 'nothing' && part === undefined;
        this.#skippedBytes += isWhole ? 0 : bytes - (part?.bytesRead ?? 0);
        if (part !== undefined) yield part;
        else if (!isWhole) this.#skippedFrames += 1;
        else if (this.#window.has(at, bytes, Math.max(bytes, ahead))) yield this.#window.at(at, bytes);
        else return yield* this.#rest(at);
        last = at;
        at += bytes;
      }
    } finally {
      closeSync(this.#fd);
    }
  }

  /** Length of a frame that need not be looked at, 0 of others. */
  #passed(index: FrameIndex, at: number): number {
    const bytes = index.unwanted(at, this.#mayHold!);
    if (bytes === 0 || at + bytes > this.bytes) return 0;
    this.#skippedBytes += bytes;
    this.#skippedFrames += 1;
    return bytes;
  }

  /** Header of the frame that begins here, undefined where none does. */
  #headerAt(at: number, ahead: number): Header | undefined {
    if (!this.#beginsFrame(at, ahead)) return undefined;
    const header = readHeader(this.#window.at(at, HEADER_BYTES), 0);
    return headerProblem(header) === undefined ? header : undefined;
  }

  #beginsFrame(at: number, ahead: number): boolean {
    return this.#window.has(at, HEADER_BYTES, ahead) && startsLikeFrame(this.#window.at(at, HEADER_BYTES), 0);
  }

  /** What of a frame is to be read. */
  #wanted(at: number, header: Header, ahead: number): 'nothing' | 'all' | Wanted {
    if (this.#mayHold === undefined && this.#fields === undefined) return 'all';
    const { kind, envelopeBytes, bodyBytes, flags } = header;
    if (flags !== 0 || envelopeBytes > bodyBytes) return 'all';
    const bytes = HEADER_BYTES + envelopeBytes;
    if (!this.#window.has(at, bytes, Math.max(bytes, ahead))) return 'all';
    const head = this.#window.at(at, bytes);
    const zones = Zones.of(head, envelopeBytes);
    if (zones === undefined) return 'all';
    if (this.#mayHold?.(zones, kind as BatchKind, at) === false) return 'nothing';
    const frameBytes = lengthOf(header);
    if (this.#fields === undefined || kind !== FLOW_BATCH || at + frameBytes > this.bytes) return 'all';
    const said = headOf(header, head);
    const needed = said && columnsNeeded(said, this.#fields);
    if (said === undefined || needed === undefined) return 'all';
    const wanted = needed.extents.reduce((sum, extent) => sum + extent.bytes, bytes);
    return wanted > frameBytes * PART_MOST ? 'all' : { ...needed, head: { ...said, places: needed.places }, bytes: wanted }; // prettier-ignore
  }

  /** Some columns of a frame; undefined where one of them is damaged. */
  #partOf(at: number, frameBytes: number, { fields, extents, head, bytes: bytesRead }: Wanted): FramePart | undefined {
    if (frameBytes > this.#sparse.length) this.#sparse = new Uint8Array(frameBytes + (frameBytes >> 2));
    const frame = this.#sparse.subarray(0, frameBytes);
    frame.set(this.#window.at(at, HEADER_BYTES + head.header.envelopeBytes));
    const body = frame.subarray(HEADER_BYTES);
    for (const { offset, bytes } of joined(extents)) {
      if (readSync(this.#fd, body, offset, bytes, at + HEADER_BYTES + offset) !== bytes) return undefined;
    }
    for (const { offset, bytes, checksum } of extents)
      if (!isIntact(body.subarray(offset, offset + bytes), checksum)) return undefined;
    return { frame, head, fields, bytesRead };
  }

  /** What is no frame, and all that follows. @param last the frame in front of it where that was not given whole */
  #damaged(at: number, last: number): Generator<Uint8Array, void, undefined> {
    const bytes = at - last;
    if (at >= this.bytes || bytes === 0) return this.#rest(at);
    if (this.#window.has(last, bytes, bytes) && checksumMatches(this.#window.at(last, bytes))) return this.#rest(at);
    // It is shorter than it says, and others may begin in what was taken for a part of it.
    this.#skippedBytes -= bytes - HEADER_BYTES;
    return this.#rest(last + HEADER_BYTES);
  }

  /** All that follows, up to the end of the range. */
  *#rest(from: number): Generator<Uint8Array, void, undefined> {
    for (let at = from; at < this.#stop && this.#window.has(at, 1, READ_BYTES);) {
      const bytes = Math.min(this.#stop, this.#window.end) - at;
      yield this.#window.at(at, bytes);
      at += bytes;
    }
  }
}

/** Bytes of a frame, 0 of none. */
function lengthOf(header: Header | undefined): number {
  return header === undefined ? 0 : HEADER_BYTES + header.bodyBytes;
}

/** The same bytes, and what is little between them, in as few pieces as can be. */
function joined(extents: readonly Extent[]): readonly Pick<Extent, 'offset' | 'bytes'>[] {
  const pieces: { offset: number; bytes: number }[] = [];
  for (const { offset, bytes } of extents) {
    const last = pieces.at(-1);
    if (last !== undefined && offset - (last.offset + last.bytes) <= GAP_BYTES)
      last.bytes = offset + bytes - last.offset;
    else if (bytes > 0) pieces.push({ offset, bytes });
  }
  return pieces;
}

/** @returns undefined where the envelope makes no sense */
function headOf(header: Header, bytes: Uint8Array): FrameHead | undefined {
  try {
    return readHead(header, bytes.subarray(HEADER_BYTES), header.bodyBytes);
  } catch (error) {
    if (error instanceof FrameProblem) return undefined;
    throw error;
  }
}
