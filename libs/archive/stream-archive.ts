import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeFrame } from '../codec/decode.ts';
import { encodeBatch } from '../codec/encode.ts';
import { readHeader } from '../codec/format.ts';
import { GAP_BATCH, type Batch } from '../record/batch.ts';
import { OriginLedger } from '../record/ledger.ts';
import { copyRows } from '../record/select.ts';
import { NO_CHECKPOINT, readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint.ts';
import { FilePool } from './file-pool.ts';
import type { SplitterSettings } from './filing.ts';
import { Journal, type JournalFrame } from './journal.ts';
import { OpenFiles, place, syncFolder, type FinishObserver, type Finishing } from './open-files.ts';
import type { Patience } from './patience.ts';
import { RangeSet } from '../record/range-set.ts';
import { RecordSplitter } from './splitter.ts';

export interface StreamArchiveSettings extends Omit<SplitterSettings, 'files' | 'resume'> {
  /** Where the journal and the checkpoint are kept. */
  readonly folder: string;
  readonly patience: Pick<Patience, 'attempt' | 'isStuck'>;
  readonly report: (message: string) => void;
  /** Told of each finished file, again at each start until `programDone`; undefined where no program runs for them. */
  readonly finished: ((path: string) => void) | undefined;
  /** Told once that nothing more is taken, for a reason that does not pass. */
  readonly failed: () => void;
  /** When the journal has more bytes, files are finished that have the oldest records, though they are not whole. */
  readonly journalBytesMax: number;
  /** What is appended to the journal waits for the disk so long at most, milliseconds, */
  readonly syncMs: number;
  /** or until it is so much. */
  readonly syncBytes: number;
  readonly segmentBytes?: number;
}

/** A batch of a stream, the frame that it came in, and how to tell the sender that it is in safe keeping. */
export interface Arrival {
  readonly batch: Batch;
  readonly bytes: Uint8Array;
  acknowledge(): void;
}

/** Figures of an archive, for whoever watches it. */
export interface ArchiveStats {
  /** Since the start of the process. */
  readonly records: number;
  readonly bytes: number;
  /** Frames that had come before. */
  readonly doubles: number;
  /** Records that went to files of latecomers. */
  readonly late: number;
  /** Records that are known to be lost. */
  readonly lost: number;
  readonly journalBytes: number;
  readonly filesOpen: number;
  readonly filesFinished: number;
  /** Between the newest record and now, seconds; undefined before the first. */
  readonly lagSeconds: number | undefined;
  /** The disk is full, or fails otherwise. */
  readonly isStuck: boolean;
}

/**
 * Keeps a stream of records in files, each record once, whatever happens in between: what comes is in the journal before it is
 * acknowledged, and leaves it when it is in a finished file.
 */
export class StreamArchive implements FinishObserver {
  readonly #settings: StreamArchiveSettings;
  readonly #journal: Journal;
  readonly #files: OpenFiles;
  readonly #pool = new FilePool();
  readonly #splitter: RecordSplitter;
  readonly #ledger: OriginLedger;
  /** Rows of the journal that are in finished files. */
  readonly #done: RangeSet;
  #programs: Set<string>;
  #finishing: Checkpoint['finishing'] = [];
  #isRecovering = true;
  #unacknowledged: Arrival[] = [];
  #unacknowledgedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: unknown;
  #isTicking = false;
  /** Something is to be saved that can wait. */
  #hasNews = false;
  #records = 0;
  #bytes = 0;
  #doubles = 0;
  #lost = 0;
  #finished = 0;
  /** What changes the archive happens one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * Goes on where an earlier run stopped, however it did: afterwards all records that it had are in finished files, or in files that
   * are being filled again.
   */
  static async open(settings: StreamArchiveSettings): Promise<StreamArchive> {
    const journal = await Journal.open(join(settings.folder, 'journal'), settings.segmentBytes);
    const saved = await readCheckpoint(checkpointPath(settings)).catch((error: unknown) => {
      if (!(error instanceof SyntaxError)) throw error;
      settings.report(`${checkpointPath(settings)} is damaged: the journal is filed again, and there may be doubles`);
      return NO_CHECKPOINT;
    });
    const archive = new StreamArchive(settings, journal, saved);
    await archive.#recover(saved);
    return archive;
  }

  private constructor(settings: StreamArchiveSettings, journal: Journal, saved: Checkpoint) {
    const { attempt } = settings.patience;
    this.#settings = settings;
    this.#journal = journal;
    this.#ledger = OriginLedger.from(saved.ledger);
    this.#done = RangeSet.from(saved.done);
    this.#programs = new Set(saved.programs);
    const sorts = settings.mode.kind === 'time';
    this.#files = new OpenFiles({
      pool: this.#pool,
      sorts,
      appends: false,
      holdsNames: false,
      observer: this,
      attempt,
    });
    this.#splitter = new RecordSplitter({ ...settings, files: this.#files, resume: saved.position });
  }

  /** Which records were had, as the ledger has it. */
  get ledger(): unknown {
    return this.#ledger.toJSON();
  }

  get stats(): ArchiveStats {
    const { newestUs, late } = this.#splitter;
    return {
      records: this.#records,
      bytes: this.#bytes,
      doubles: this.#doubles,
      late,
      lost: this.#lost,
      journalBytes: this.#journal.bytes,
      filesOpen: this.#files.count,
      filesFinished: this.#finished,
      lagSeconds: Number.isFinite(newestUs) ? Math.max(0, (this.#settings.nowUs() - newestUs) / 1e6) : undefined,
      isStuck: this.#settings.patience.isStuck,
    };
  }

  /**
   * Takes what came; it is acknowledged when it is on the disk.
   * @throws what went wrong for good, now or before
   */
  take(arrival: Arrival): Promise<void> {
    return this.#inTurn(async () => {
      const standing = this.#ledger.take(arrival.batch);
      if (standing.kind === 'double') {
        this.#doubles += 1;
        this.#unacknowledged.push(arrival);
        this.#syncSoon();
        return;
      }
      const isPart = standing.kind === 'part' && arrival.batch.covers > 0;
      const { batch, bytes } = isPart ? newPart(arrival, standing.from) : arrival;
      const ordinal = await this.#settings.patience.attempt(() => this.#journal.append(bytes, batch.rows));
      this.#unacknowledged.push(arrival);
      this.#unacknowledgedBytes += bytes.length;
      this.#bytes += bytes.length;
      if (batch.kind === GAP_BATCH) this.#lost += batch.covers;
      else this.#records += batch.rows;
      if (this.#unacknowledgedBytes >= this.#settings.syncBytes) await this.#sync();
      else this.#syncSoon();
      if (isEmpty(batch)) this.#done.add(ordinal);
      else await this.#splitter.push(batch, undefined, batch.rows, ordinal);
    });
  }

  /** Closes files for which nothing more is to be waited. To be called about every second. */
  async tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    await this.#inTurn(async () => {
      await this.#splitter.closeDue();
      if (this.#journal.bytes > this.#settings.journalBytesMax) await this.#splitter.finishOldest(16);
      if (this.#hasNews) await this.#settings.patience.attempt(() => this.#save());
    });
    this.#isTicking = false;
  }

  /** The program has run for a file, or never will; noted soon. */
  programDone(path: string): void {
    this.#hasNews = this.#programs.delete(path) || this.#hasNews;
  }

  /** Notes which programs have run since it was closed. */
  async settle(): Promise<void> {
    if (this.#hasNews && this.#failure === undefined) await this.#save();
  }

  /**
   * Closes files whose time is over; the others are gone on with when the archive is opened again.
   * @param finishesAll all files are finished, and none is gone on with
   * @throws what went wrong for good before
   */
  async close(finishesAll = false): Promise<void> {
    clearTimeout(this.#timer);
    try {
      if (this.#failure === undefined) {
        await this.#inTurn(async () => {
          await this.#sync();
          await this.#splitter.closeDue(true);
          await (finishesAll ? this.#splitter.end() : this.#splitter.suspend());
          await this.#save();
        });
      }
    } finally {
      clearTimeout(this.#timer);
      await this.#pool.closeAll();
      await this.#journal.close();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** @package The files are whole: after a crash from here on they get their names, and their records are had. */
  async finishing(files: readonly Finishing[]): Promise<void> {
    for (const { ordinals } of files) this.#done.addAll(ordinals);
    this.#finishing = files.map(({ partPath, path, replaces }) => ({ partPath, path, replaces }));
    const before = this.#programs;
    if (this.#settings.finished !== undefined) this.#programs = new Set([...before, ...files.map(({ path }) => path)]);
    await this.#save();
  }

  /** @package */
  async finished(files: readonly Finishing[]): Promise<void> {
    const wished = new Set(this.#finishing.map(({ path }) => path));
    this.#finishing = [];
    for (const path of wished) this.#programs.delete(path);
    if (this.#settings.finished !== undefined) for (const { path } of files) this.#programs.add(path);
    await this.#save();
    if (!this.#isRecovering) await this.#journal.removeDone(this.#done);
    this.#finished += files.length;
    for (const { path, records, late } of files) {
      if (late) this.#settings.report(`${path}: ${records} records that came late`);
      this.#settings.finished?.(path);
    }
  }

  async #recover(saved: Checkpoint): Promise<void> {
    const { patience, report, finished } = this.#settings;
    for (const file of saved.finishing) {
      const path = await patience.attempt(() => place(file));
      await patience.attempt(() => syncFolder(dirname(path)));
      if (path !== file.path && this.#programs.delete(file.path)) this.#programs.add(path);
    }
    let ordinal = 0;
    let refiled = 0;
    for await (const frame of this.#journal.frames(report)) {
      ordinal = frame.startsAt ?? ordinal;
      const { rows, refiled: added } = await this.#refile(frame, ordinal);
      ordinal += rows;
      refiled += added;
    }
    const past = this.#done.ranges.at(-1);
    await this.#journal.resume(Math.max(ordinal, past === undefined ? 0 : past[0] + past[1]));
    this.#splitter.forgetResumed();
    this.#isRecovering = false;
    await patience.attempt(() => this.#save());
    await this.#journal.removeDone(this.#done);
    if (refiled > 0) report(`${refiled} records of unfinished files were filed again`);
    for (const path of this.#programs) {
      if (finished !== undefined && existsSync(path)) finished(path);
      else this.#programs.delete(path);
    }
  }

  /** Files those rows of a frame again that are in no finished file. */
  async #refile({ bytes }: JournalFrame, ordinal: number): Promise<{ rows: number; refiled: number }> {
    const rows = Math.max(readHeader(bytes, 0).rows, 1);
    const isDone = this.#done.hasAll(ordinal, rows);
    const decoded = decodeFrame(bytes, { verified: true, ...(isDone && { fields: new Set() }) });
    if ('problem' in decoded) {
      this.#settings.report(`${rows} records of the journal cannot be read: ${decoded.problem}`);
      this.#done.add(ordinal, rows);
      return { rows, refiled: 0 };
    }
    const { batch } = decoded;
    this.#ledger.take(batch);
    if (isEmpty(batch)) this.#done.add(ordinal);
    if (isDone || isEmpty(batch)) return { rows, refiled: 0 };
    const missing: number[] = [];
    for (let row = 0; row < batch.rows; row++) if (!this.#done.has(ordinal + row)) missing.push(row);
    const chosen = missing.length === batch.rows ? undefined : Uint32Array.from(missing);
    await this.#splitter.push(batch, chosen, missing.length, ordinal);
    return { rows, refiled: missing.length };
  }

  /** After a failure that nothing passes nothing more is done. */
  async #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      if (this.#failure !== undefined) throw this.#failure;
      return action();
    });
    this.#turn = turn.catch((error: unknown) => this.#fail(error));
    return turn;
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#settings.failed();
  }

  #syncSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#sync().catch((error: unknown) => this.#fail(error));
    }, this.#settings.syncMs);
  }

  /** Acknowledges what is on the disk by now. */
  async #sync(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const arrivals = this.#unacknowledged;
    this.#unacknowledged = [];
    this.#unacknowledgedBytes = 0;
    await this.#settings.patience.attempt(() => this.#journal.sync());
    for (const arrival of arrivals) arrival.acknowledge();
  }

  /** The ledger must not know of what the journal may lose. */
  async #save(): Promise<void> {
    this.#hasNews = false;
    await this.#journal.sync();
    await writeCheckpoint(checkpointPath(this.#settings), {
      ledger: this.#ledger.toJSON(),
      done: this.#done.ranges,
      finishing: this.#finishing,
      programs: [...this.#programs],
      position: this.#splitter.position,
    });
  }
}

/** What of a frame was not had; all of it where a filter hides which records these are. */
function newPart(arrival: Arrival, from: number): Pick<Arrival, 'batch' | 'bytes'> {
  const { first, covers, rows } = arrival.batch;
  if (covers !== rows) return arrival;
  const had = from - first;
  const kept = Uint32Array.from({ length: rows - had }, (_, i) => had + i);
  const batch = { ...copyRows(arrival.batch, kept, kept.length), first: from, covers: kept.length };
  return { batch, bytes: encodeBatch(batch) };
}

/** Nothing but record numbers, which the ledger has. */
function isEmpty({ kind, rows }: Batch): boolean {
  return rows === 0 && kind !== GAP_BATCH;
}

function checkpointPath({ folder }: Pick<StreamArchiveSettings, 'folder'>): string {
  return join(folder, 'checkpoint.json');
}
