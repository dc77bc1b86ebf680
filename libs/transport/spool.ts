import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolder } from '../core/make-folder.ts';
import { FrameSplitter } from '../codec/split.ts';

/** A segment is closed when it has this much. */
const SEGMENT_BYTES = 16 << 20;
/** A place to begin reading at is remembered every so many bytes. */
const MARK_BYTES = 1 << 18;
const READ_BYTES = 1 << 20;
const NAME = /^\d{16}\.records$/;

interface Segment {
  path: string;
  /** Position of its first frame, and of the first behind it. */
  readonly start: number;
  end: number;
  bytes: number;
  /** Frames to begin reading at: position and offset in turn, ascending. */
  readonly marks: number[];
}

/**
 * The frames of a log that memory does not hold, in files of their own: one after the other, as in any record file, the
 * position of the first in the name. Survives the program; a file that a crash cut loses the frame that was cut.
 */
export class Spool {
  #directory: string;
  readonly #segments: Segment[] = [];
  #fd: number | undefined;
  #synced = 0;
  #syncing = false;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * @param warn is told what had to be cut away
   * @throws the system's error when the directory cannot be had
   */
  static open(directory: string, warn: (message: string) => void): Spool {
    makeFolder(directory, 0o750);
    const spool = new Spool(directory);
    const there = readdirSync(directory, { withFileTypes: true });
    const files = there.filter((file) => file.isFile() && NAME.test(file.name)).map(({ name }) => name);
    for (const file of files.sort()) {
      const segment = scan(join(directory, file), Number.parseInt(file, 10), warn);
      if (segment.end > segment.start) spool.#segments.push(segment);
      else rmSync(segment.path, { force: true });
    }
    spool.#synced = spool.end;
    return spool;
  }

