import { copyFile, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encodeBatch } from '../codec/encode.ts';
import { makeFolder } from '../core/make-folder.ts';
import { FLOW_BATCH, GAP_BATCH, type Batch } from '../record/batch.ts';
import type { NumberColumn } from '../record/columns.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { numbersOf } from '../record/gather.ts';
import { selectRows } from '../record/select.ts';
import { lastFrame, noteFrame, readNote } from './archive-note.ts';
import type { FilePool, PooledFile } from './file-pool.ts';
import { Gathered, GATHERED_ROWS } from './gathered.ts';
import { HeldName } from './held-name.ts';
import { joinNotes, NOTED_RANGES_MAX, type Contents } from './join-notes.ts';
import { RangeSet } from '../record/range-set.ts';

/** A row is thought to take so many bytes of the file before any was written. */
const ROW_BYTES_GUESS = 40;

export interface GrowingFileSettings {
  /** What its records have in common. */
  readonly key: string;
  /** The name that it is to get. */
  readonly path: string;
  /** The name that it has until then. */
  readonly partPath: string;
  readonly late: boolean;
  /** What its name has in common with those of other times; see `NameTemplate.seriesOf`. */
  readonly series: string;
  /** Records are put in the order of their start times. */
  readonly sorts: boolean;
  /** A file of that name that is there already is gone on with. */
  readonly appends: boolean;
  /** No other process may make a file of that name meanwhile. */
  readonly holdsName: boolean;
}

interface OriginPart {
  readonly source: string;
  readonly run: number;
  records: number;
  readonly ranges: RangeSet;
  readonly lost: RangeSet;
  readonly gathered: Gathered;
}

/** A file under its temporary name, and the records that wait to be written to it. */
export class GrowingFile {
  readonly settings: GrowingFileSettings;
  /** Which rows of the stream it has, counted from the stream's beginning. */
  readonly ordinals = new RangeSet();
  readonly file: PooledFile;
  /** When its time is over, microseconds since the epoch; Infinity where time does not matter. */
  endUs = Infinity;
  /** When a record was last put into it, by the clock of whoever does so. */
  touchedUs = 0;
  /** It is not of the time that the stream is at: nothing but its silence tells that it is whole. */
  isStray = false;
  /** So many rows have to wait before writing is thought of. */
  writeAtRows = GATHERED_ROWS;
  records = 0;
  flows = 0;
  readonly #pool: FilePool;
  readonly #origins = new Map<string, OriginPart>();
  #asTheyCame: Batch[] = [];
  #fromUs = Infinity;
  #toUs = -Infinity;
  #writtenRows = 0;
  /** Frames that were made and could not be written yet. */
  readonly #unwritten: Uint8Array[] = [];
  #name: HeldName | undefined;
  #isPrepared = false;
  #isNoted = false;
  #replaces = false;
  /** What a file that is gone on with says of itself; undefined when it says nothing. */
  #before: Contents | undefined;

  constructor(settings: GrowingFileSettings, pool: FilePool) {
    this.settings = settings;
    this.#pool = pool;
    this.file = { path: settings.partPath, offset: 0 };
  }

  /** Whether records of a file that was there were copied into it. */
  get replaces(): boolean {
    return this.#replaces;
  }

  /** Rows that wait to be written. */
  get waitingRows(): number {
    let rows = 0;
    for (const { gathered } of this.#origins.values()) rows += gathered.rows;
    return rows;
  }

  /** Memory of what waits to be written. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const { gathered } of this.#origins.values()) bytes += gathered.bytes;
    return bytes;
  }

  /** How long the file would be if all was written; a guess. */
  get bytesExpected(): number {
    return this.file.offset + this.waitingRows * this.bytesPerRow;
  }

  get bytesPerRow(): number {
    return this.#writtenRows === 0 ? ROW_BYTES_GUESS : this.file.offset / this.#writtenRows;
  }

  /**
   * Takes the first `count` of `rows`; all rows when `rows` is undefined. A batch without rows is kept as it is.
   * @param ordinal number of the batch's first row, counted from the stream's beginning
   */
  take(batch: Batch, rows: Uint32Array | undefined, count: number, ordinal: number): void {
    const origin = this.#originOf(batch);
    if (batch.kind === GAP_BATCH) origin.lost.add(batch.first, batch.covers);
    this.#noteRows(batch, rows, count, ordinal, origin);
    if (batch.kind !== FLOW_BATCH || (batch.unknown.length > 0 && count === batch.rows)) {
      // Columns of later versions stay with their rows only as long as these stay as they are.
      this.#asTheyCame.push(rows === undefined ? batch : selectRows(batch, rows, count));
      return;
    }
    const chosen = rows === undefined ? batch : selectRows(batch, rows, count);
    origin.gathered.push({ ...chosen, ...spanOf(batch, rows, count), unknown: [] });
  }

  /**
   * Writes what waits and began up to `cutoffUs`, where that is worth a frame.
   * @throws errors of the system; what could not be written waits on
   */
  async write(cutoffUs: number, least = GATHERED_ROWS): Promise<void> {
    await this.#writeAll(this.#takeAsTheyCame());
    for (const { gathered } of this.#origins.values()) {
      if (gathered.rows < least || gathered.rows === 0) continue;
      const { sorts } = this.settings;
      await this.#writeAll(sorts ? gathered.takeSorted(cutoffUs, least) : gathered.takeAll());
    }
  }

  /**
   * Writes all that waits, and what the file is to say of itself; all of it is on the disk then.
   * @throws errors of the system; it may be asked again
   */
  async finish(): Promise<void> {
    if (!this.#isNoted) {
      await this.write(Infinity, 1);
      const isKnown = !this.#replaces || this.#before !== undefined;
      if (isKnown) this.#unwritten.push(noteFrame({ bytes: this.file.offset, ...this.#contents() }));
      this.#isNoted = true;
    }
    await this.#drain();
    await this.#pool.finish(this.file);
  }

  /** Lets other processes make files of its name. */
  giveNameBack(): void {
    this.#name?.giveBack();
  }

  async #writeAll(batches: readonly Batch[]): Promise<void> {
    for (const batch of batches) {
      this.#unwritten.push(encodeBatch(batch, { zones: true }));
      this.#writtenRows += batch.rows;
    }
    await this.#drain();
  }

