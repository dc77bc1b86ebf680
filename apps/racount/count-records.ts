import { Room } from '../../libs/codec/room.ts';
import type { Context } from '../../libs/cli/command.ts';
import { explain, showFilter } from '../../libs/cli/listings.ts';
import { parseMemory } from '../../libs/cli/memory-size.ts';
import { parseModes } from '../../libs/cli/modes.ts';
import { parseRecordRange } from '../../libs/cli/selection/record-range.ts';
import { SelectedRecords } from '../../libs/cli/input/selected-records.ts';
import type { Scan } from '../../libs/cli/scan/scan.ts';
import { openScan } from '../../libs/cli/scan/threads-option.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import type { RacountArguments } from './options.ts';
import type { CountOrder } from './count-thread.ts';
import { Counting, type CountingSettings, type CountingState } from './counting.ts';
import { AMOUNT_FIELDS, PROTOCOL_FIELDS } from './record-counts.ts';
import { countsAsJson, countsAsText, type Counted } from './report.ts';

const OWN_MODES = ['proto', 'addr'];
const { saddr, daddr } = STORED_FIELDS;

/** Counts what the command line names. @returns the exit status */
export async function countRecords(args: RacountArguments, context: Context): Promise<number> {
  if (args['show-filter']) return showFilter(args, context);
  const modes = parseModes(
    args.mode.filter((word) => !OWN_MODES.includes(word)),
    OWN_MODES,
  );
  const settings: CountingSettings = {
    byProtocol: args.mode.includes('proto'),
    addressBytes: args.mode.includes('addr') ? parseMemory(args.memory, Infinity) : undefined,
  };
  const fields = fieldsOf(settings);
  if (args.explain) return explain(args, context, { fields, sides: modes });
  let scan: CountScan | undefined;
  const records = await SelectedRecords.open(args, context, {
    range: args.range === undefined ? undefined : parseRecordRange(args.range),
    management: modes.management,
    sides: modes,
    fields,
    written: [],
    room: new Room(),
    scan: (selected) => (scan = countScan(args.threads, { selected, counting: settings })),
  });
  const counting = new Counting(settings, records.showsManagement);
  try {
    for await (const { batch, rows, count } of records) counting.add(batch, rows, count);
    for (const state of (await scan?.rests()) ?? []) counting.addState(state);
  } finally {
    await scan?.close();
  }
  if (counting.addresses?.isFull === true) {
    context.warn('there are more addresses than memory for them: their counts are too low. Give more with --memory');
  }
  const counted: Counted = {
    total: counting.records.total(),
    protocols: settings.byProtocol ? counting.records.protocols(args.numeric >= 2) : undefined,
    addresses: counting.addresses?.classes(),
  };
  await context.stdout.write(modes.format === 'json' ? countsAsJson(counted) : countsAsText(counted));
  return records.failed ? 1 : 0;
}

/** Numbers of the stored fields that are looked at. */
function fieldsOf({ byProtocol, addressBytes }: CountingSettings): ReadonlySet<number> {
  return new Set([
    ...AMOUNT_FIELDS,
    ...(byProtocol ? PROTOCOL_FIELDS : []),
    ...(addressBytes === undefined ? [] : [saddr.number, daddr.number]),
  ]);
}

type CountScan = Scan<undefined, CountingState>;

function countScan(threads: number | undefined, order: CountOrder): CountScan | undefined {
  return openScan(threads, {
    module: new URL('./count-thread.js', import.meta.url),
    order,
    take: () => undefined,
  });
}
