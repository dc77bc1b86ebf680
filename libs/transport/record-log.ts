import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LogEntry, type Meter } from './log-entry.ts';
import { NamedReaders, type NamedReader } from './named-readers.ts';
import { encodeBatch } from '../codec/encode.ts';
import { FrameSplitter } from '../codec/split.ts';
import { makeFolder } from '../core/make-folder.ts';
import type { Batch } from '../record/batch.ts';
import { Spool } from './spool.ts';

export interface KeepOptions {
  /** Where the log goes on when memory is full, and at the end of the program; undefined is nowhere. */
  readonly directory: string | undefined;
  /** Default 64 MiB. */
  readonly memoryBytesMax: number;
  /** Default 1 GiB. */
  readonly diskBytesMax: number;
  /** How long it keeps for a named reader that is away, milliseconds. Default 24 hours. */
  readonly keepMs: number;
}

export const KEEP_DEFAULTS: KeepOptions = {
  directory: undefined,
  memoryBytesMax: 64 << 20,
  diskBytesMax: 2 ** 30,
  keepMs: 24 * 3_600_000,
};

/** What is kept on disk: records, how far readers are, and runs. */
type Kept = 'spool' | 'readers' | 'runs';

/** So much is kept of what came last, while no named reader is known, for the first one that comes. */
const HISTORY_BYTES_MAX = 8 << 20;
/** Batches beyond this are packed at once, into as many frames as it takes. */
const LARGE_BATCH_BYTES = 8 << 20;
const SPOOL = 'spool';
/** New readers are written down at once, but no more often than this, milliseconds. */
const SAVE_MS = 1000;

/**
 * What a server has to say, as one list of batches for all readers, each with a position that only grows. The newest are in
 * memory. What a named reader has not acknowledged stays, first in memory, then on disk; of what goes beyond both, the
 * oldest is given up, and the readers that it was for are told exactly what.
 */
export class RecordLog {
  readonly named: NamedReaders;
  readonly meter: Meter = { bytes: 0 };
  readonly #options: KeepOptions;
  #directory: string | undefined;
  readonly #warn: (message: string) => void;
  readonly #lost: (position: number, entry: LogEntry) => void;
  /** From `#head` on; those before have left. */
  #entries: (LogEntry | undefined)[] = [];
  #head = 0;
  /** Position of the first entry in memory. */
  #start = 0;
  #spool: Spool | undefined;
  /** What the disk did not take when it was last tried. */
  readonly #failing = new Set<Kept>();
  #rows = 0;
  #offset = 0;
  #givenUp = 0;
  /** Entries below this position hold no more than their frame. */
  #settledTo = 0;

  /** @param lost is told of each batch that leaves before everybody who is connected looked at it */
  constructor(
    options: KeepOptions,
    warn: (message: string) => void,
    lost: (position: number, entry: LogEntry) => void,
  ) {
    this.#lost = lost;
    this.#options = options;
    this.#warn = warn;
    this.named = new NamedReaders(options.directory, options.keepMs);
    // No directory is made before there is a reader to keep for.
    const { directory } = options;
    this.#directory = directory;
    if (directory !== undefined && existsSync(join(directory, SPOOL))) this.#spool = this.#openSpool();
    let start = this.#spool?.end ?? 0;
    for (const { acked } of this.named) start = Math.max(start, acked);
    this.#start = start;
  }

  /** The directory that it goes on in is called so by now. */
  moveTo(directory: string): void {
    this.#directory = directory;
    this.named.moveTo(directory);
    this.#spool?.moveTo(join(directory, SPOOL));
  }

  /** Position of the oldest batch that can still be had. */
  get start(): number {
    const spool = this.#spool;
    return spool === undefined || spool.isEmpty ? this.#start : Math.min(spool.start, this.#start);
  }

  /** Position of the oldest batch in memory. */
  get memoryStart(): number {
    return this.#start;
  }

  /** The position that comes next. */
  get end(): number {
    return this.#start + this.#entries.length - this.#head;
  }

