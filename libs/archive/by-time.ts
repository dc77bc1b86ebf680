import type { Batch } from '../record/batch.ts';
import { TimeBins, type Span } from '../time/span.ts';
import { AHEAD_MAX_US, type Filing, type SplitterSettings } from './filing.ts';
import type { GrowingFile } from './growing-file.ts';

/** Names that are remembered; made anew when forgotten. */
const NAMES_MAX = 10_000;
const LATE = '.late';

/** One file for each interval of time; whole records, by their starts. */
export class ByTime implements Filing {
  readonly full: readonly GrowingFile[] = [];
  readonly suffixes = {};
  closedUs = -Infinity;
  readonly #settings: SplitterSettings;
  readonly #bins: TimeBins;
  /** Names by the start of the interval and the values in them. */
  readonly #names = new Map<string, string>();
  #resumed: ReadonlySet<string>;
  /** No file that is open ends before this. */
  #nextEndUs = Infinity;
  #late = 0;
  #lastTimeUs: number | undefined;

  constructor(settings: SplitterSettings, span: Span) {
    this.#settings = settings;
    this.#bins = new TimeBins(span);
    this.#resumed = new Set(settings.resume?.open.flatMap(({ key, late }) => (late ? [] : [key])));
  }

  get late(): number {
    return this.#late;
  }

  share(batch: Batch, rows: readonly number[], times: Float64Array, ordinal: number): Promise<Set<GrowingFile>> {
    const shares = new Map<GrowingFile, number[]>();
    const touched = new Set<GrowingFile>();
    for (const row of rows) {
      const timeUs = times[row]!;
      const file = this.#fileOf(
        batch,
        row,
        Number.isNaN(timeUs) ? (this.#lastTimeUs ?? this.#settings.nowUs()) : timeUs,
      );
      const share = shares.get(file);
      if (share === undefined) shares.set(file, [row]);
      else share.push(row);
    }
    const lastRows = [...shares].sort(([, a], [, b]) => a.at(-1)! - b.at(-1)!);
    for (const [file, share] of lastRows) {
      const isAll = share.length === batch.rows;
      file.take(batch, isAll ? undefined : Uint32Array.from(share), share.length, ordinal);
      if (file.settings.late) this.#late += share.length;
      touched.add(file);
    }
    return Promise.resolve(touched);
  }

  fileAt(batch: Batch, timeUs: number): GrowingFile {
    return this.#fileOf(batch, 0, timeUs);
  }

  due(endUs: number): readonly GrowingFile[] {
    if (this.#nextEndUs > endUs) return [];
    return [...this.#settings.files].filter((file) => file.endUs <= endUs && !file.isStray);
  }

  forget(): void {
    this.#nextEndUs = Infinity;
    for (const { endUs, isStray } of this.#settings.files)
      if (!isStray) this.#nextEndUs = Math.min(this.#nextEndUs, endUs);
  }

  forgetResumed(): void {
    this.#resumed = new Set();
  }

  #fileOf(batch: Batch, row: number, timeUs: number): GrowingFile {
    const bins = this.#bins;
    const { files, holdUs, nowUs, template } = this.#settings;
    this.#lastTimeUs = timeUs;
    bins.seek(timeUs);
    const values = template.valuesOf(batch, row);
    const name = this.#nameOf(values);
    const open = files.get(name);
    if (open !== undefined) {
      if (bins.endUs > open.endUs) open.endUs = bins.endUs;
      return open;
    }
    const isLate = holdUs !== undefined && bins.endUs <= this.closedUs && !this.#resumed.has(name);
    const late = isLate ? files.get(name + LATE) : undefined;
    if (late !== undefined) return late;
    const own = isLate ? name + LATE : name;
    const file = files.open(own, own, template.seriesOf(values), isLate);
    file.endUs = bins.endUs;
    file.isStray = isLate || (holdUs !== undefined && bins.startUs > nowUs() + AHEAD_MAX_US);
    if (!file.isStray) this.#nextEndUs = Math.min(this.#nextEndUs, file.endUs);
    return file;
  }

  #nameOf(values: string): string {
    const { startUs } = this.#bins;
    const key = `${startUs} ${values}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      if (this.#names.size >= NAMES_MAX) this.#names.clear();
      name = this.#settings.template.nameOf(values, startUs);
      this.#names.set(key, name);
    }
    return name;
  }
}
