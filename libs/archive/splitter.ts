import { FLOW_BATCH, GAP_BATCH, type Batch } from '../record/batch.ts';
import { startTimes } from '../record/gather.ts';
import { withoutOffset } from '../record/offset.ts';
import { ByFill } from './by-fill.ts';
import { ByTime } from './by-time.ts';
import {
  AHEAD_MAX_US,
  FILES_MAX,
  NO_POSITION,
  type Filing,
  type SplitterPosition,
  type SplitterSettings,
} from './filing.ts';
import { GATHERED_ROWS } from './gathered.ts';
import type { GrowingFile } from './growing-file.ts';

/** Records in memory that wait to be written, bytes. */
const WAITING_BYTES_MAX = 128 << 20;
/** A stream without records for so long is quiet, even with a shorter hold, microseconds. */
const QUIET_MIN_US = 2e6;
/** A file out of its time is closed when nothing came for so long, even with a shorter hold, microseconds. */
const STRAY_IDLE_MIN_US = 5e6;
/** Management records and gaps that wait for a file at most. */
const HOMELESS_MAX = 10_000;

/** Shares a stream of records out among files. */
export class RecordSplitter {
  readonly #settings: SplitterSettings;
  readonly #filing: Filing;
  #newestUs: number;
  #closedUs: number;
  #lastPushUs: number;
  /** The file that the records of each origin went to last. */
  readonly #current = new Map<string, GrowingFile>();
  #last: GrowingFile | undefined;
  #homeless: { readonly batch: Batch; readonly ordinal: number }[] = [];
  #waitingBytes = 0;

  constructor(settings: SplitterSettings) {
    const { newestUs, closedUs } = settings.resume ?? NO_POSITION;
    this.#settings = settings;
    this.#newestUs = newestUs;
    this.#closedUs = closedUs;
    this.#lastPushUs = settings.nowUs();
    const { mode } = settings;
    this.#filing = mode.kind === 'time' ? new ByTime(settings, mode.span) : new ByFill(settings, mode);
    this.#filing.closedUs = closedUs;
  }

  /** Flow records that came too late for their files. */
  get late(): number {
    return this.#filing.late;
  }

  /** Start of the newest record, microseconds since the epoch; -Infinity before the first. */
  get newestUs(): number {
    return this.#newestUs;
  }

  get position(): SplitterPosition {
    const { files } = this.#settings;
    return {
      closedUs: this.#closedUs,
      newestUs: this.#newestUs,
      suffixes: this.#filing.suffixes,
      open: [...files].map(({ settings: { key, path, late } }) => ({ key, path, late })),
    };
  }

  /** Which files were open when an earlier run stopped does not matter any more. */
  forgetResumed(): void {
    this.#filing.forgetResumed();
  }

