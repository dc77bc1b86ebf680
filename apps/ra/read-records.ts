import { BothSides, fieldsOfBothSides } from '../../libs/cli/input/both-sides.ts';
import { Room } from '../../libs/codec/room.ts';
import type { Context } from '../../libs/cli/command.ts';
import { filesAskForOffset, writtenFiles } from '../../libs/cli/output/filtered-file.ts';
import { mayHoldOf } from '../../libs/cli/input/frame-zone.ts';
import { explain, listFields, showFilter } from '../../libs/cli/listings.ts';
import { mergeOf, START_FIELDS } from '../../libs/cli/input/merge-settings.ts';
import { parseModes } from '../../libs/cli/modes.ts';
import { planPrinting, type PrintPlan } from '../../libs/cli/output/printer.ts';
import { recordFilter } from '../../libs/cli/selection/record-filter.ts';
import type { InputSettings } from '../../libs/cli/input/input-settings.ts';
import { RecordInputs } from '../../libs/cli/input/record-inputs.ts';
import { parseRecordRange } from '../../libs/cli/selection/record-range.ts';
import { RecordSelection } from '../../libs/cli/selection/selection.ts';
import { peekOf } from '../../libs/cli/scan/selected-rows.ts';
import { stopAfter } from '../../libs/cli/stop-after.ts';
import { TOTAL_FIELDS } from '../../libs/cli/output/totals.ts';
import { parseWriteTarget } from '../../libs/cli/write-target.ts';
import type { Filter } from '../../libs/filter/compile.ts';
import { EVERYTHING } from '../../libs/filter/everything.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { asksForOffset } from '../../libs/record/offset.ts';
import { ReturnedMemory } from '../../libs/record/returned-memory.ts';
import type { RaArguments } from './options.ts';
import { Outputs } from './outputs.ts';
import { printScan } from './print-scan.ts';

/** Reads what the command line names and leaves it where it says. @returns the exit status */
export async function readRecords(args: RaArguments, context: Context): Promise<number> {
  if (args['list-fields']) return listFields(context);
  const modes = parseModes(args.mode);
  if (args['show-filter']) return showFilter(args, context);
  const nowMs = Date.now();
  const filter = await recordFilter(args, nowMs);
  const range = args.range === undefined ? undefined : parseRecordRange(args.range);
  const selection = new RecordSelection({ filter, range, management: modes.management });
  const plan = await planPrinting(args, modes, context);
  const sides = BothSides.of(modes);
  const wanted = wantedFields(args, filter, plan);
  const fields = wanted === undefined || sides === undefined ? wanted : fieldsOfBothSides(wanted);
  const mayHold = args.rejected === undefined && filter !== EVERYTHING ? mayHoldOf(filter) : undefined;
  if (args.explain) return explain(args, context, { fields });
  const management = !onlyPrints(args) || args.totals || selection.showsManagement;
  const { showsManagement } = selection;
  const offsets = asksForOffset(fields, filter.fields) || filesAskForOffset(args.write);
  const order = { args, nowMs, management: modes.management, fields, offsets, showsManagement };
  const scan = sides === undefined ? printScan(order, plan, (printed) => outputs.pushPrinted(printed)) : undefined;
  const peek = args.rejected === undefined ? peekOf(args, filter, selection) : undefined; // what is refused is kept
  const room = isPassing(args, plan) && sides === undefined ? new Room() : undefined;
  const returned = room !== undefined || writesAll(args, sides) ? new ReturnedMemory() : undefined;
  const merge = mergeOf(args, args.rejected === undefined ? selection : undefined);
  const inputs = await openInputs(args, filter, context, { fields, offsets, peek, room, returned, management, scan, merge, mayHold }); // prettier-ignore
  const outputs = await Outputs.open(args, context, plan, selection, sides);
  const files = writtenFiles(args.write);
  const written = args.rejected === undefined ? files : [...files, args.rejected];
  await inputs.avoid(written.map((text) => parseWriteTarget(text).path));
  try {
    if (!selection.exhausted) await pump(inputs, outputs, selection, returned);
  } finally {
    await scan?.close();
    await outputs.end();
  }
  return inputs.failed ? 1 : 0;
}

async function pump(
  inputs: AsyncIterable<Batch>,
  outputs: Outputs,
  selection: RecordSelection,
  returned: ReturnedMemory | undefined,
): Promise<void> {
  for await (const batch of inputs) {
    await outputs.push(batch);
    returned?.give(batch, outputs.gathering);
    if (selection.exhausted) break;
  }
}

const onlyPrints = ({ write, rejected }: RaArguments): boolean => write.length === 0 && rejected === undefined;

/** Whether nothing of a batch is looked at when the next one is there. */
function isPassing(args: RaArguments, { printer, names }: PrintPlan): boolean {
  return onlyPrints(args) && !args.merge && names === undefined && !printer.countsFirst;
}

/** Whether every batch goes to all files, so that it is known how many of these hold it. */
function writesAll({ write, rejected, range }: RaArguments, sides: BothSides | undefined): boolean {
  return write.length > 0 && rejected === undefined && range === undefined && sides === undefined;
}

/** What is looked at of each record; undefined for all of it, which files keep. */
function wantedFields(args: RaArguments, filter: Filter, { printer }: PrintPlan): ReadonlySet<number> | undefined {
  if (!onlyPrints(args)) return undefined;
  const order = args.merge ? START_FIELDS : [];
  return new Set([
    ...filter.fields,
    ...order,
    ...(args.quiet ? [] : printer.fields),
    ...(args.totals ? TOTAL_FIELDS : []),
  ]);
}

async function openInputs(
  args: RaArguments,
  filter: Filter,
  context: Context,
  columns: Pick<
    InputSettings,
    'fields' | 'offsets' | 'peek' | 'room' | 'returned' | 'management' | 'scan' | 'merge' | 'mayHold'
  >,
): Promise<RecordInputs> {
  const settings = {
    files: args.read,
    trees: args.recurse,
    servers: args.server,
    security: args,
    serverFilter: args.rejected === undefined ? filter.remote : '',
    verbose: args.verbose,
    portDirection: args['port-direction'],
    ...columns,
  };
  return RecordInputs.open(settings, context, stopAfter(args['stop-after'], context.signal));
}
