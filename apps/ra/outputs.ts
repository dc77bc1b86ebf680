import { hasSides, type BothSides } from '../../libs/cli/input/both-sides.ts';
import type { Context } from '../../libs/cli/command.ts';
import type { PrintPlan } from '../../libs/cli/output/printer.ts';
import type { RecordFileSink } from '../../libs/cli/output/record-file-sink.ts';
import { RecordOutputs } from '../../libs/cli/output/record-outputs.ts';
import { openRecordFile } from '../../libs/cli/output/filtered-file.ts';
import type { RecordSelection } from '../../libs/cli/selection/selection.ts';
import { sayLost } from '../../libs/cli/input/say-lost.ts';
import { GAP_BATCH, type Batch } from '../../libs/record/batch.ts';
import type { RaArguments } from './options.ts';
import type { Printed } from './print-scan.ts';

/** Where `ra` leaves what it selects, and what the filter refuses. */
export class Outputs {
  readonly #context: Context;
  readonly #selection: RecordSelection;
  readonly #sides: BothSides | undefined;
  readonly #selected: RecordOutputs;
  readonly #rejected: RecordFileSink | undefined;

  /** @throws {SuiteError} when a file cannot be written */
  static async open(
    args: RaArguments,
    context: Context,
    plan: PrintPlan,
    selection: RecordSelection,
    sides: BothSides | undefined,
  ): Promise<Outputs> {
    const selected = await RecordOutputs.open(args, context, plan, { management: selection.showsManagement });
    const rejected = args.rejected === undefined ? undefined : await openRecordFile(args.rejected, args, context);
    return new Outputs(context, selection, sides, selected, rejected);
  }

  private constructor(
    context: Context,
    selection: RecordSelection,
    sides: BothSides | undefined,
    selected: RecordOutputs,
    rejected: RecordFileSink | undefined,
  ) {
    this.#context = context;
    this.#selection = selection;
    this.#sides = sides;
    this.#selected = selected;
    this.#rejected = rejected;
  }

  /** As that of `RecordOutputs`. */
  get gathering(): number {
    return this.#selected.gathering;
  }

  async push(batch: Batch): Promise<void> {
    if (batch.kind === GAP_BATCH) return this.#pushGap(batch);
    const matched = this.#selection.match(batch);
    if (this.#rejected !== undefined) {
      const count = this.#selection.refuse(batch, matched);
      if (count > 0) await this.#rejected.push(batch, this.#selection.refused, count);
    }
    const count = this.#selection.take(batch, matched);
    const rows = count === batch.rows ? undefined : this.#selection.rows;
    if (this.#sides === undefined || !hasSides(batch)) return this.#selected.push(batch, rows, count);
    for (const both of this.#sides.of(batch, rows, count)) await this.#selected.push(both, undefined, both.rows);
  }

  /** What a thread has made of records. */
  pushPrinted({ text, totals }: Printed): Promise<void> {
    return this.#selected.pushText(text, totals);
  }

  /** Everything has been pushed. */
  async end(): Promise<void> {
    await this.#selected.end();
    await this.#rejected?.end();
  }

  async #pushGap(gap: Batch): Promise<void> {
    sayLost(gap, this.#context);
    if (this.#sides === undefined) await this.#selected.push(gap, undefined, 0);
  }
}
