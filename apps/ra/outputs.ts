import type { Context } from '../../libs/cli/command.ts';
import { PrintSink } from '../../libs/cli/print-sink.ts';
import type { PrintPlan } from '../../libs/cli/printer.ts';
import type { RecordFileSink } from '../../libs/cli/record-file-sink.ts';
import type { RecordSelection } from '../../libs/cli/selection.ts';
import { Totals } from '../../libs/cli/totals.ts';
import { isStandardOutput, parseWriteTarget } from '../../libs/cli/write-target.ts';
import { GAP_BATCH, type Batch } from '../../libs/record/batch.ts';
import type { RaArguments } from './command.ts';

/** Where `ra` leaves records: files, people, a line of totals. */
export class Outputs {
  readonly #context: Context;
  readonly #selection: RecordSelection;
  readonly #plan: PrintPlan;
  readonly #files: readonly RecordFileSink[];
  readonly #rejected: RecordFileSink | undefined;
  readonly #print: PrintSink | undefined;
  readonly #totals: Totals | undefined;
  readonly #totalsToLog: boolean;

  /** @throws {SuiteError} when a file cannot be written */
  static async open(
    args: RaArguments,
    context: Context,
    plan: PrintPlan,
    selection: RecordSelection,
  ): Promise<Outputs> {
    const files: RecordFileSink[] = [];
    for (const path of args.write) files.push(await openFile(path, args, context));
    const rejected = args.rejected === undefined ? undefined : await openFile(args.rejected, args, context);
    return new Outputs(args, context, plan, selection, files, rejected);
  }

  private constructor(
    args: RaArguments,
    context: Context,
    plan: PrintPlan,
    selection: RecordSelection,
    files: readonly RecordFileSink[],
    rejected: RecordFileSink | undefined,
  ) {
    const { headersEvery, printer } = plan;
    const management = selection.showsManagement;
    const prints = files.length === 0 && !args.quiet;
    this.#context = context;
    this.#selection = selection;
    this.#plan = plan;
    this.#files = files;
    this.#rejected = rejected;
    this.#print = prints ? new PrintSink(printer, context.stdout, { headersEvery, management }) : undefined;
    this.#totals = args.totals ? new Totals() : undefined;
    this.#totalsToLog = [...args.write, args.rejected ?? ''].some(isStandardOutput);
  }

  async push(batch: Batch): Promise<void> {
    if (batch.kind === GAP_BATCH) return this.#pushGap(batch);
    const matched = this.#selection.match(batch);
    if (this.#rejected !== undefined) {
      const count = this.#selection.refuse(batch, matched);
      if (count > 0) await this.#rejected.push(batch, this.#selection.refused, count);
    }
    const count = this.#selection.take(batch, matched);
    const all = count === batch.rows;
    const { rows } = this.#selection;
    this.#totals?.add(batch, rows, count);
    // A batch of which nothing is left still says which record numbers it stands for.
    for (const file of this.#files) await file.pushAhead(batch, all ? undefined : rows, count);
    if (this.#print === undefined || count === 0) return;
    await this.#plan.names?.learn(batch, rows, count);
    await this.#print.push(batch, all ? undefined : rows, count);
  }

  /** Everything has been pushed. */
  async end(): Promise<void> {
    await this.#print?.end();
    for (const file of this.#files) await file.end();
    await this.#rejected?.end();
    if (this.#totals === undefined) return;
    const line = this.#totals.line();
    if (this.#totalsToLog) this.#context.warn(line);
    else await this.#context.stdout.write(`${line}\n`);
  }

  async #pushGap(gap: Batch): Promise<void> {
    const { origin, first, covers } = gap;
    if (covers > 0)
      this.#context.warn(`records ${first} to ${first + covers - 1} of probe ${origin.source} were lost on their way`);
    for (const file of this.#files) await file.push(gap, undefined, 0);
  }
}

async function openFile(path: string, { verbose }: RaArguments, context: Context): Promise<RecordFileSink> {
  const { RecordFileSink } = await import('../../libs/cli/record-file-sink.ts');
  return RecordFileSink.open(parseWriteTarget(path), context.stdout, {
    warn: context.warn,
    info: verbose ? context.info : () => undefined,
  });
}
