import type { Peek } from '../../codec/decode.ts';
import type { FrameDecoding } from '../../codec/frame-decoder.ts';
import type { Filter } from '../../filter/compile.ts';
import type { Batch } from '../../record/batch.ts';
import { recordFilter, type FilterArguments } from '../selection/record-filter.ts';
import { RecordSelection } from '../selection/selection.ts';

/** What a thread is told of the records that a command line selects; see `InputSettings`. */
export interface SelectedOrder {
  readonly args: FilterArguments & { readonly verbose: boolean };
  /** Of the command's start, which times such as -10m count from; milliseconds since the epoch. */
  readonly nowMs: number;
  readonly management: boolean | undefined;
  readonly fields: ReadonlySet<number> | undefined;
  readonly deferred?: ReadonlySet<number> | undefined;
  /** As `InputSettings` has it. */
  readonly offsets: boolean;
}

/** Selects rows in a thread as the command does itself. */
export class SelectedRows {
  readonly decoding: Pick<FrameDecoding, 'fields' | 'peek' | 'deferred' | 'offsets'>;
  readonly selection: RecordSelection;

  static async open({ args, nowMs, management, fields, deferred, offsets }: SelectedOrder): Promise<SelectedRows> {
    const filter = await recordFilter(args, nowMs);
    const selection = new RecordSelection({ filter, range: undefined, management });
    const peek = peekOf(args, filter, selection);
    return new SelectedRows(selection, { ...(fields && { fields }), ...(peek && { peek }), deferred, offsets });
  }

  private constructor(selection: RecordSelection, decoding: SelectedRows['decoding']) {
    this.selection = selection;
    this.decoding = decoding;
  }

  /** How many rows are wanted: all of them, or that many of `rows`. */
  take(batch: Batch): number {
    return this.selection.take(batch, this.selection.match(batch));
  }

  get rows(): Uint32Array {
    return this.selection.rows;
  }
}

/** Batches of which nothing passes the filter are not decoded. */
export function peekOf(
  { verbose }: { readonly verbose: boolean },
  { fields }: Filter,
  selection: RecordSelection,
): Peek | undefined {
  if (fields.size === 0) return undefined;
  const isWanted = (batch: Batch): boolean => selection.match(batch) > 0;
  // What a record that is not read held is not known.
  const { looks } = selection;
  if (verbose) return { fields, isWanted, looks };
  return { fields, isWanted, looks, select: (batch) => selection.rows.subarray(0, selection.match(batch)) };
}