  /**
   * Takes the first `count` of `rows`; all rows when `rows` is undefined. Its memory is its own from then on.
   * @param ordinal number of the batch's first row, counted from the stream's beginning
   */
  async push(read: Batch, rows: Uint32Array | undefined, count: number, ordinal: number): Promise<void> {
    const batch = withoutOffset(read);
    this.#lastPushUs = this.#settings.nowUs();
    if (batch.kind !== FLOW_BATCH || batch.rows === 0) return this.#pushOther(batch, rows, count, ordinal);
    if (count === 0) return;
    const times = startTimes(batch);
    const chosen =
      rows === undefined ? Array.from({ length: batch.rows }, (_, row) => row) : [...rows.subarray(0, count)];
    const touched = [...(await this.#filing.share(batch, chosen, times, ordinal))];
    const [first] = touched;
    if (first !== undefined) this.#house(first);
    const last = touched.findLast(({ settings: { late } }) => !late);
    for (const file of touched) file.touchedUs = this.#lastPushUs;
    if (last !== undefined) this.#current.set(originKey(batch), (this.#last = last));
    this.#advance(times, chosen);
    await this.#writeSome(touched, batch.buffer.byteLength);
    if (this.#settings.files.count > (this.#settings.filesMax ?? FILES_MAX)) await this.finishOldest(4);
    await this.#finish([...this.#filing.full, ...this.#filing.due(this.#closedUs)]);
  }

  /** Closes what nothing more is to be waited for, by this machine's clock. To be called about every second. */
  async closeDue(isStopping = false): Promise<void> {
    const { holdUs, nowUs, files } = this.#settings;
    if (holdUs === undefined) return;
    const now = nowUs();
    const isQuiet = now - this.#lastPushUs >= Math.max(holdUs, QUIET_MIN_US);
    const idleUs = isStopping ? 0 : Math.max(holdUs, STRAY_IDLE_MIN_US);
    const strays = [...files].filter((file) => file.isStray && now - file.touchedUs >= idleUs);
    const due = isQuiet || isStopping ? this.#filing.due(now - holdUs) : [];
    // No more than that is closed: what servers have kept while they were out of reach is not late.
    for (const { endUs } of due) this.#closedUs = Math.max(this.#closedUs, endUs);
    this.#filing.closedUs = this.#closedUs;
    await this.#finish([...new Set([...this.#filing.full, ...due, ...strays])]);
  }

  /** Everything that began before `endUs` has been pushed: files of times up to then get their names. */
  async closeBefore(endUs: number): Promise<void> {
    await this.#finish([...this.#filing.due(endUs)]);
  }

  /** Everything has been pushed: all files get their names. */
  async end(): Promise<void> {
    const [first] = this.#homeless;
    if (first !== undefined) this.#house(this.#filing.fileAt(first.batch, this.#timeOf(first.batch)));
    await this.#finish([...this.#filing.full, ...this.#settings.files]);
  }

  /** Writes what waits, as far as it can be known; the files keep their temporary names. */
  async suspend(): Promise<void> {
    for (const file of this.#settings.files) await this.#settings.files.write(file, Infinity, 1);
  }

  async #pushOther(batch: Batch, rows: Uint32Array | undefined, count: number, ordinal: number): Promise<void> {
    if (count === 0 && batch.kind !== GAP_BATCH) return;
    const file = this.#current.get(originKey(batch)) ?? this.#last;
    if (file !== undefined) {
      file.take(batch, rows, count, ordinal);
      file.touchedUs = this.#lastPushUs;
      return;
    }
    this.#homeless.push({ batch, ordinal });
    if (this.#homeless.length > HOMELESS_MAX) this.#house(this.#filing.fileAt(batch, this.#timeOf(batch)));
  }

  /** When a batch is from; now, where it does not say so. */
  #timeOf(batch: Batch): number {
    const [timeUs = NaN] = startTimes(batch);
    return Number.isNaN(timeUs) ? this.#settings.nowUs() : timeUs;
  }

  /** Puts what came before there was a file into this one. */
  #house(file: GrowingFile): void {
    for (const { batch, ordinal } of this.#homeless) file.take(batch, undefined, batch.rows, ordinal);
    this.#homeless = [];
  }

  #advance(times: Float64Array, rows: readonly number[]): void {
    const { holdUs, nowUs } = this.#settings;
    const latestUs = nowUs() + AHEAD_MAX_US;
    for (const row of rows) {
      const timeUs = times[row]!;
      if (timeUs > this.#newestUs && timeUs <= latestUs) this.#newestUs = timeUs;
    }
    if (holdUs !== undefined) this.#closedUs = Math.max(this.#closedUs, this.#newestUs - holdUs);
    this.#filing.closedUs = this.#closedUs;
  }

  /** Finishes the files that have the oldest rows, at least one of so many. */
  async finishOldest(part: number): Promise<void> {
    const byAge = Array.from(this.#settings.files, (file) => ({ file, first: firstOf(file) }));
    byAge.sort((a, b) => a.first - b.first);
    await this.#finish(byAge.slice(0, Math.ceil(byAge.length / part)).map(({ file }) => file));
  }

  async #writeSome(touched: readonly GrowingFile[], bytes: number): Promise<void> {
    const { files } = this.#settings;
    for (const file of touched) {
      if (file.waitingRows < file.writeAtRows) continue;
      await files.write(file, this.#closedUs);
      file.writeAtRows = 2 * file.waitingRows + GATHERED_ROWS;
    }
    this.#waitingBytes += bytes;
    if (this.#waitingBytes < WAITING_BYTES_MAX) return;
    this.#waitingBytes = 0;
    for (const file of files) this.#waitingBytes += file.waitingBytes;
    if (this.#waitingBytes < WAITING_BYTES_MAX / 2) return;
    for (const file of files) await files.write(file, Infinity, 1);
    this.#waitingBytes = 0;
  }

  async #finish(files: readonly GrowingFile[]): Promise<void> {
    if (files.length === 0) return;
    const closed = new Set(files);
    for (const [origin, file] of this.#current) if (closed.has(file)) this.#current.delete(origin);
    if (this.#last !== undefined && closed.has(this.#last)) this.#last = undefined;
    await this.#settings.files.finish(files);
    this.#filing.forget(closed);
  }
}

function firstOf({ ordinals }: GrowingFile): number {
  return ordinals.ranges[0]?.[0] ?? Infinity;
}

function originKey({ origin: { source, run } }: Batch): string {
  return `${run} ${source}`;
}
