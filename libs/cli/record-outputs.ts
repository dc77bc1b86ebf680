import { GAP_BATCH, type Batch } from '../record/batch.ts';
import type { Context } from './command.ts';
import { PrintSink } from './print-sink.ts';
import type { PrintPlan } from './printer.ts';
import type { RecordFileSink } from './record-file-sink.ts';
import { Totals, type TotalCounts } from './totals.ts';
import { isStandardOutput, parseWriteTarget } from './write-target.ts';

export interface OutputArguments {
  /** As `-w` takes them. */
  readonly write: readonly string[];
  readonly quiet: boolean;
  readonly totals: boolean;
  readonly verbose: boolean;
  /** As `-E` takes it. */
  readonly rejected?: string | undefined;
}

/** Where a reader leaves records: files, people, a line of totals. */
export class RecordOutputs {
  readonly #context: Context;
  readonly #plan: PrintPlan;
  readonly #files: readonly RecordFileSink[];
  readonly #print: PrintSink | undefined;
  readonly #totals: Totals | undefined;
  readonly #totalsToLog: boolean;
  #rows = new Uint32Array(0);

  /**
   * @param management whether people see management records
   * @throws {SuiteError} when a file cannot be written
   */
  static async open(
    args: OutputArguments,
    context: Context,
    plan: PrintPlan,
    management: boolean,
  ): Promise<RecordOutputs> {
    const files: RecordFileSink[] = [];
    for (const path of args.write) files.push(await openRecordFile(path, args, context));
    return new RecordOutputs(args, context, plan, management, files);
  }

  private constructor(
    args: OutputArguments,
    context: Context,
    plan: PrintPlan,
    management: boolean,
    files: readonly RecordFileSink[],
  ) {
    const { headersEvery, printer } = plan;
    const prints = files.length === 0 && !args.quiet;
    this.#context = context;
    this.#plan = plan;
    this.#files = files;
    this.#print = prints ? new PrintSink(printer, context.stdout, { headersEvery, management }) : undefined;
    this.#totals = args.totals ? new Totals() : undefined;
    this.#totalsToLog = [...args.write, args.rejected ?? ''].some(isStandardOutput);
  }

  /** Takes the first `count` of `rows`, or all where that is undefined. A batch of which nothing is left says which record numbers it stands for. */
  async push(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> {
    if (batch.kind !== GAP_BATCH) this.#totals?.add(batch, rows ?? this.#all(count), count);
    for (const file of this.#files) await file.pushAhead(batch, rows, count);
    if (this.#print === undefined || count === 0) return;
    if (this.#plan.names !== undefined) await this.#plan.names.learn(batch, rows ?? this.#all(count), count);
    await this.#print.push(batch, rows, count);
  }

  /** Takes lines of records that were printed elsewhere, and what they add to the totals. */
  async pushText(text: Uint8Array, counts: TotalCounts | undefined): Promise<void> {
    if (counts !== undefined) this.#totals?.addCounts(counts);
    await this.#print?.pushText(text);
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

  #all(count: number): Uint32Array {
    if (this.#rows.length < count) this.#rows = Uint32Array.from({ length: count }, (_, row) => row);
    return this.#rows;
  }
}

/** @throws {SuiteError} when the file cannot be written */
export async function openRecordFile(
  path: string,
  { verbose }: { readonly verbose: boolean },
  context: Context,
): Promise<RecordFileSink> {
  const { RecordFileSink: Sink } = await import('./record-file-sink.ts');
  return Sink.open(parseWriteTarget(path), context.stdout, {
    warn: context.warn,
    info: verbose ? context.info : () => undefined,
  });
}
