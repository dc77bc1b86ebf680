import { UsageError } from '../../core/errors.ts';
import type { Batch } from '../../record/batch.ts';
import { withoutOffset } from '../../record/offset.ts';
import { Reblocker } from '../../record/reblock.ts';
import { selectRows } from '../../record/select.ts';
import type { Output } from '../output.ts';
import { OutputThreads } from './output-threads.ts';
import { openFile, openWhenRead, StreamTarget, type RecordTarget, type SinkListeners } from './record-target.ts';
import type { Sink } from './sink.ts';
import { WRITE_FORMATS, type BatchWriter, type WriteFormat } from './write-formats.ts';
import type { WriteTarget } from '../write-target.ts';

/** Frames that are written at once. */
interface Group {
  readonly frames: Uint8Array[];
  rows: number;
}

/** Most bytes that wait to be written while records are made. */
const AHEAD_BYTES_MAX = 8 << 20;
/** Records wait this long at most for others to share their frame. */
const FILE_WAIT_MS = 1000;
const STREAM_WAIT_MS = 20;

const DEAF: SinkListeners = { warn: () => undefined, info: () => undefined };

/** Appends records to a file, or streams them to standard output, in whole frames or records. */
export class RecordFileSink implements Sink {
  #target: RecordTarget;
  #name: string;
  readonly #format: WriteFormat;
  readonly #writer: BatchWriter;
  readonly #listeners: SinkListeners;
  readonly #waitMs: number;
  readonly #reblocker = new Reblocker();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  /** Frames that go to the target at once when what is being written is done. */
  #waiting: Group | undefined;
  #unwrittenBytes = 0;
  #failure: unknown;
  #taken = 0;
  #written = 0;
  #threads: OutputThreads | undefined;
  #threadsHaveRoom: Promise<void> | undefined;

  private constructor(
    target: RecordTarget,
    { format, path }: WriteTarget,
    writer: BatchWriter,
    listeners: SinkListeners,
  ) {
    this.#target = target;
    this.#name = path === '-' ? 'standard output' : path;
    this.#format = WRITE_FORMATS[format];
    this.#writer = writer;
    this.#listeners = listeners;
    this.#waitMs = path === '-' ? STREAM_WAIT_MS : FILE_WAIT_MS;
  }

  /** @throws {SuiteError} when the file cannot be opened, holds something else than such records, or is a terminal */
  static async open(target: WriteTarget, stdout: Output, listeners: SinkListeners = DEAF): Promise<RecordFileSink> {
    if (target.path === '-' && stdout.isTerminal) {
      const hint = 'Name a file after -w, or pipe them into another command.';
      throw new UsageError('records are not written to a terminal', { hint });
    }
    const format = WRITE_FORMATS[target.format];
    const writer = await format.writer();
    const to = target.path === '-' ? new StreamTarget(stdout) : await openWhenRead(target.path, format, listeners);
    return new RecordFileSink(to, target, writer, listeners);
  }

  /** Records taken that have not been written; after a failed `end`, those that are lost. */
  get unwritten(): number {
    return this.#taken - this.#written;
  }

  /** Batches pushed last that are not encoded yet. */
  get gathering(): number {
    return this.#reblocker.batches;
  }

  push(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    this.#taken += count;
    const written = withoutOffset(batch);
    this.#write(this.#reblocker.push(rows === undefined ? written : selectRows(written, rows, count)));
    this.#timer ??= setTimeout(() => this.#writeLate(), this.#waitMs);
    return this.#writing;
  }

