import { UsageError } from '../core/errors.ts';
import { parseFieldSpec } from '../record/print/field-spec.ts';
import { DEFAULT_COLUMNS, type NumericLevel, type PrintOptions, type StateStyle } from '../record/print/options.ts';
import { compileTimeFormat } from '../record/print/time-format.ts';
import { RecordPrinter } from '../record/print/printer.ts';
import type { HostNames } from './host-names.ts';
import type { Modes } from './modes.ts';
import type { Arguments } from './options.ts';
import type { PRINT_OPTIONS } from './record-options.ts';

type PrintArguments = Omit<Arguments<typeof PRINT_OPTIONS>, 'operands'>;

const STATE_STYLES: Readonly<Record<string, StateStyle>> = {
  s: 'source-flags',
  d: 'destination-flags',
  b: 'both-flags',
};

/** What the printing options of a command line ask for. */
export interface PrintPlan {
  readonly printer: RecordPrinter;
  readonly headersEvery: number;
  /** To be asked about a batch before it is printed; undefined when hosts print as addresses. */
  readonly names: HostNames | undefined;
}

/** @throws {UsageError} for words that are not understood */
export async function planPrinting(args: PrintArguments, { format }: Modes): Promise<PrintPlan> {
  const numeric = (args.numeric % 4) as NumericLevel;
  const names = numeric === 3 ? new (await import('./host-names.ts')).HostNames() : undefined;
  const style = format === 'text' ? undefined : format;
  const options: PrintOptions = {
    numeric,
    unixTime: args.unix,
    managementWords: args.fields.length === 0,
    state: stateStyle(args.states, args.flags),
    ...(style !== undefined && { style }),
    ...(args.delimiter !== undefined && { delimiter: args.delimiter.replaceAll('\\t', '\t') }),
    ...(args.precision !== undefined && { precision: args.precision }),
    ...(args['time-format'] !== undefined && { timeFormat: checkedTimeFormat(args['time-format']) }),
    ...(names !== undefined && { hostName: names.nameOf }),
  };
  const printer = new RecordPrinter(parseFieldSpec(args.fields, DEFAULT_COLUMNS), options);
  return { printer, headersEvery: format === 'text' ? args.headers : 0, names };
}

function checkedTimeFormat(format: string): string {
  const compiled = compileTimeFormat(format);
  if (typeof compiled === 'string') throw new UsageError(`option '--time-format': ${compiled}`);
  return format;
}

function stateStyle(letters: boolean, flags: string | undefined): StateStyle {
  if (flags === undefined) return letters ? 'letters' : 'state';
  const style = STATE_STYLES[flags];
  if (style === undefined) throw new UsageError(`option '-Z' needs s, d or b, not '${flags}'`);
  return style;
}
