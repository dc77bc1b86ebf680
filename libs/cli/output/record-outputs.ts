import { FLOW_BATCH, GAP_BATCH, type Batch } from '../../record/batch.ts';
import { selectRows } from '../../record/select.ts';
import type { Context } from '../command.ts';
import { FilteredFile, writtenFiles, type WrittenWords } from './filtered-file.ts';
import type { Modes } from '../modes.ts';
import { OutputThreads } from './output-threads.ts';
import { PrintSink } from './print-sink.ts';
import type { PrintArguments, PrintPlan } from './printer.ts';
import type { RecordRange } from '../selection/record-range.ts';
import { threadsOf } from '../scan/threads-option.ts';
import type { Sink } from './sink.ts';
import { Totals, type TotalCounts } from './totals.ts';
import { isStandardOutput } from '../write-target.ts';

export interface OutputArguments {
  /** As `-w` takes them. */
  readonly write: WrittenWords;
  readonly quiet: boolean;
  readonly totals: boolean;
  readonly verbose: boolean;
  /** As `-E` takes it. */
  readonly rejected?: string | undefined;
}

export interface OutputSettings {
  /** Whether people see management records. */
  readonly management: boolean;
  /** Which of the flow records are left there, the first one that is pushed being number 1; all when it is undefined. */
  readonly range?: RecordRange | undefined;
  /** Where they are left too; nothing is printed then. */
  readonly sinks?: readonly Sink[];
  /**
   * Whether nobody looks at a batch that was pushed afterwards, so that threads may have it: as many as these arguments say, which also say
   * how to print.
   */
  readonly threads?: ThreadSettings | undefined;
}

interface ThreadSettings extends PrintArguments {
  readonly threads: number | undefined;
  readonly modes: Modes;
  /** Processors from which on frames are made by threads where nobody asks for these. */
  readonly encodeFrom?: number;
}

/** Of so many records threads are worth starting, where nobody asks for them, */
const THREADS_FROM_ROWS = 1 << 16;
/** and with so many processors: two may share a core, where a second thread mostly gains less than it takes to hand records to it. */
const THREADS_FROM_PROCESSORS = 3;

/** Whether threads print, if there are many records. @param threads as `--threads` has it */
export function printsInThreads(threads: number | undefined): boolean {
  return threadsOf(threads) >= (threads === undefined ? THREADS_FROM_PROCESSORS : 2);
}

/** Where a command leaves records: files, people, a line of totals. */
export class RecordOutputs {
  readonly #context: Context;
  readonly #plan: PrintPlan;
  readonly #settings: OutputSettings;
  readonly #files: readonly FilteredFile[];
  readonly #print: PrintSink | undefined;
  readonly #totals: Totals | undefined;
  readonly #totalsToLog: boolean;
  /** Those that print. */
  #threads: OutputThreads | undefined;
  /** Records that were left there, and that are known to come. */
  #left = 0;
  #expected = 0;
  #rows = new Uint32Array(0);
  /** Flow records that were pushed. */
  #seen = 0;

  /** @throws {SuiteError} when a file cannot be written */
  static async open(
    args: OutputArguments,
    context: Context,
    plan: PrintPlan,
    settings: OutputSettings,
  ): Promise<RecordOutputs> {
    const files = await FilteredFile.openAll(args.write, args, context);
    return new RecordOutputs(args, context, plan, settings, files);
  }

  private constructor(
    args: OutputArguments,
    context: Context,
    plan: PrintPlan,
    settings: OutputSettings,
    files: readonly FilteredFile[],
  ) {
    const { headersEvery, printer } = plan;
    const { management, sinks = [] } = settings;
    const prints = files.length === 0 && sinks.length === 0 && !args.quiet;
    this.#context = context;
    this.#plan = plan;
    this.#settings = settings;
    this.#files = files;
    this.#print = prints ? new PrintSink(printer, context.stdout, { headersEvery, management }) : undefined;
    this.#totals = args.totals ? new Totals() : undefined;
    this.#totalsToLog = [...writtenFiles(args.write), args.rejected ?? ''].some(isStandardOutput);
  }

  /** No later record is wanted. */
  get exhausted(): boolean {
    const { range } = this.#settings;
    return range !== undefined && this.#seen >= range.last;
  }