  /**
   * As `push`, for those who make records from files and need not know when they are written.
   * @returns undefined as long as little waits to be written
   */
  pushAhead(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> | undefined {
    const written = this.push(batch, rows, count);
    return this.#unwrittenBytes > AHEAD_BYTES_MAX ? written : undefined;
  }

  /** Starts threads for what `give` takes, as many as there may be. */
  prepare(threads: number): void {
    if (this.#threads !== undefined || threads === 0 || !this.#format.frames) return;
    this.#write(this.#reblocker.flush());
    this.#threads = new OutputThreads({ kind: 'encode' }, threads, (frame, rows) => this.#pushFrame(frame, rows));
  }

  /**
   * As `pushAhead`, of a batch that nobody looks at afterwards: threads may make its frame.
   * @param threads how many there may be
   */
  give(batch: Batch, threads: number): Promise<void> | undefined {
    this.prepare(threads);
    return this.pushAhead(batch, undefined, batch.rows) ?? this.#threadsHaveRoom;
  }

  /**
   * Goes on, between two frames, in the file that has this name by now; standard output stays what it is.
   * @throws {SuiteError} when it cannot be opened; the old file is kept then
   */
  async reopen(path: string): Promise<void> {
    if (this.#failure !== undefined || this.#target instanceof StreamTarget) return;
    this.#write(this.#reblocker.flush());
    this.#waiting = undefined;
    this.#writer.restart();
    const turn = (this.#writing ?? Promise.resolve()).then(async () => {
      const old = this.#target;
      this.#target = await openFile(path, this.#format, this.#listeners);
      this.#name = path;
      try {
        await old.finish();
      } finally {
        await old.close();
      }
    });
    const settled: Promise<void> = turn.then(
      () => this.#settle(settled),
      () => this.#settle(settled),
    );
    this.#writing = settled;
    await turn;
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#failure === undefined) {
      this.#write(this.#reblocker.flush());
      await this.#endThreads();
      this.#writeFrame(this.#writer.end(), 0);
    }
    await this.#threads?.close();
    await this.#writing;
    try {
      if (this.#failure === undefined) await this.#target.finish();
    } finally {
      await this.#target.close();
    }
    if (this.#failure !== undefined) throw this.#failure;
    this.#sayLeftOut();
  }

  async #endThreads(): Promise<void> {
    try {
      await this.#threads?.drain();
    } catch (error) {
      this.#failure ??= error;
    }
  }

  #sayLeftOut(): void {
    const left = [...this.#writer.leftOut].map(([what, count]) => `${count} ${what}`);
    if (left.length > 0) this.#listeners.info(`${this.#name}: no place in this format for ${left.join(', ')}`);
  }

  /** Records have waited long enough for company. */
  #writeLate(): void {
    this.#timer = undefined;
    try {
      this.#write(this.#reblocker.flush());
    } catch (error) {
      this.#failure ??= error; // the next push or the end reports it
    }
  }

  #write(batches: readonly Batch[]): void {
    for (const batch of batches) {
      if (this.#threads === undefined) this.#writeFrame(this.#writer.encode(batch), batch.rows);
      else this.#threadsHaveRoom = this.#threads.push(batch);
    }
  }

  #pushFrame(frame: Uint8Array, rows: number): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    this.#writeFrame(frame, rows);
    return this.#unwrittenBytes > AHEAD_BYTES_MAX ? this.#writing : undefined;
  }

  #writeFrame(frame: Uint8Array, rows: number): void {
    if (frame.length === 0) return;
    this.#unwrittenBytes += frame.length;
    if (this.#waiting !== undefined) {
      this.#waiting.frames.push(frame);
      this.#waiting.rows += rows;
      return;
    }
    const group: Group = { frames: [frame], rows };
    const after = this.#writing;
    if (after !== undefined) this.#waiting = group;
    const written = after === undefined ? this.#writeGroup(group) : after.then(() => this.#writeGroup(group));
    if (written === undefined) return this.#count(group);
    const settled: Promise<void> = written.then(
      () => {
        this.#count(group);
        this.#settle(settled);
      },
      (error: unknown) => {
        this.#failure ??= error;
        this.#settle(settled);
      },
    );
    this.#writing = settled;
  }

  #writeGroup(group: Group): Promise<void> | undefined {
    if (this.#waiting === group) this.#waiting = undefined;
    // Behind a frame that failed, and may be there in part, nothing could be read.
    if (this.#failure !== undefined) throw this.#failure;
    const [first] = group.frames;
    return this.#target.write(group.frames.length === 1 ? first! : Buffer.concat(group.frames));
  }

  #count({ frames, rows }: Group): void {
    this.#written += rows;
    for (const { length } of frames) this.#unwrittenBytes -= length;
  }

  #settle(writing: Promise<void>): void {
    if (this.#writing === writing) this.#writing = undefined;
  }
}
