import type { Context } from '../../libs/cli/command.ts';
import { showFilter } from '../../libs/cli/listings.ts';
import { parseMemory } from '../../libs/cli/memory-size.ts';
import { parseModes } from '../../libs/cli/modes.ts';
import { parseRecordRange } from '../../libs/cli/record-range.ts';
import { SelectedRecords } from '../../libs/cli/selected-records.ts';
import { FLOW_BATCH, MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { AddressCounts } from './address-counts.ts';
import type { RacountArguments } from './command.ts';
import { AMOUNT_FIELDS, PROTOCOL_FIELDS, RecordCounts } from './record-counts.ts';
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
  const byProtocol = args.mode.includes('proto');
  const addresses = args.mode.includes('addr') ? new AddressCounts(parseMemory(args.memory)) : undefined;
  const records = await SelectedRecords.open(args, context, {
    range: args.range === undefined ? undefined : parseRecordRange(args.range),
    management: modes.management,
    fields: new Set([
      ...AMOUNT_FIELDS,
      ...(byProtocol ? PROTOCOL_FIELDS : []),
      ...(addresses === undefined ? [] : [saddr.number, daddr.number]),
    ]),
    written: [],
  });
  const counts = new RecordCounts();
  for await (const { batch, rows, count } of records) {
    if (batch.kind === MANAGEMENT_BATCH && records.showsManagement) counts.addManagement(count);
    if (batch.kind !== FLOW_BATCH) continue;
    counts.add(batch, rows, count);
    addresses?.add(batch, rows, count);
  }
  if (addresses?.isFull === true) {
    context.warn('there are more addresses than memory for them: their counts are too low. Give more with --memory');
  }
  const counted: Counted = {
    total: counts.total(),
    protocols: byProtocol ? counts.protocols(args.numeric >= 2) : undefined,
    addresses: addresses?.classes(),
  };
  await context.stdout.write(modes.format === 'json' ? countsAsJson(counted) : countsAsText(counted));
  return records.failed ? 1 : 0;
}
