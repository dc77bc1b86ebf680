import type { Socket } from 'node:net';
import { encodeBatch } from '../codec/encode.ts';
import { emptyBatch, FLOW_BATCH, type Batch } from '../record/batch.ts';
import { originKey, type Position } from '../record/ledger.ts';
import { cutBatch, farewellBatch, heartbeatBatch } from './farewell.ts';
import { Losses } from './losses.ts';
import type { LogEntry } from './log-entry.ts';
import type { NamedReader } from './named-readers.ts';
import { Passed } from './passed.ts';
import type { RecordLog } from './record-log.ts';
import type { Wish } from './wish.ts';

/** Bytes handed to the socket ahead of what the kernel has taken. */
const SOCKET_BYTES_MAX = 256 * 1024;
/** Batches looked at for one reader before others have their turn. */
const TURN_ENTRIES = 64;
/** A reader that goes on taking has so many times the patience that one has that takes nothing. */
const PATIENCE_TIMES = 10;

export interface ReaderOptions {
  readonly log: RecordLog;
  readonly wish: Wish;
  /** For whom is kept; undefined for an anonymous reader, who begins with now. */
  readonly named: NamedReader | undefined;
  /** What it has already and need not be sent. */
  readonly have: readonly Position[];
  /** An anonymous reader that is more than this behind loses the oldest half of it. */
  readonly lagBytesMax: number;
}

/**
 * One connected reader: a place in the log that moves on as its socket takes what is there. One that does not keep up
 * delays nobody. If it is named, the log keeps the rest for it; else it loses the oldest, and gap frames tell exactly
 * which record numbers those were.
 */
export class Reader {
  readonly named: NamedReader | undefined;
  readonly #socket: Socket;
  readonly #log: RecordLog;
  readonly #wish: Wish;
  readonly #have: ReadonlyMap<string, number>;
  readonly #lagBytesMax: number;
  readonly #losses: Losses;
  readonly #passed = new Passed();
  #cursor: number;
  /** What is after the cursor on disk, as far as it was read. */
  #fromDisk: { readonly position: number; readonly entry: LogEntry }[] = [];
  #reading = false;
  #waitingSinceMs: number | undefined;
  #lastWriteMs = performance.now();
  #dropped = 0;
  #sentRecords = 0;
  #sentFrames = 0;
  /** For each frame that was not acknowledged, everything below which position is done with it; named readers only. */
  readonly #unacked: number[] = [];
  #ackedFrames = 0;
  #onDone: (() => void) | undefined;

  constructor(socket: Socket, { log, wish, named, have, lagBytesMax }: ReaderOptions) {
    this.#socket = socket;
    this.#log = log;
    this.#wish = wish;
    this.named = named;
    this.#have = new Map(have.map(({ origin, end }) => [originKey(origin), end]));
    this.#lagBytesMax = lagBytesMax;
    this.#losses = named?.losses ?? new Losses();
    this.#cursor = named?.acked ?? log.end;
    socket.on('drain', () => {
      this.#waitingSinceMs = undefined;
      this.pump();
    });
  }

  get address(): string {
    return this.#socket.remoteAddress ?? 'unknown';
  }

  /** For messages. */
  get who(): string {
    const where = `${this.address} port ${this.#socket.remotePort ?? 0}`;
    return this.named === undefined ? where : `${this.named.name} (${where})`;
  }

  /** Records in memory that it did not look at. */
  get queuedRecords(): number {
    const entry = this.#log.entryAt(Math.max(this.#cursor, this.#log.memoryStart));
    return entry === undefined ? 0 : this.#log.rows - entry.rowsBefore;
  }

  /** Position of the next batch that it looks at. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Records that it lost because it did not keep up. */
  get dropped(): number {
    return this.#dropped;
  }

  get sentRecords(): number {
    return this.#sentRecords;
  }

  /** Since when its socket takes nothing, by `performance.now()`. */
  get waitingSinceMs(): number | undefined {
    return this.#waitingSinceMs;
  }

  /** About the bytes that it is behind, in memory, with those that its socket did not take. */
  get queuedBytes(): number {
    return this.#lagBytes + this.#socket.writableLength;
  }

  /** Sends what is small and belongs to no record of the log. */
  send(bytes: Uint8Array): void {
    this.#lastWriteMs = performance.now();
    this.#socket.write(bytes);
  }

  /** Sends a frame out of turn. */
  sendFrame(frame: Uint8Array): void {
    this.#written(frame, 0);
  }

