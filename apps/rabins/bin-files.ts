import { resolve } from 'node:path';
import { FilePool } from '../../libs/archive/file-pool.ts';
import { NameTemplate } from '../../libs/archive/name-template.ts';
import { OpenFiles } from '../../libs/archive/open-files.ts';
import { RecordSplitter } from '../../libs/archive/splitter.ts';
import type { SplitMode } from '../../libs/archive/split-mode.ts';
import type { WrittenWords } from '../../libs/cli/output/filtered-file.ts';
import type { Sink } from '../../libs/cli/output/sink.ts';
import { cannotWrite } from '../../libs/cli/split/split-inputs.ts';
import { parseWriteTarget } from '../../libs/cli/write-target.ts';
import { nowUs } from '../../libs/core/clock.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { compileFilter, type Filter } from '../../libs/filter/compile.ts';
import { EVERYTHING } from '../../libs/filter/everything.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';

/** Letters behind names by count, which bins of time do without. */
const SUFFIX_LENGTH = 2;

/** Whether `-w` names a file for each bin: by its time, or by what records have in a field. */
export const namesManyFiles = ([name = '']: readonly string[]): boolean => /%[^%]|\$[\w{]/.test(name);

/** A file for each bin, named as those of `rasplit`. */
export class BinFiles implements Sink {
  readonly #pool = new FilePool();
  readonly #files: OpenFiles;
  readonly #splitter: RecordSplitter;
  readonly #filter: Filter;
  readonly #rows = new Uint32Array(BATCH_ROWS_MAX);
  #ordinal = 0;

  /**
   * @param words of `-w`
   * @throws {UsageError} for a name or a filter that is none, and bins that have no time
   */
  static of(words: WrittenWords, bins: SplitMode): BinFiles[] {
    return words.filter(namesManyFiles).map(([name = '', filter]) => {
      if (bins.kind !== 'time') {
        throw new UsageError(`'${name}' names a file for each bin, which are of a time with -M time only`);
      }
      if (parseWriteTarget(name).format !== 'own') {
        throw new UsageError(`${name}: bins are kept in our own format only`, { hint: 'raconvert makes files of Argus of them.' }); // prettier-ignore
      }
      const template = new NameTemplate(name.endsWith('/') ? name : resolve(name), true);
      return new BinFiles(bins, template, filter === undefined ? EVERYTHING : compileFilter(filter));
    });
  }

  private constructor(mode: SplitMode, template: NameTemplate, filter: Filter) {
    const done = (): Promise<void> => Promise.resolve();
    this.#files = new OpenFiles({
      pool: this.#pool,
      sorts: false,
      appends: true,
      holdsNames: true,
      observer: { finishing: done, finished: done },
      attempt: (action) => action(),
    });
    this.#splitter = new RecordSplitter({ mode, template, files: this.#files, suffixLength: SUFFIX_LENGTH, holdUs: undefined, nowUs }); // prettier-ignore
    this.#filter = filter;
  }

  async push(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> {
    let wanted = rows;
    let left = count;
    if (this.#filter !== EVERYTHING && batch.kind === FLOW_BATCH) {
      wanted = this.#rows;
      for (let i = 0; i < count; i++) wanted[i] = rows?.[i] ?? i;
      left = this.#filter.select(batch, wanted, count);
    }
    await written(this.#splitter.push(batch, wanted, left, this.#ordinal));
    this.#ordinal += Math.max(batch.rows, 1);
  }

  /** All bins that end by then have been pushed. */
  async closeBefore(endUs: number): Promise<void> {
    await written(this.#splitter.closeBefore(endUs));
  }

  async end(): Promise<void> {
    try {
      await written(this.#splitter.end());
    } finally {
      await this.#pool.closeAll();
      this.#files.abandon();
    }
  }
}

async function written(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    throw cannotWrite(error);
  }
}
