import { GAP_BATCH, MANAGEMENT_BATCH, type Batch } from '../record/batch.ts';
import type { Context } from './command.ts';
import type { Arguments } from './options.ts';
import { PrintSink } from './print-sink.ts';
import type { PrintPlan } from './printer.ts';
import type { RecordFileSink } from './record-file-sink.ts';
import type { PRINT_OPTIONS } from './record-options.ts';
import type { RecordRange } from './record-range.ts';
import { Totals } from './totals.ts';
import { isStandardOutput, parseWriteTarget } from './write-target.ts';

type ResultArguments = Pick<Arguments<typeof PRINT_OPTIONS>, 'quiet' | 'totals'> & {
  readonly write: readonly string[];
  readonly verbose: boolean;
};

/** Where a command leaves the records that it has made: files, people, a line of totals. */
export class ResultOutputs {
  readonly #context: Context;
  readonly #plan: PrintPlan;
  readonly #files: readonly RecordFileSink[];
  readonly #print: PrintSink | undefined;
  readonly #totals: Totals | undefined;
  readonly #totalsToLog: boolean;
  readonly #range: RecordRange | undefined;
  #seen = 0;

  /**
   * @param range which of the records are left there; all when it is undefined
   * @throws {SuiteError} when a file cannot be written
   */
  static async open(
    args: ResultArguments,
    context: Context,
    plan: PrintPlan,
    range?: RecordRange,
  ): Promise<ResultOutputs> {
    const files: RecordFileSink[] = [];
    for (const path of args.write) {
      const { RecordFileSink: Sink } = await import('./record-file-sink.ts');
      const info = args.verbose ? context.info : (): void => undefined;
      files.push(await Sink.open(parseWriteTarget(path), context.stdout, { warn: context.warn, info }));
    }
    return new ResultOutputs(args, context, plan, files, range);
  }

  private constructor(
    args: ResultArguments,
    context: Context,
    plan: PrintPlan,
    files: readonly RecordFileSink[],
    range: RecordRange | undefined,
  ) {
    const prints = files.length === 0 && !args.quiet;
    this.#context = context;
    this.#plan = plan;
    this.#files = files;
    this.#print = prints
      ? new PrintSink(plan.printer, context.stdout, { headersEvery: plan.headersEvery, management: true })
      : undefined;
    this.#totals = args.totals ? new Totals() : undefined;
    this.#totalsToLog = args.write.some(isStandardOutput);
    this.#range = range;
  }

  /** No later record is wanted. */
  get exhausted(): boolean {
    return this.#range !== undefined && this.#seen >= this.#range.last;
  }

  async push(batch: Batch): Promise<void> {
    if (batch.kind === GAP_BATCH) return;
    const rows = batch.kind === MANAGEMENT_BATCH ? undefined : this.#inRange(batch);
    const count = rows?.length ?? batch.rows;
    if (count === 0) return;
    this.#totals?.add(batch, rows ?? Uint32Array.from({ length: count }, (_, row) => row), count);
    for (const file of this.#files) await file.push(batch, rows, count);
    if (this.#print === undefined) return;
    await this.#plan.names?.learn(batch, rows ?? Uint32Array.from({ length: count }, (_, row) => row), count);
    await this.#print.push(batch, rows, count);
  }

  /** Undefined for all of them. */
  #inRange({ rows }: Batch): Uint32Array | undefined {
    if (this.#range === undefined) return undefined;
    const before = this.#seen;
    this.#seen += rows;
    const from = Math.min(Math.max(this.#range.first - 1 - before, 0), rows);
    const to = Math.min(Math.max(this.#range.last - before, from), rows);
    return to - from === rows ? undefined : Uint32Array.from({ length: to - from }, (_, i) => from + i);
  }

  /** Everything has been pushed. */
  async end(): Promise<void> {
    await this.#print?.end();
    for (const file of this.#files) await file.end();
    if (this.#totals === undefined) return;
    const line = this.#totals.line();
    if (this.#totalsToLog) this.#context.warn(line);
    else await this.#context.stdout.write(`${line}\n`);
  }
}