  /** Sends on what the socket takes. */
  pump(): void {
    const socket = this.#socket;
    if (this.#waitingSinceMs !== undefined || this.#reading || socket.destroyed) return;
    socket.cork();
    let turn = 0;
    while (socket.writableLength < SOCKET_BYTES_MAX && turn < TURN_ENTRIES) {
      const entry = this.#next();
      this.#sayLosses();
      if (entry === undefined) break;
      this.#sendEntry(entry);
      turn += 1;
    }
    socket.uncork();
    if (socket.writableNeedDrain) this.#waitingSinceMs = performance.now();
    else if (turn === TURN_ENTRIES) setImmediate(() => this.pump());
    if (this.#cursor === this.#log.end && !this.#reading) this.#onDone?.();
  }

  /** An anonymous reader that is too far behind goes on half as far behind. */
  catchUp(): void {
    if (this.named !== undefined || this.#cursor >= this.#log.end) return;
    if (this.#lagBytes <= this.#lagBytesMax) return;
    while (this.#lagBytes > this.#lagBytesMax / 2 && this.#cursor < this.#log.end - 1) {
      const entry = this.#log.entryAt(this.#cursor);
      if (entry === undefined) return;
      this.miss(this.#cursor, entry);
    }
  }

  /** A batch leaves the log before this reader looked at it. */
  miss(position: number, entry: LogEntry): void {
    if (this.named !== undefined || position < this.#cursor) return;
    this.#cursor = position + 1;
    this.#dropped += entry.rows;
    if (!this.#losses.note(position, entry)) this.#socket.destroy();
  }

  /** About how many bytes it is behind. */
  get #lagBytes(): number {
    const entry = this.#log.entryAt(Math.max(this.#cursor, this.#log.memoryStart));
    return entry === undefined ? 0 : this.#log.offset - entry.offset;
  }

  /** Accounts for what was filtered out, and shows that the server is there if nothing else did for `quietMs`. */
  flush(quietMs: number): void {
    if (this.#waitingSinceMs !== undefined) return;
    for (const batch of this.#passed.takeAll()) this.#say(batch);
    if (performance.now() - this.#lastWriteMs >= quietMs) this.#say(heartbeatBatch());
  }

  /** It has the first `frames` of all frames that it was sent. @returns false when there were never so many */
  acknowledge(frames: number): boolean {
    if (frames > this.#sentFrames) return false;
    const count = frames - this.#ackedFrames;
    const position = this.#unacked[count - 1];
    if (this.named === undefined || count <= 0 || position === undefined) return true;
    this.#unacked.splice(0, count);
    this.#ackedFrames = frames;
    this.#log.named.acknowledge(this.named, position);
    return true;
  }

  /** Sends what waits, says farewell with the reason, and ends. One that takes nothing for `patienceMs` is cut, any other after ten times that. */
  async end(reason: string, patienceMs: number): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const closed = new Promise((resolve) => socket.once('close', resolve)); // `once` would throw what breaks the connection
    this.#onDone = () => {
      this.#onDone = undefined;
      this.#sayLosses();
      for (const batch of this.#passed.takeAll()) this.#say(batch);
      this.#say(farewellBatch(reason));
      socket.end();
    };
    this.pump();
    const timer = this.#cutWhenIdle(patienceMs);
    await closed;
    clearInterval(timer);
  }

  /** It is looked for twice, since what stood still may have been this process. */
  #cutWhenIdle(patienceMs: number): NodeJS.Timeout {
    const taken = (): string => [this.#cursor, this.#ackedFrames, this.#socket.writableLength].join();
    let [before, idle, looks] = [taken(), 0, 0];
    return setInterval(() => {
      const now = taken();
      idle = now === before ? idle + 1 : 0;
      before = now;
      looks += 1;
      if (idle === 2 || looks === 2 * PATIENCE_TIMES) this.#socket.destroy();
    }, patienceMs / 2);
  }

  /** Ends at once, with the reason if the socket takes it. */
  cut(reason: string): void {
    if (this.#waitingSinceMs !== undefined) this.#socket.destroy();
    else {
      this.#say(cutBatch(reason));
      this.#socket.destroySoon();
    }
  }

  #next(): LogEntry | undefined {
    if (this.#cursor >= this.#log.end) return undefined;
    const inMemory = this.#log.entryAt(this.#cursor);
    if (inMemory !== undefined) {
      this.#cursor += 1;
      return inMemory;
    }
    for (let found; (found = this.#fromDisk.shift()) !== undefined;) {
      if (found.position < this.#cursor) continue;
      this.#cursor = found.position + 1;
      return found.entry;
    }
    void this.#read();
    return undefined;
  }

  async #read(): Promise<void> {
    this.#reading = true;
    try {
      this.#fromDisk = await this.#log.read(this.#cursor);
      // What is neither on disk nor in memory was given up, which the losses say.
      if (this.#fromDisk.length === 0)
        this.#cursor = Math.max(this.#cursor, Math.min(this.#log.memoryStart, this.#log.end));
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : undefined);
    } finally {
      this.#reading = false;
    }
    this.pump();
  }

  #sendEntry(entry: LogEntry): void {
    const { origin, first, covers } = entry;
    const had = this.#have.size === 0 ? undefined : this.#have.get(originKey(origin));
    if (had !== undefined && first + covers <= had && covers > 0) return;
    const { frame, rows } = entry.answerTo(this.#wish);
    if (frame === undefined && this.named !== undefined) {
      // Whoever acknowledges has to be told of every batch in its turn.
      return this.#say(emptyBatch(FLOW_BATCH, origin, first, first + covers));
    }
    const before = frame === undefined ? this.#passed.note(entry) : this.#passed.take(origin);
    if (before !== undefined) this.#say(before);
    if (frame !== undefined) this.#written(frame, rows);
  }

  /** Sends what is no record, to those who understand it. */
  #say(batch: Batch): void {
    if (this.#wish.encode === undefined) this.#written(encodeBatch(batch), 0);
  }

  #written(frame: Uint8Array, rows: number): void {
    this.send(frame);
    this.#sentRecords += rows;
    this.#sentFrames += 1;
    if (this.named !== undefined) this.#unacked.push(this.#cursor);
  }

  /** Of what lies behind it. */
  #sayLosses(): void {
    for (const gap of this.#losses.takeBelow(this.#cursor)) this.#sayLoss(gap);
  }

  #sayLoss(gap: Batch): void {
    const note = this.named === undefined ? 'the reader did not keep up' : 'there was no more room to keep them';
    this.#say({ ...gap, note });
  }
}
