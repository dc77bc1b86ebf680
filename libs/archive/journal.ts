import { createReadStream } from 'node:fs';
import { lstat, open, readdir, rm, truncate, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { FrameSplitter } from '../codec/split.ts';
import { makeFolder } from '../core/make-folder.ts';
import type { RangeSet } from '../record/range-set.ts';
import { syncFolder } from './open-files.ts';

/** Bytes of a segment after which another one is begun. */
const SEGMENT_BYTES = 64 << 20;
const NAME = /^(\d{16})\.records$/;
const CHUNK_BYTES = 1 << 20;

/** A frame of the journal. */
export interface JournalFrame {
  /** Valid until the next one is asked for. */
  readonly bytes: Uint8Array;
  /** Number of its first row, counted from the beginning of the stream; undefined behind the first frame of a segment. */
  readonly startsAt: number | undefined;
}

interface Segment {
  readonly path: string;
  /** Number of its first row. */
  readonly first: number;
  bytes: number;
}

/**
 * The frames of a stream as they came, in files that are record files like any other. Rows are counted on from the beginning of
 * the stream, a frame without rows as one; the name of a file is the number of its first row.
 */
export class Journal {
  readonly #folder: string;
  readonly #segmentBytes: number;
  #segments: Segment[];
  /** Number of the next row. */
  #next = 0;
  #file: FileHandle | undefined;
  #unsynced = 0;

  private constructor(folder: string, segments: Segment[], segmentBytes: number) {
    this.#folder = folder;
    this.#segments = segments;
    this.#segmentBytes = segmentBytes;
  }

  /** What an earlier run left is read with `frames` before anything is appended. */
  static async open(folder: string, segmentBytes = SEGMENT_BYTES): Promise<Journal> {
    makeFolder(folder);
    const segments: Segment[] = [];
    for (const name of (await readdir(folder)).sort()) {
      const [, first] = NAME.exec(name) ?? [];
      if (first === undefined) continue;
      const path = join(folder, name);
      const found = await lstat(path);
      if (found.isFile()) segments.push({ path, first: Number(first), bytes: found.size });
    }
    return new Journal(folder, segments, segmentBytes);
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * All frames that are whole, oldest first. What a crash cut off at the end was never acknowledged and is taken away.
   * @param report told of damage by anything else
   */
  async *frames(report: (message: string) => void): AsyncGenerator<JournalFrame> {
    const last = this.#segments.at(-1);
    for (const segment of this.#segments) {
      const splitter = new FrameSplitter();
      let startsAt: number | undefined = segment.first;
      const chunks = createReadStream(segment.path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Uint8Array>;
      for await (const chunk of chunks) {
        for (const bytes of splitter.push(chunk)) {
          yield { bytes, startsAt };
          startsAt = undefined;
        }
        if (splitter.damage !== undefined) break;
      }
      const damage = splitter.end();
      if (damage === undefined) continue;
      if (segment === last && damage.kind === 'cut') {
        await truncate(segment.path, damage.offset);
        segment.bytes = damage.offset;
      } else {
        report(`${segment.path}: ${damage.reason} at byte ${damage.offset}; what follows in this file is lost`);
      }
    }
  }

  /** From here on rows are appended, the first with this number or a higher one. Files without frames go. */
  async resume(nextOrdinal: number): Promise<void> {
    for (const segment of this.#segments.filter(({ bytes }) => bytes === 0)) await unlink(segment.path);
    this.#segments = this.#segments.filter(({ bytes }) => bytes > 0);
    const last = this.#segments.at(-1);
    this.#next = last === undefined ? nextOrdinal : Math.max(nextOrdinal, last.first + 1);
  }

  /**
   * Appends a frame.
   * @returns the number of its first row
   * @throws errors of the system; the journal is as before then
   */
  async append(bytes: Uint8Array, rows: number): Promise<number> {
    const current = this.#segments.at(-1);
    if (this.#file !== undefined && (current?.bytes ?? 0) + bytes.length > this.#segmentBytes) await this.close();
    const { file, segment } = await this.#writable();
    let at = 0;
    while (at < bytes.length) at += (await file.write(bytes, at, bytes.length - at, segment.bytes + at)).bytesWritten;
    segment.bytes += bytes.length;
    this.#unsynced += bytes.length;
    const ordinal = this.#next;
    this.#next += Math.max(rows, 1);
    return ordinal;
  }

  /** Waits until all that was appended is on the disk. */
  async sync(): Promise<void> {
    const unsynced = this.#unsynced;
    const file = this.#file;
    if (file === undefined || unsynced === 0) return;
    await file.datasync();
    this.#unsynced -= unsynced;
  }

  /** Removes the files of which all rows are done, but the one that is being written. */
  async removeDone(done: RangeSet): Promise<void> {
    const last = this.#segments.at(-1);
    const kept: Segment[] = [];
    for (const [i, segment] of this.#segments.entries()) {
      const end = this.#segments[i + 1]?.first ?? this.#next;
      const isCurrent = segment === last && this.#file !== undefined;
      if (!isCurrent && done.hasAll(segment.first, end - segment.first)) await unlink(segment.path);
      else kept.push(segment);
    }
    this.#segments = kept;
  }

  /** Waits until everything is on the disk. */
  async close(): Promise<void> {
    await this.sync();
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** What is written to; each start begins a file of its own, which an earlier one cannot have damaged. */
  async #writable(): Promise<{ file: FileHandle; segment: Segment }> {
    const current = this.#segments.at(-1);
    if (this.#file !== undefined && current !== undefined) return { file: this.#file, segment: current };
    const path = join(this.#folder, `${String(this.#next).padStart(16, '0')}.records`);
    await rm(path, { force: true }); // it may be a link that somebody else put there
    const file = await open(path, 'wx', 0o640);
    await syncFolder(this.#folder);
    const segment = { path, first: this.#next, bytes: 0 };
    this.#file = file;
    this.#segments.push(segment);
    return { file, segment };
  }
}