  /** The folder of its files is called so by now. */
  moveTo(directory: string): void {
    this.#directory = directory;
    for (const segment of this.#segments) segment.path = join(directory, basename(segment.path));
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  /** Position of the oldest frame that is there. */
  get start(): number {
    return this.#segments[0]?.start ?? 0;
  }

  /** The position behind the newest. */
  get end(): number {
    return this.#segments.at(-1)?.end ?? 0;
  }

  /** All below this position would survive the machine. */
  get synced(): number {
    return this.#synced;
  }

  /** @throws the system's error; what was written in part is taken back */
  append(position: number, frame: Uint8Array): void {
    const segment = this.#segmentFor(position);
    const { bytes } = segment;
    try {
      for (let at = 0; at < frame.length;) at += writeSync(this.#fd!, frame, at, frame.length - at, bytes + at);
    } catch (error) {
      this.#takeBack(segment);
      throw error;
    }
    mark(segment, position);
    segment.bytes += frame.length;
    segment.end = position + 1;
  }

  /** Sees to it that what was appended survives the machine. */
  sync(): void {
    const { end } = this;
    if (this.#fd === undefined || this.#syncing || this.#synced === end) return;
    this.#syncing = true;
    fdatasync(this.#fd, (error) => {
      this.#syncing = false;
      if (error === null) this.#synced = Math.max(this.#synced, end);
    });
  }

  /** Forgets files that somebody removed. @returns how many there were */
  forgetMissing(): number {
    const there = this.#segments.filter(({ path }) => existsSync(path));
    const missing = this.#segments.length - there.length;
    if (this.#segments.at(-1) !== there.at(-1)) this.close();
    this.#segments.splice(0, this.#segments.length, ...there);
    return missing;
  }

  /** Whether what is appended would be lost, since somebody removed the file. */
  get isCutOff(): boolean {
    const last = this.#segments.at(-1);
    return last !== undefined && !existsSync(last.path);
  }

  /**
   * Some frames from `position` on, in order, each with its position.
   * @throws the system's error, such as ENOENT for a file that was removed
   */
  async read(position: number): Promise<{ readonly position: number; readonly frame: Uint8Array }[]> {
    const segment = this.#segments.find(({ end }) => position < end);
    if (segment === undefined) return [];
    const wanted = Math.max(position, segment.start);
    let at = 0;
    while (at + 2 < segment.marks.length && segment.marks[at + 2]! <= wanted) at += 2;
    let [next, offset] = [segment.marks[at]!, segment.marks[at + 1]!];
    const file = await open(segment.path, 'r');
    try {
      const splitter = new FrameSplitter();
      const found: { position: number; frame: Uint8Array }[] = [];
      while (found.length === 0 && offset < segment.bytes && splitter.damage === undefined) {
        const { buffer, bytesRead } = await file.read(new Uint8Array(READ_BYTES), 0, READ_BYTES, offset);
        if (bytesRead === 0) break;
        offset += bytesRead;
        for (const frame of splitter.push(buffer.subarray(0, bytesRead))) {
          if (next >= wanted && next < segment.end) found.push({ position: next, frame: frame.slice() });
          next += 1;
        }
      }
      if (found.length > 0) return found;
    } finally {
      await file.close();
    }
    return this.read(segment.end); // the rest of this one is damaged
  }

  /** Removes the segments that hold nothing from `position` on. */
  dropBelow(position: number): void {
    while (this.#segments.length > 0 && this.#segments[0]!.end <= position) this.#removeOldest();
  }

  /** Removes the oldest segment. @returns its frames, as far as they can be read */
  giveUp(): { readonly position: number; readonly frame: Uint8Array }[] {
    const segment = this.#segments[0];
    if (segment === undefined) return [];
    const frames: { position: number; frame: Uint8Array }[] = [];
    try {
      eachFrame(segment.path, (frame) =>
        frames.push({ position: segment.start + frames.length, frame: frame.slice() }),
      );
    } catch {
      // readers that miss them will say which they were
    }
    this.#removeOldest();
    return frames;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #segmentFor(position: number): Segment {
    const last = this.#segments.at(-1);
    if (last !== undefined && this.#fd !== undefined && last.bytes < SEGMENT_BYTES && last.end === position)
      return last;
    makeFolder(this.#directory, 0o750);
    if (this.#fd !== undefined) {
      fdatasyncSync(this.#fd); // `sync` sees to the newest alone
      this.#synced = Math.max(this.#synced, this.end);
    }
    const path = join(this.#directory, `${String(position).padStart(16, '0')}.records`);
    const fd = openSync(path, 'w', 0o640);
    this.close();
    this.#fd = fd;
    const segment = { path, start: position, end: position, bytes: 0, marks: [] };
    this.#segments.push(segment);
    return segment;
  }

  /** Undoes a write that failed half-way; a segment that holds nothing goes, so that a full disk does not fill with names. */
  #takeBack(segment: Segment): void {
    if (segment.bytes === 0) {
      this.close();
      this.#segments.pop();
    }
    try {
      if (segment.bytes === 0) rmSync(segment.path, { force: true });
      else truncateSync(segment.path, segment.bytes);
    } catch {
      // it is cut at the next start
    }
  }

  #removeOldest(): void {
    const segment = this.#segments.shift();
    if (segment === undefined) return;
    if (this.#segments.length === 0) this.close();
    rmSync(segment.path, { force: true });
  }
}

function mark({ marks, bytes }: Segment, position: number): void {
  if (marks.length === 0 || bytes - marks.at(-1)! >= MARK_BYTES) marks.push(position, bytes);
}

/** What is whole of a file that is there; the rest is cut off. */
function scan(path: string, start: number, warn: (message: string) => void): Segment {
  const segment: Segment = { path, start, end: start, bytes: 0, marks: [] };
  eachFrame(path, (frame) => {
    mark(segment, segment.end);
    segment.bytes += frame.length;
    segment.end += 1;
  });
  const { size } = statSync(path);
  if (size > segment.bytes) {
    warn(`${path} ended within a frame, of which ${size - segment.bytes} bytes were removed`);
    truncateSync(path, segment.bytes);
  }
  return segment;
}

function eachFrame(path: string, take: (frame: Uint8Array) => void): void {
  const fd = openSync(path, 'r');
  try {
    const splitter = new FrameSplitter();
    for (;;) {
      const chunk = new Uint8Array(READ_BYTES);
      const bytes = readSync(fd, chunk);
      if (bytes === 0 || splitter.damage !== undefined) return;
      for (const frame of splitter.push(chunk.subarray(0, bytes))) take(frame);
    }
  } finally {
    closeSync(fd);
  }
}