  async #drain(): Promise<void> {
    for (;;) {
      const [next] = this.#unwritten;
      if (next === undefined) return;
      await this.#prepare();
      await this.#pool.write(this.file, next);
      this.#unwritten.shift();
    }
  }

  async #prepare(): Promise<void> {
    if (this.#isPrepared) return;
    const { path, partPath, appends, holdsName } = this.settings;
    const made = makeFolder(dirname(partPath));
    if (made !== undefined) await syncFolders(dirname(partPath), dirname(made));
    if (holdsName) this.#name ??= HeldName.take(path);
    await rm(partPath, { force: true }); // what a crash left may be a finished file under a second name
    if (appends && (await endsWhole(path))) {
      await copyFile(path, partPath);
      this.file.offset = (await stat(partPath)).size;
      this.#replaces = true;
      this.#before = await readNote(path);
    }
    this.#isPrepared = true;
  }

  #takeAsTheyCame(): Batch[] {
    const batches = this.#asTheyCame;
    this.#asTheyCame = [];
    return batches;
  }

  #originOf({ origin: { source, run } }: Batch): OriginPart {
    const key = `${run} ${source}`;
    let part = this.#origins.get(key);
    if (part === undefined) {
      part = { source, run, records: 0, ranges: new RangeSet(), lost: new RangeSet(), gathered: new Gathered() };
      this.#origins.set(key, part);
    }
    return part;
  }

  #noteRows(batch: Batch, rows: Uint32Array | undefined, count: number, ordinal: number, origin: OriginPart): void {
    if (rows === undefined) this.ordinals.add(ordinal, Math.max(batch.rows, 1));
    else for (let i = 0; i < count; i++) this.ordinals.add(ordinal + rows[i]!);
    if (batch.kind === GAP_BATCH) return;
    this.records += count;
    origin.records += count;
    addNumbers(origin.ranges, batch, rows, count);
    if (origin.ranges.size > 2 * NOTED_RANGES_MAX) origin.ranges.coarsen(NOTED_RANGES_MAX);
    if (batch.kind !== FLOW_BATCH) return;
    this.flows += count;
    const column = batch.columns[STORED_FIELDS.stime.number] as NumberColumn | undefined;
    if (column === undefined) return;
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? i : rows[i]!;
      if (!column.has(row)) continue;
      const timeUs = column.values[row]!;
      if (timeUs < this.#fromUs) this.#fromUs = timeUs;
      if (timeUs > this.#toUs) this.#toUs = timeUs;
    }
  }

  /** Of what was there, too. */
  #contents(): Contents {
    const added = this.#added();
    return this.#before === undefined ? added : joinNotes([added, this.#before]);
  }

  #added(): Contents {
    const hasTimes = this.#toUs >= this.#fromUs;
    return {
      records: this.records,
      from: hasTimes ? this.#fromUs : null,
      to: hasTimes ? this.#toUs : null,
      late: this.settings.late,
      series: this.settings.series,
      origins: [...this.#origins.values()].map(({ source, run, records, ranges, lost }) => {
        ranges.coarsen(NOTED_RANGES_MAX);
        lost.coarsen(NOTED_RANGES_MAX);
        return { source, run, records, ranges: ranges.ranges, lost: lost.ranges };
      }),
    };
  }
}

/** Waits until the names of new folders are on the disk: those from `lowest` up to what is in `highest`. */
async function syncFolders(lowest: string, highest: string): Promise<void> {
  for (let folder = lowest; folder.length >= highest.length; folder = dirname(folder)) {
    await using handle = await open(folder);
    await handle.sync();
    if (folder === dirname(folder)) return;
  }
}

/** Whether there is such a file, and it holds whole frames and nothing else. */
async function endsWhole(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && (await lastFrame(path)) !== undefined;
}

function spanOf(batch: Batch, rows: Uint32Array | undefined, count: number): { first: number; covers: number } {
  return rows === undefined || count === 0 ? batch : numbersOf(batch, rows[0]!, rows[count - 1]!);
}

/** Adds the record numbers of some rows; all that the batch covers where a filter hides which they are. */
function addNumbers(ranges: RangeSet, batch: Batch, rows: Uint32Array | undefined, count: number): void {
  const { first, covers } = batch;
  if (rows === undefined || covers !== batch.rows) ranges.add(first, covers);
  else for (let i = 0; i < count; i++) ranges.add(first + rows[i]!);
}
