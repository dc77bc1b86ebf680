import type { Stats } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { encodeBatch } from '../codec/encode.ts';
import { BatchReader } from '../codec/read.ts';
import type { MayHold } from '../codec/zones.ts';
import { FLOW_BATCH, GAP_BATCH, MANAGEMENT_BATCH, type Batch } from '../record/batch.ts';
import { isStop } from '../record/ledger.ts';
import { RecordSorter } from '../sort/record-sorter.ts';
import { noteColumn, noteFrame } from './archive-note.ts';
import type { FinishedFile } from './finished-file.ts';
import { FrameFile } from './frame-file.ts';
import { FullFrames } from './full-frames.ts';
import { IndexWriter } from './index-writer.ts';
import { isNote } from './is-note.ts';
import type { Contents } from './join-notes.ts';
import { SortedApart } from './sorted-apart.ts';
import { surveyFile, type FileSurvey } from './survey-file.ts';

export interface WriteSettings {
  /** Of zstd, 1 to 19. */
  readonly level: number;
  /** Records beyond this much memory wait in temporary files while they are sorted. */
  readonly memoryBytes: number;
  readonly signal: AbortSignal;
}

/** A file that has the records of others, under its temporary name. */
export interface FullFile {
  readonly survey: FileSurvey;
  /** Whether it covers and lacks the same numbers of records as they do, and has as many records of each origin. */
  readonly isSame: boolean;
}

/**
 * Writes the records of some files to a new one, in full frames, those of each origin in the order of their starts. It has the owner and the
 * rights of the first and the time of change of the newest of them, is on the disk, and was looked through.
 * @param files in the order of their times
 * @throws errors of the system
 */
export async function writeFull(
  part: string,
  files: readonly FinishedFile[],
  contents: Contents,
  settings: WriteSettings,
): Promise<FullFile> {
  await rm(part, { force: true }); // of an earlier process with our number
  const apart = new SortedApart(files.map(({ survey }) => survey.coverage));
  await writePart(part, files, { apart, contents, settings });
  const survey = await surveyFile(part, settings.signal);
  return { survey, isSame: survey.problem === undefined && survey.coverage.equals(apart.coverage) };
}

interface Plan {
  readonly apart: SortedApart;
  readonly contents: Contents;
  readonly settings: WriteSettings;
}

async function writePart(part: string, files: readonly FinishedFile[], plan: Plan): Promise<void> {
  await using file = await open(part, 'wx', 0o600);
  const frames = new FrameWriter(file, plan);
  const placed = files.map(({ path, survey }, place) => ({ path, survey, place }));
  await frames.writeOthers(placed);
  for (const group of overlapping(placed)) await frames.writeSorted(group);
  await frames.finish();
  const { uid, gid, mode } = files[0]!.stats;
  const newest = files.map(({ stats }) => stats).reduce((a: Stats, b: Stats) => (a.mtimeMs < b.mtimeMs ? b : a));
  await file.chown(uid, gid).catch(() => undefined); // only root may give files away
  await file.chmod(mode & 0o7777);
  await file.utimes(newest.atime, newest.mtime);
  await file.sync();
}

/** One of the files, and the how manieth it is. */
interface Placed extends Pick<FinishedFile, 'path' | 'survey'> {
  readonly place: number;
}

/** Files that have records of the same time: only these have to be sorted together. */
function overlapping(files: readonly Placed[]): Placed[][] {
  const groups: Placed[][] = [];
  let endUs = -Infinity;
  for (const file of files) {
    const { fromUs, toUs } = file.survey;
    const last = groups.at(-1);
    if (last === undefined || (fromUs !== null && fromUs > endUs)) groups.push([file]);
    else last.push(file);
    endUs = Math.max(endUs, toUs ?? -Infinity);
  }
  return groups;
}

/** Fills frames with records, across files as well. */
class FrameWriter {
  readonly #file: FileHandle;
  readonly #plan: Plan;
  readonly #full: FullFrames;
  readonly #index = new IndexWriter(0);
  #end = 0;

  constructor(file: FileHandle, plan: Plan) {
    this.#file = file;
    this.#plan = plan;
    this.#full = new FullFrames(plan.settings.memoryBytes >> 2);
  }

  /** Writes all but those records of flows that are to be sorted: those of management as they follow each other, the rest as it is. */
  async writeOthers(files: readonly Placed[]): Promise<void> {
    for (const file of files) {
      for await (const batch of this.#batches(file, (_, kind) => kind !== FLOW_BATCH)) {
        if (!canMove(batch) || isStop(batch)) await this.#append(this.#encoded(batch));
        else if (batch.kind === MANAGEMENT_BATCH) await this.#gather(this.#inStretch(batch, file));
      }
    }
    await this.#flush();
  }

  async writeSorted(files: readonly Placed[]): Promise<void> {
    const { memoryBytes, signal } = this.#plan.settings;
    await using sorter = new RecordSorter({ keys: [{ field: 'stime', descending: false }], memoryBytes });
    for (const file of files) {
      for await (const batch of this.#batches(file))
        if (batch.kind === FLOW_BATCH && canMove(batch))
          await sorter.push(this.#inStretch(batch, file), undefined, batch.rows);
    }
    for await (const batch of sorter.sortedBatches()) {
      if (signal.aborted) return;
      await this.#gather(batch);
    }
  }

  async finish(): Promise<void> {
    const { contents, settings } = this.#plan;
    await this.#flush();
    const note = { ...contents, bytes: this.#end, level: settings.level };
    await this.#append(this.#index.frame([noteColumn(note)]) ?? noteFrame(note));
  }

  async *#batches({ path }: Placed, mayHold?: MayHold): AsyncGenerator<Batch> {
    const frames = FrameFile.open(path, { mayHold });
    if (frames === undefined) throw new Error(`${path} has become another file`);
    const { signal } = this.#plan.settings;
    for await (const batch of new BatchReader(frames.chunks(signal), { where: path })) if (!isNote(batch)) yield batch;
  }

  /** Stretches are kept apart as origins are: each is one for the time being. */
  #inStretch(batch: Batch, { place }: Placed): Batch {
    return { ...batch, origin: { source: String(this.#plan.apart.of(place, batch)), run: 0 } };
  }

  async #gather(batch: Batch): Promise<void> {
    for (const filled of this.#full.push(batch)) await this.#writeBack(filled);
  }

  async #flush(): Promise<void> {
    for (const rest of this.#full.flush()) await this.#writeBack(rest);
  }

  async #writeBack(batch: Batch): Promise<void> {
    const origin = this.#plan.apart.originOf(Number(batch.origin.source));
    await this.#append(this.#encoded({ ...batch, origin }));
  }

  #encoded(batch: Batch): Uint8Array {
    return encodeBatch(batch, { level: this.#plan.settings.level, zones: true });
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#index.add(bytes);
    for (let at = 0; at < bytes.length;)
      at += (await this.#file.write(bytes, at, bytes.length - at, this.#end + at)).bytesWritten;
    this.#end += bytes.length;
  }
}

/** Columns of later versions stay with their rows only as long as these stay as they are. */
function canMove({ kind, rows, unknown, note }: Batch): boolean {
  return kind !== GAP_BATCH && rows > 0 && unknown.length === 0 && note === undefined;
}
