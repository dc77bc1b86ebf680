import { existsSync } from 'node:fs';
import { compileFilter, type Filter } from '../filter/compile.ts';
import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { FILES_MAX, type Filing, type SplitterSettings } from './filing.ts';
import type { GrowingFile } from './growing-file.ts';
import type { SplitMode } from './split-mode.ts';
import { suffixOf } from './suffix.ts';

/** A file is full when so little of its size is left, as a part of it: frames cannot be cut to measure. */
const LEFT_OVER = 0.05;
/** Part of what is left of a file's size that is filled at once, since it is not known what records take. */
const FILL = 0.7;
/** Fewest records that are put into a file at once, so that frames do not get too small. */
const ROWS_MIN = 64;

/** Files that are followed by another one when they are full, or when a certain record comes. */
export class ByFill implements Filing {
  readonly late = 0;
  closedUs = -Infinity;
  readonly #settings: SplitterSettings;
  readonly #mode: Exclude<SplitMode, { kind: 'time' }>;
  readonly #filter: Filter | undefined;
  readonly #matches = new Uint32Array(BATCH_ROWS_MAX);
  /** Of the values that were met last; those of others are found again by the files that there are. */
  readonly #suffixes: Map<string, number>;
  /** Names of files that were open when an earlier run stopped. */
  #resumed: Map<string, string>;
  #full: GrowingFile[] = [];

  /** @throws FilterError for a filter that is none */
  constructor(settings: SplitterSettings, mode: Exclude<SplitMode, { kind: 'time' }>) {
    this.#settings = settings;
    this.#mode = mode;
    this.#filter = mode.kind === 'flow' ? compileFilter(mode.filter) : undefined;
    this.#suffixes = new Map(Object.entries(settings.resume?.suffixes ?? {}));
    this.#resumed = new Map(settings.resume?.open.map(({ key, path }) => [key, path]));
  }

  get full(): readonly GrowingFile[] {
    return this.#full;
  }

  get suffixes(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#suffixes);
  }

  async share(batch: Batch, rows: readonly number[], times: Float64Array, ordinal: number): Promise<Set<GrowingFile>> {
    const touched = new Set<GrowingFile>();
    const groups = new Map<string, number[]>();
    for (const row of rows) {
      const values = this.#settings.template.valuesOf(batch, row);
      const group = groups.get(values);
      if (group === undefined) groups.set(values, [row]);
      else group.push(row);
    }
    const isFirst = this.#filter === undefined ? undefined : this.#matching(this.#filter, batch, rows);
    for (const [values, group] of groups) {
      for (let at = 0; at < group.length;) {
        const file = this.#fileFor(values, times[group[at]!]!, isFirst?.has(group[at]!) === true);
        const count = Math.min(this.#roomIn(file, group, at, isFirst), group.length - at);
        const isAll = count === batch.rows;
        file.take(batch, isAll ? undefined : Uint32Array.from(group.slice(at, at + count)), count, ordinal);
        at += count;
        touched.delete(file);
        touched.add(file);
        await this.#measure(file);
      }
    }
    return touched;
  }

  fileAt(batch: Batch, timeUs: number): GrowingFile {
    return this.#fileFor(this.#settings.template.valuesOf(batch, 0), timeUs, false);
  }

  due(): readonly GrowingFile[] {
    return [];
  }

  forget(files: ReadonlySet<GrowingFile>): void {
    this.#full = this.#full.filter((file) => !files.has(file));
  }

  forgetResumed(): void {
    this.#resumed = new Map();
  }

  #matching(filter: Filter, batch: Batch, rows: readonly number[]): Set<number> {
    for (const [i, row] of rows.entries()) this.#matches[i] = row;
    return new Set(this.#matches.subarray(0, filter.select(batch, this.#matches, rows.length)));
  }

  /** The file that the next record goes to, a new one where there is none or it is full. */
  #fileFor(values: string, timeUs: number, isFirst: boolean): GrowingFile {
    const { files, template } = this.#settings;
    const open = files.get(values);
    if (open !== undefined && !(isFirst && open.flows > 0) && !this.#isFull(open)) return open;
    if (open !== undefined) {
      files.release(open);
      if (!this.#full.includes(open)) this.#full.push(open);
    }
    return files.open(values, this.#nextPath(values, timeUs), template.seriesOf(values));
  }

  #isFull(file: GrowingFile): boolean {
    const mode = this.#mode;
    if (mode.kind === 'count') return file.flows >= mode.limit;
    return mode.kind === 'size' && file.file.offset >= mode.limit * (1 - LEFT_OVER);
  }

  /** How many of the records from `at` on may go into a file. */
  #roomIn(file: GrowingFile, group: readonly number[], at: number, isFirst: ReadonlySet<number> | undefined): number {
    const mode = this.#mode;
    if (mode.kind === 'count') return mode.limit - file.flows;
    if (mode.kind === 'size') {
      return Math.max(ROWS_MIN, Math.floor((FILL * (mode.limit - file.bytesExpected)) / file.bytesPerRow));
    }
    let count = 1;
    while (at + count < group.length && isFirst?.has(group[at + count]!) !== true) count += 1;
    return count;
  }

  /** Writes a file that seems to be full, to know. */
  async #measure(file: GrowingFile): Promise<void> {
    const mode = this.#mode;
    if (mode.kind !== 'size' || file.bytesExpected < mode.limit * (1 - LEFT_OVER)) return;
    await this.#settings.files.write(file, Infinity, 1);
  }

  #noteSuffix(values: string, next: number): void {
    const suffixes = this.#suffixes;
    suffixes.delete(values);
    suffixes.set(values, next);
    if (suffixes.size <= (this.#settings.filesMax ?? FILES_MAX)) return;
    for (const oldest of suffixes.keys()) if (suffixes.delete(oldest)) break;
  }

  #nextPath(values: string, timeUs: number): string {
    const resumed = this.#resumed.get(values);
    this.#resumed.delete(values);
    if (resumed !== undefined) return resumed;
    const { template, suffixLength, nowUs } = this.#settings;
    const name = template.nameOf(values, Number.isNaN(timeUs) ? nowUs() : timeUs);
    let index = this.#suffixes.get(values) ?? 0;
    while (existsSync(name + suffixOf(index, suffixLength))) index += 1;
    this.#noteSuffix(values, index + 1);
    return name + suffixOf(index, suffixLength);
  }
}
