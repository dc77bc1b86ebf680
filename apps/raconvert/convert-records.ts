import type { Context } from '../../libs/cli/command.ts';
import { explain } from '../../libs/cli/listings.ts';
import { mergeOf } from '../../libs/cli/input/merge-settings.ts';
import { RecordFileSink } from '../../libs/cli/output/record-file-sink.ts';
import { recordFilter } from '../../libs/cli/selection/record-filter.ts';
import { RecordInputs } from '../../libs/cli/input/record-inputs.ts';
import { parseRecordRange } from '../../libs/cli/selection/record-range.ts';
import { RecordSelection } from '../../libs/cli/selection/selection.ts';
import { parseWriteTarget } from '../../libs/cli/write-target.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { asksForOffset } from '../../libs/record/offset.ts';
import { ReturnedMemory } from '../../libs/record/returned-memory.ts';
import type { RaconvertArguments } from './options.ts';

/**
 * Reads records in whatever format and appends them to one file. What was left out on either side is said on standard error.
 * @returns the exit status
 */
export async function convertRecords(args: RaconvertArguments, context: Context): Promise<number> {
  if (args.explain) return explain(args, context, { fields: undefined, readsAll: true });
  if (args.write === undefined) {
    throw new UsageError('nowhere to write to', {
      hint: 'Name a file with -w: FILE for our own format, argus3:FILE for that of Argus 3.',
    });
  }
  const target = parseWriteTarget(args.write);
  const range = args.range === undefined ? undefined : parseRecordRange(args.range);
  const filter = await recordFilter(args);
  const selection = new RecordSelection({ filter, range, management: undefined });
  const returned = new ReturnedMemory();
  const inputs = await RecordInputs.open(
    { ...inputSettings(args, selection, returned), offsets: asksForOffset(filter.fields) },
    context,
    context.signal,
  );
  const sink = await RecordFileSink.open(target, context.stdout, context);
  let flows = 0;
  let others = 0;
  try {
    await inputs.avoid([target.path]);
    for await (const batch of inputs) {
      const count = selection.take(batch, selection.match(batch));
      if (batch.kind === FLOW_BATCH) flows += count;
      else others += count;
      await sink.pushAhead(batch, count === batch.rows ? undefined : selection.rows, count);
      returned.give(batch, sink.gathering);
      if (selection.exhausted) break;
    }
  } finally {
    await sink.end();
  }
  if (!args.quiet) context.info(`${flows} flow records and ${others} management records converted`);
  return inputs.failed ? 1 : 0;
}

function inputSettings(
  { read, recurse, ...args }: RaconvertArguments,
  wanted: RecordSelection,
  returned: ReturnedMemory,
): Parameters<typeof RecordInputs.open>[0] {
  const merge = mergeOf(args, wanted);
  return {
    files: read,
    trees: recurse,
    servers: [],
    security: undefined,
    serverFilter: '',
    fields: undefined,
    peek: undefined,
    returned,
    verbose: true,
    ...(merge && { merge }),
  };
}
