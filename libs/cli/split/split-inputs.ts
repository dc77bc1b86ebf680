import { FilePool } from '../../archive/file-pool.ts';
import { OpenFiles, type FinishObserver } from '../../archive/open-files.ts';
import { RecordSplitter } from '../../archive/splitter.ts';
import { nowUs } from '../../core/clock.ts';
import { SuiteError } from '../../core/errors.ts';
import type { Filter } from '../../filter/compile.ts';
import { GAP_BATCH, type Batch } from '../../record/batch.ts';
import { asksForOffset } from '../../record/offset.ts';
import type { Context } from '../command.ts';
import type { Arguments } from '../options.ts';
import { mergeOf } from '../input/merge-settings.ts';
import { recordFilter } from '../selection/record-filter.ts';
import { RecordInputs } from '../input/record-inputs.ts';
import type { INPUT_OPTIONS } from '../record-options.ts';
import { parseRecordRange } from '../selection/record-range.ts';
import { sayLost } from '../input/say-lost.ts';
import { RecordSelection } from '../selection/selection.ts';
import type { SplitPlan } from './split-plan.ts';
import { stopAfter } from '../stop-after.ts';
import { systemReason } from '../system-error.ts';

/** How often files are looked for that are to be closed, milliseconds. */
const TICK_MS = 1000;

type InputArguments = Omit<Arguments<typeof INPUT_OPTIONS>, 'operands'> & { readonly memory?: string | undefined };

export interface SplitInputsSettings {
  readonly plan: SplitPlan;
  /** How long records are waited for behind the newest, microseconds; undefined where nothing closes before the end. */
  readonly holdUs: number | undefined;
  /** Records of a file are put in the order of their starts. */
  readonly sorts: boolean;
  /** Files that are there already are gone on with. */
  readonly appends: boolean;
  readonly observer: FinishObserver;
}

/**
 * Divides all records that a command line names among files, and finishes them at the end.
 * @returns the exit status
 */
export async function splitInputs(
  args: InputArguments & { readonly operands: readonly string[] },
  context: Context,
  settings: SplitInputsSettings,
): Promise<number> {
  const filter = await recordFilter(args);
  const range = args.range === undefined ? undefined : parseRecordRange(args.range);
  const selection = new RecordSelection({ filter, range, management: undefined });
  const inputs = await openInputs(args, filter, selection, context);
  const { plan, holdUs, sorts, appends, observer } = settings;
  const pool = new FilePool();
  const files = new OpenFiles({ pool, sorts, appends, holdsNames: true, observer, attempt: (action) => action() });
  const splitter = new RecordSplitter({ ...plan, files, holdUs, nowUs });
  const turns = new Turns();
  const timer = setInterval(() => void turns.take(() => splitter.closeDue()).catch(ignore), TICK_MS);
  try {
    if (!selection.exhausted)
      await pump(inputs, context, selection, (...share) => turns.take(() => splitter.push(...share)));
    clearInterval(timer);
    await turns.take(() => splitter.end());
  } catch (error) {
    throw cannotWrite(error);
  } finally {
    clearInterval(timer);
    await pool.closeAll();
    files.abandon();
  }
  return inputs.failed ? 1 : 0;
}

type Push = (batch: Batch, rows: Uint32Array | undefined, count: number, ordinal: number) => Promise<void>;

async function pump(inputs: RecordInputs, context: Context, selection: RecordSelection, push: Push): Promise<void> {
  let ordinal = 0;
  for await (const batch of inputs) {
    if (batch.kind === GAP_BATCH) sayLost(batch, context);
    const count = selection.take(batch, selection.match(batch));
    if (count > 0 || batch.kind === GAP_BATCH)
      await push(batch, count === batch.rows ? undefined : selection.rows, count, ordinal);
    ordinal += Math.max(batch.rows, 1);
    if (selection.exhausted) break;
  }
}

/** Lets one thing be done after the other; a failure is the caller's, and of all who come later. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(action);
    this.#last = turn;
    turn.catch(ignore);
    return turn;
  }
}

function ignore(): void {}

/** Anything but a failed system call comes back as it is. */
export function cannotWrite(error: unknown): unknown {
  const reason = systemReason(error);
  if (reason === undefined) return error;
  const path = error instanceof Error && 'path' in error ? ` ${String(error.path)}` : '';
  return new SuiteError(`cannot write${path}: ${reason}`, { cause: error });
}

async function openInputs(
  args: InputArguments,
  filter: Filter,
  selection: RecordSelection,
  context: Context,
): Promise<RecordInputs> {
  const settings = {
    files: args.read,
    trees: args.recurse,
    servers: args.server,
    security: args,
    serverFilter: filter.remote,
    verbose: args.verbose,
    fields: undefined,
    offsets: asksForOffset(filter.fields),
    peek: undefined,
    merge: mergeOf(args, selection),
    portDirection: args['port-direction'],
  };
  return RecordInputs.open(settings, context, stopAfter(args['stop-after'], context.signal));
}