  /** Below this position batches are not looked at any more, but only the frames that were made of them. */
  get settled(): number {
    return Math.max(this.#settledTo, this.#start);
  }

  /** About the bytes of everything that was in it. */
  get offset(): number {
    return this.#offset;
  }

  /** Records in it since the start. */
  get rows(): number {
    return this.#rows;
  }

  get spoolBytes(): number {
    return this.#spool?.bytes ?? 0;
  }

  /** Records given up before a named reader had them. */
  get givenUp(): number {
    return this.#givenUp;
  }

  /** Everything below this survives this program, or was acknowledged by every named reader, or given up. */
  get safe(): number {
    const { acked } = this.named;
    if (acked === undefined) return this.end;
    return Math.min(this.end, Math.max(acked, this.#spool?.synced ?? 0));
  }

  /** The reader of this name, for which is kept from now on. */
  meet(name: string, isConnected: (reader: NamedReader) => boolean): NamedReader | undefined {
    const directory = this.#directory;
    if (directory !== undefined) this.attempt('readers', () => void makeFolder(directory, 0o750));
    const isKnown = [...this.named].some((known) => known.name === name);
    const reader = this.named.meet(name, this.start, isConnected);
    // What is kept for it is of use only to a next run that knows of it. Of many new ones `sync` takes care.
    if (!isKnown && this.named.savedAgoMs > SAVE_MS) this.attempt('readers', () => this.named.save());
    return reader;
  }

  append(batch: Batch): void {
    if (batch.buffer.byteLength < LARGE_BATCH_BYTES) return this.#add(LogEntry.ofBatch(batch, this.meter));
    for (const frame of new FrameSplitter().push(encodeBatch(batch))) this.appendFrame(frame);
  }

  /**
   * @param frame whole, its checksum right, in memory of its own
   * @returns what is wrong with it, when it is no batch
   */
  appendFrame(frame: Uint8Array): string | undefined {
    const entry = LogEntry.ofFrame(frame, this.meter);
    if ('problem' in entry) return entry.problem;
    this.#add(entry);
    return undefined;
  }

  /** The batch at a position; undefined when it is not in memory. */
  entryAt(position: number): LogEntry | undefined {
    return position < this.#start ? undefined : this.#entries[this.#head + position - this.#start];
  }

  /** Some batches from a position on that memory does not hold, in order. */
  async read(position: number): Promise<{ readonly position: number; readonly entry: LogEntry }[]> {
    const found = await this.#readSpool(position);
    const meter = { bytes: 0 }; // they are the reader's alone, and few
    return found.flatMap(({ position: at, frame }) => {
      const entry = LogEntry.ofFrame(frame, meter);
      return 'problem' in entry ? [] : [{ position: at, entry }];
    });
  }

  async #readSpool(position: number): ReturnType<Spool['read']> {
    for (;;) {
      try {
        return (await this.#spool?.read(position)) ?? [];
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
        this.#forgetMissing();
      }
    }
  }

  #forgetMissing(): void {
    const missing = this.#spool?.forgetMissing() ?? 0;
    if (missing > 0) this.#warn(`somebody removed ${missing} of the files in ${join(this.#directory ?? '', SPOOL)}; readers that are away lose what was in them`); // prettier-ignore
  }

  /**
   * Lets go of what nobody waits for, and of memory beyond the limit.
   * @param cursor everything below was looked at by every reader that is connected
   */
  trim(cursor: number): void {
    const { acked } = this.named;
    if (acked !== undefined) {
      while (this.#start < Math.min(cursor, acked) && this.#start < this.end) this.#shift();
      this.#spool?.dropBelow(acked);
      if (this.meter.bytes > this.#options.memoryBytesMax) this.#spill(this.#options.memoryBytesMax * 0.75);
    } else {
      this.#spool?.dropBelow(this.#spool.end);
      const bytesMax = Math.min(HISTORY_BYTES_MAX, this.#options.memoryBytesMax);
      while (this.meter.bytes > bytesMax && this.#start < Math.min(cursor, this.end)) this.#shift();
      while (this.meter.bytes > this.#options.memoryBytesMax && this.#start < this.end)
        this.#lost(this.#start, this.#shift());
    }
    const end = Math.min(cursor, this.end);
    for (let position = Math.max(this.#settledTo, this.#start); position < end; position++)
      this.entryAt(position)!.settle();
    this.#settledTo = Math.max(this.#settledTo, end);
  }

  /** Sees to it that what is on disk survives the machine, and remembers how far each reader is. */
  sync(): void {
    if (this.#spool?.isCutOff === true) this.#forgetMissing();
    this.#spool?.sync();
    this.attempt('readers', () => this.named.save());
  }

  /** The program ends: what is kept for readers goes to disk. */
  close(): void {
    const { acked } = this.named;
    if (acked !== undefined && this.#directory !== undefined) {
      this.#spool?.dropBelow(acked);
      while (this.#start < Math.min(acked, this.end)) this.#shift();
      this.#spill(0);
    }
    this.sync();
    this.#spool?.close();
  }

  /** Does what may fail for want of room or rights; says so once, until all that failed works again. */
  attempt(what: Kept, work: () => void): boolean {
    try {
      work();
      if (this.#failing.delete(what) && this.#failing.size === 0) this.#warn(`${this.#directory} can be written again`);
      return true;
    } catch (error) {
      if (!(error instanceof Error) || !('syscall' in error)) throw error;
      if (this.#failing.size === 0) this.#warn(`cannot keep records in ${this.#directory}: ${error.message}; beyond what memory holds, readers that are away lose some`); // prettier-ignore
      this.#failing.add(what);
      return false;
    }
  }

  #add(entry: LogEntry): void {
    if (this.#entries.length === 0 || this.#head > COMPACT_AT) this.#compact();
    entry.offset = this.#offset;
    entry.rowsBefore = this.#rows;
    this.#offset += entry.frameBytes;
    this.#entries.push(entry);
    this.#rows += entry.rows;
  }

  #compact(): void {
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }

  /** Takes the oldest out of memory. */
  #shift(): LogEntry {
    const entry = this.#entries[this.#head]!;
    this.#entries[this.#head] = undefined;
    entry.leave();
    this.#head += 1;
    this.#start += 1;
    return entry;
  }

  /** Moves the oldest from memory to disk, or gives them up. */
  #spill(bytesMax: number): void {
    if (this.#spool === undefined && this.#directory !== undefined) this.#spool = this.#openSpool();
    // Where the disk takes nothing, memory is used to its limit, and at the end whoever sent it has it still.
    let goal = bytesMax;
    while (this.meter.bytes > goal && this.#start < this.end) {
      const position = this.#start;
      const entry = this.entryAt(position)!;
      const isKept =
        this.#spool !== undefined && this.attempt('spool', () => this.#spool?.append(position, entry.frame));
      if (!isKept) goal = this.#options.memoryBytesMax;
      if (!isKept && this.meter.bytes <= goal) break;
      this.#shift();
      if (!isKept) this.#lose(position, entry);
      while (this.spoolBytes > this.#options.diskBytesMax) this.#giveUpOldest();
    }
    this.#spool?.sync();
  }

  #giveUpOldest(): void {
    const meter = { bytes: 0 };
    for (const { position, frame } of this.#spool?.giveUp() ?? []) {
      const entry = LogEntry.ofFrame(frame, meter);
      if (!('problem' in entry)) this.#lose(position, entry);
    }
  }

  #lose(position: number, entry: LogEntry): void {
    const { acked } = this.named;
    if (acked !== undefined && acked <= position) this.#givenUp += entry.rows;
    this.named.giveUp(position, entry);
    this.#lost(position, entry);
  }

  #openSpool(): Spool | undefined {
    const directory = this.#directory;
    if (directory === undefined) return undefined;
    let spool: Spool | undefined;
    this.attempt('spool', () => (spool = Spool.open(join(directory, SPOOL), this.#warn)));
    return spool;
  }
}

const COMPACT_AT = 1024;
