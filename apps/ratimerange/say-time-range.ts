import { UsageError } from '../../libs/core/errors.ts';
import type { Context } from '../../libs/cli/command.ts';
import { explain, showFilter } from '../../libs/cli/listings.ts';
import { parseModes } from '../../libs/cli/modes.ts';
import { parseRecordRange } from '../../libs/cli/selection/record-range.ts';
import { SelectedRecords } from '../../libs/cli/input/selected-records.ts';
import { MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { TextBuffer } from '../../libs/record/print/text-buffer.ts';
import { timeWriter, unixTimeWriter, type WriteTime } from '../../libs/record/print/time-cell.ts';
import type { RatimerangeArguments } from './options.ts';
import { TimeSpan, type Moment } from './time-span.ts';

const { stime, stimens, dur } = STORED_FIELDS;
const PRECISION = 6;
const TIME = '%T.%f';
const TIME_AND_DAY = '%Y/%m/%d.%T.%f';

/** @returns the exit status */
export async function sayTimeRange(args: RatimerangeArguments, context: Context): Promise<number> {
  if (args['show-filter']) return showFilter(args, context);
  const { format, management } = parseModes(args.mode);
  if (format === 'xml') throw new UsageError('a range of time does not print as xml', { hint: 'There is -M json.' });
  const fields = new Set([stime.number, stimens.number, dur.number]);
  if (args.explain) return explain(args, context, { fields });
  const records = await SelectedRecords.open(args, context, {
    range: args.range === undefined ? undefined : parseRecordRange(args.range),
    management,
    fields,
    written: [],
  });
  const span = new TimeSpan();
  for await (const { batch, rows, count } of records) {
    if (batch.kind !== MANAGEMENT_BATCH || records.showsManagement) span.add(batch, rows, count);
  }
  const { first, last } = span;
  if (first === undefined || last === undefined) return records.failed ? 1 : 0;
  const { precision = PRECISION } = args;
  const text = (write: WriteTime, moment: Moment): string => {
    const buffer = new TextBuffer();
    buffer.ensure(100);
    write(buffer, moment.us, moment.ns);
    return buffer.toString();
  };
  if (format === 'json') {
    const seconds = unixTimeWriter(9);
    const told = { start: iso(first), end: iso(last), start_seconds: Number(text(seconds, first)), end_seconds: Number(text(seconds, last)) }; // prettier-ignore
    await context.stdout.write(`${JSON.stringify(told)}\n`);
  } else {
    const write = args.unix
      ? unixTimeWriter(precision)
      : timeWriter(isOneDay(first, last) ? TIME : TIME_AND_DAY, precision);
    await context.stdout.write(`${text(write, first)} - ${text(write, last)}\n`);
  }
  return records.failed ? 1 : 0;
}

const isOneDay = (first: Moment, last: Moment): boolean =>
  new Date(first.us / 1000).toDateString() === new Date(last.us / 1000).toDateString();

/** ISO 8601 with nine digits of the second; a Date tells of years 0 to 9999 only so. */
function iso({ us, ns }: Moment): string {
  const second = Math.floor(us / 1e6);
  const fraction = String(Math.floor(us - second * 1e6) * 1000 + ns).padStart(9, '0');
  return new Date(second * 1000).toISOString().replace(/\.000Z$/, `.${fraction}Z`);
}
