import { EVERYTHING } from '../../filter/everything.ts';
import { GAP_BATCH, type Batch } from '../../record/batch.ts';
import { asksForOffset } from '../../record/offset.ts';
import { BothSides, fieldsOfBothSides, hasSides, type Sides } from './both-sides.ts';
import type { Room } from '../../codec/room.ts';
import type { Context } from '../command.ts';
import type { Arguments } from '../options.ts';
import { mayHoldOf } from './frame-zone.ts';
import { mergeOf } from './merge-settings.ts';
import { recordFilter } from '../selection/record-filter.ts';
import { RecordInputs } from './record-inputs.ts';
import type { INPUT_OPTIONS } from '../record-options.ts';
import type { RecordRange } from '../selection/record-range.ts';
import type { FrameTaker } from '../scan/scan.ts';
import { sayLost } from './say-lost.ts';
import { peekOf, type SelectedOrder } from '../scan/selected-rows.ts';
import { RecordSelection } from '../selection/selection.ts';
import { stopAfter } from '../stop-after.ts';
import { parseWriteTarget } from '../write-target.ts';

type InputArguments = Arguments<typeof INPUT_OPTIONS> & { readonly memory?: string | undefined };

export interface SelectedSettings {
  /** Of the records that pass the filter. */
  readonly range: RecordRange | undefined;
  /** Whether management records are wanted, as `-M man` and `noman` say. */
  readonly management: boolean | undefined;
  /** Numbers of the stored fields that are looked at beside the filter's; undefined for whole records. */
  readonly fields: ReadonlySet<number> | undefined;
  /** Whether the command looks at `offset` where `fields` is undefined. */
  readonly offsets?: boolean;
  /** Makes threads that read files of ours; what they make of them is taken while the other records are handed out. Not asked where records are counted, or are not taken as they are. */
  readonly scan?: (order: SelectedOrder, showsManagement: boolean) => FrameTaker | undefined;
  /** Where batches of files of ours lie, each until the next is asked for; left out where they are kept. */
  readonly room?: Room;
  /** Numbers of the fields whose columns may be deferred; where batches are not kept. */
  readonly deferred?: ReadonlySet<number>;
  /** Takes the records that the filter refuses, which are read whole then. `rows` is valid until the next batch. */
  readonly refuse?: ((batch: Batch, rows: Uint32Array, count: number) => Promise<void> | undefined) | undefined;
  /** What becomes of each record; itself when this is left out. */
  readonly sides?: Sides;
  /** Where the command itself writes, as `-w` has it: not to be read. */
  readonly written: readonly string[];
}

/** The rows of a batch that a command takes; all of them where `rows` is undefined. */
export interface Selected {
  readonly batch: Batch;
  readonly rows: Uint32Array | undefined;
  readonly count: number;
}

/** The records that a command line names and its filter lets through. */
export class SelectedRecords implements AsyncIterable<Selected> {
  readonly #inputs: RecordInputs;
  readonly #selection: RecordSelection;
  readonly #sides: BothSides | undefined;
  readonly #context: Context;
  readonly #refuse: SelectedSettings['refuse'];

  /** @throws {SuiteError} for inputs that are not there and filters that are none */
  static async open(args: InputArguments, context: Context, settings: SelectedSettings): Promise<SelectedRecords> {
    const nowMs = Date.now();
    const filter = await recordFilter(args, nowMs);
    const { management } = settings;
    const selection = new RecordSelection({ ...settings, filter });
    const sides = settings.sides === undefined ? undefined : BothSides.of(settings.sides);
    const { refuse } = settings;
    const isPlain = !args.merge && settings.range === undefined && sides === undefined && refuse === undefined;
    const fields = settings.fields === undefined ? undefined : new Set([...settings.fields, ...filter.fields]);
    const deferred = settings.deferred && new Set([...settings.deferred].filter((field) => !filter.fields.has(field)));
    const offsets = settings.offsets === true || asksForOffset(fields, filter.fields);
    const inputs = await RecordInputs.open(
      {
        files: args.read,
        trees: args.recurse,
        servers: args.server,
        security: args,
        serverFilter: refuse === undefined ? filter.remote : '',
        verbose: args.verbose,
        fields: fields === undefined || sides === undefined ? fields : fieldsOfBothSides(fields),
        peek: refuse === undefined ? peekOf(args, filter, selection) : undefined,
        room: settings.room,
        deferred: sides === undefined ? deferred : undefined,
        merge: mergeOf(args, refuse === undefined ? selection : undefined),
        portDirection: args['port-direction'],
        offsets,
        management: settings.fields === undefined || selection.showsManagement,
        scan: isPlain
          ? settings.scan?.({ args, nowMs, management, fields, deferred, offsets }, selection.showsManagement)
          : undefined,
        mayHold: filter === EVERYTHING || refuse !== undefined ? undefined : mayHoldOf(filter),
      },
      context,
      stopAfter(args['stop-after'], context.signal),
    );
    await inputs.avoid(settings.written.map((text) => parseWriteTarget(text).path));
    return new SelectedRecords(inputs, selection, sides, context, refuse);
  }

  private constructor(
    inputs: RecordInputs,
    selection: RecordSelection,
    sides: BothSides | undefined,
    context: Context,
    refuse: SelectedSettings['refuse'],
  ) {
    this.#inputs = inputs;
    this.#selection = selection;
    this.#sides = sides;
    this.#context = context;
    this.#refuse = refuse;
  }

  /** Whether some input could not be read, or not to its end; it was said on standard error. */
  get failed(): boolean {
    return this.#inputs.failed;
  }

  /** Leaves out what has been created for writing since, as `SelectedSettings.written` has it. */
  async avoid(written: readonly string[]): Promise<void> {
    await this.#inputs.avoid(written.map((text) => parseWriteTarget(text).path));
  }

  /** Whether people see management records. */
  get showsManagement(): boolean {
    return this.#selection.showsManagement;
  }

  /** Batches of which something is left; that records are missing is said. `rows` is valid until the next one. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Selected> {
    const selection = this.#selection;
    if (selection.exhausted) return;
    for await (const batch of this.#inputs) {
      if (batch.kind === GAP_BATCH) sayLost(batch, this.#context);
      else {
        const matched = selection.match(batch);
        if (this.#refuse !== undefined) {
          const refused = selection.refuse(batch, matched);
          if (refused > 0) await this.#refuse(batch, selection.refused, refused);
        }
        const count = selection.take(batch, matched);
        if (count > 0) yield* this.#sidesOf({ batch, rows: count === batch.rows ? undefined : selection.rows, count });
      }
      if (selection.exhausted) return;
    }
  }

  *#sidesOf(selected: Selected): Generator<Selected> {
    const { batch, rows, count } = selected;
    if (this.#sides === undefined || !hasSides(batch)) yield selected;
    else
      for (const both of this.#sides.of(batch, rows, count)) yield { batch: both, rows: undefined, count: both.rows };
  }
}
