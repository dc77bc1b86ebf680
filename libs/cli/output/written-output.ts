import { RecordFileSink } from './record-file-sink.ts';
import type { Output } from '../output.ts';
import { absoluteTarget, type WriteTarget } from '../write-target.ts';
import { SuiteError } from '../../core/errors.ts';
import type { Filter } from '../../filter/compile.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../../record/batch.ts';

/** A file that failed is tried again this much later, milliseconds. */
const RETRY_MS = 5000;

export interface WrittenOutputOptions {
  readonly target: WriteTarget;
  /** Flow records that it does not match are left out; others are for every output. */
  readonly filter: Filter | undefined;
  /** Whether the probe goes on when this fails; what is lost meanwhile is counted. */
  readonly goesOn: boolean;
  readonly stdout: Output;
  readonly warn: (message: string) => void;
  readonly info: (message: string) => void;
  /** Until it aborts, a pipe that nobody reads is waited for at first. */
  readonly signal: AbortSignal;
}

/** One place that records are written to, which may fail and come back while others go on. */
export class WrittenOutput {
  readonly #options: WrittenOutputOptions;
  readonly #rows = new Uint32Array(BATCH_ROWS_MAX);
  /** Where it is now; the root of the file system may have changed since the start. */
  #target: WriteTarget;
  #sink: RecordFileSink | undefined;
  #failure: SuiteError | undefined;
  #lost = 0;
  #pushed = 0;
  #retryMs = 0;
  #retrying: Promise<void> | undefined;

  private constructor(options: WrittenOutputOptions, sink: RecordFileSink) {
    this.#options = options;
    this.#target = absoluteTarget(options.target);
    this.#sink = sink;
  }

  /** @throws {SuiteError} when it cannot be opened, or holds something else than records */
  static async open(options: WrittenOutputOptions): Promise<WrittenOutput> {
    return new WrittenOutput(options, await RecordFileSink.open(options.target, options.stdout, options));
  }

  /** Batches that it was given. */
  get pushed(): number {
    return this.#pushed;
  }

  /** Of these, the first so many are not looked at any more. */
  get settled(): number {
    return this.#pushed - (this.#sink?.gathering ?? 0);
  }

  /** Records that could not be written. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * @returns undefined when more may come at once, else a promise for that moment
   * @throws {SuiteError} when it failed and the probe does not go on without it
   */
  push(batch: Batch): Promise<void> | undefined {
    const { filter } = this.#options;
    this.#pushed += 1;
    const isFiltered = filter !== undefined && batch.kind === FLOW_BATCH;
    const count = isFiltered ? this.#select(filter, batch) : batch.rows;
    const sink = this.#sink;
    if (sink === undefined) {
      this.#lost += count;
      if (performance.now() >= this.#retryMs)
        this.#retrying ??= this.#retry().finally(() => (this.#retrying = undefined));
      return undefined;
    }
    try {
      return sink.push(batch, isFiltered ? this.#rows : undefined, count);
    } catch (error) {
      this.#fail(sink, error);
      this.#lost += count;
      return undefined;
    }
  }

  #select(filter: Filter, batch: Batch): number {
    for (let row = 0; row < batch.rows; row++) this.#rows[row] = row;
    return filter.select(batch, this.#rows, batch.rows);
  }

  /** Says so once, and lets it go. */
  #fail(sink: RecordFileSink, error: unknown): void {
    const { goesOn, warn } = this.#options;
    if (!goesOn || !(error instanceof SuiteError)) throw error;
    if (this.#failure === undefined) warn(`${error.message}; other outputs go on`);
    this.#failure = error;
    this.#sink = undefined;
    this.#retryMs = this.#target.path === '-' ? Infinity : performance.now() + RETRY_MS;
    this.#retrying = sink
      .end()
      .catch(() => undefined) // it is the failure that was said
      .then(() => {
        this.#lost += sink.unwritten;
        this.#retrying = undefined;
      });
  }

  async #retry(): Promise<void> {
    const { stdout, warn, info } = this.#options;
    try {
      this.#sink = await RecordFileSink.open(this.#target, stdout, { warn, info });
      this.#failure = undefined;
      warn(`${this.#target.path} can be written again; ${this.#lost} records are missing from it`);
    } catch (error) {
      if (!(error instanceof SuiteError)) throw error;
      this.#retryMs = performance.now() + RETRY_MS;
    }
  }

  /**
   * Goes on in the file that has this name by now.
   * @param inside gives the path of a file under the root of now
   * @throws {SuiteError} when it cannot be opened; the old file is kept then
   */
  async reopen(inside: (path: string) => string): Promise<void> {
    const { format, path } = this.#target;
    if (path === '-') return;
    this.#target = { format, path: inside(path) };
    await this.#retrying;
    if (this.#sink === undefined) await this.#retry();
    else await this.#sink.reopen(this.#target.path);
  }

  /** @throws {SuiteError} when records are missing at the end because it failed */
  async end(): Promise<void> {
    await this.#retrying;
    const sink = this.#sink;
    try {
      await sink?.end();
    } catch (error) {
      this.#lost += sink?.unwritten ?? 0;
      throw error;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}