  /** Batches pushed last that files have not encoded yet, where no threads encode or print: those look at batches later. */
  get gathering(): number {
    return Math.max(0, ...this.#files.map(({ sink }) => sink.gathering));
  }

  /** Says that so many flow records will be pushed: threads that are worth starting start before they are needed. */
  expect(records: number): void {
    this.#expected = records;
    const [file, ...others] = this.#files;
    if (file !== undefined && others.length === 0) file.sink.prepare(this.#encodingThreads(file));
    else if (this.#print !== undefined) this.#threads ??= this.#openThreads(this.#print);
  }

  /** Takes the first `count` of `rows`, or all where that is undefined. A batch of which nothing is left says which record numbers it stands for. */
  async push(batch: Batch, rows?: Uint32Array, count = batch.rows): Promise<void> {
    if (this.#settings.range === undefined || batch.kind !== FLOW_BATCH) return this.#push(batch, rows, count);
    const before = this.#seen;
    this.#seen += count;
    const { first, last } = this.#settings.range;
    const from = Math.min(Math.max(first - 1 - before, 0), count);
    const to = Math.min(Math.max(last - before, from), count);
    if (from === to) return;
    if (from === 0) await this.#push(batch, to === batch.rows ? rows : (rows ?? this.#all(to)), to);
    else await this.#push(batch, (rows ?? this.#all(to)).subarray(from, to), to - from);
  }

  async #push(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> {
    if (batch.kind !== GAP_BATCH) this.#totals?.add(batch, rows ?? this.#all(count), count);
    const [file, ...others] = this.#files;
    if (file !== undefined && others.length === 0) await this.#write(file, batch, rows, count);
    else for (const each of this.#files) await each.push(batch, rows, count);
    for (const sink of this.#settings.sinks ?? []) await sink.push(batch, rows, count);
    this.#left += count;
    if (this.#print === undefined || count === 0) return;
    if (this.#plan.names !== undefined) await this.#plan.names.learn(batch, rows ?? this.#all(count), count);
    await this.#printing(this.#print, batch, rows, count);
  }

  async #write(file: FilteredFile, batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> {
    const threads = batch.kind === FLOW_BATCH ? this.#encodingThreads(file) : 0;
    if (threads === 0) return file.push(batch, rows, count);
    await file.sink.give(rows === undefined ? batch : selectRows(batch, rows, count), threads);
  }

  /** One less than there may be: to make records in order takes as long as to encode them. */
  #encodingThreads(file: FilteredFile): number {
    return file.takesAll ? Math.max(this.#wantedThreads(this.#settings.threads?.encodeFrom) - 1, 0) : 0;
  }

  #wantedThreads(from = THREADS_FROM_PROCESSORS): number {
    const { threads } = this.#settings;
    if (threads === undefined) return 0;
    const wanted = threadsOf(threads.threads);
    if (threads.threads !== undefined) return wanted;
    const areMany = Math.max(this.#left, this.#expected) >= THREADS_FROM_ROWS;
    return areMany && wanted >= from ? wanted : 0;
  }

  async #printing(print: PrintSink, batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> {
    if (batch.kind === FLOW_BATCH) this.#threads ??= this.#openThreads(print);
    if (this.#threads !== undefined && batch.kind === FLOW_BATCH)
      return this.#threads.push(rows === undefined ? batch : selectRows(batch, rows, count));
    await this.#threads?.drain();
    await print.push(batch, rows, count);
  }

  /** @returns undefined where records are printed one after the other, or there have been few so far */
  #openThreads(print: PrintSink): OutputThreads | undefined {
    const wanted = this.#wantedThreads();
    const { threads } = this.#settings;
    const { names, headersEvery, printer, color } = this.#plan;
    if (threads === undefined || wanted < 2) return undefined;
    if (names !== undefined || headersEvery > 0 || printer.isOrdered || printer.countsFirst) return undefined;
    const { modes, ...args } = threads;
    const order = { kind: 'print', args: { ...args, color: color ? 'always' : 'never' }, modes } as const;
    return new OutputThreads(order, wanted, (text) => print.pushText(text));
  }

  /** Whether the memory of all text that was pushed may be used again. */
  get isSpent(): boolean {
    return this.#print?.isSpent !== false;
  }

  /** Takes lines of records that were printed elsewhere, and what they add to the totals. */
  async pushText(text: Uint8Array, counts: TotalCounts | undefined): Promise<void> {
    if (counts !== undefined) this.#totals?.addCounts(counts);
    await this.#print?.pushText(text);
  }

  /** Everything has been pushed. */
  async end(): Promise<void> {
    try {
      await this.#threads?.drain();
    } finally {
      await this.#threads?.close();
    }
    await this.#print?.end();
    for (const { sink } of this.#files) await sink.end();
    for (const sink of this.#settings.sinks ?? []) await sink.end();
    if (this.#totals === undefined) return;
    const line = this.#totals.line();
    if (this.#totalsToLog) this.#context.warn(line);
    else await this.#context.stdout.write(`${line}\n`);
  }

  #all(count: number): Uint32Array {
    if (this.#rows.length < count) this.#rows = Uint32Array.from({ length: count }, (_, row) => row);
    return this.#rows;
  }
}
