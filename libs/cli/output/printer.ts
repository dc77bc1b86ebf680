import { UsageError } from '../../core/errors.ts';
import { parseFieldSpec } from '../../record/print/field-spec.ts';
import {
  DEFAULT_COLUMNS,
  type MaskStyle,
  type NumericLevel,
  type PrintOptions,
  type StateStyle,
} from '../../record/print/options.ts';
import { compileTimeFormat } from '../../record/print/time-format.ts';
import { RecordPrinter } from '../../record/print/printer.ts';
import type { Context } from '../command.ts';
import type { HostNames } from './host-names.ts';
import type { Modes } from '../modes.ts';
import type { Arguments } from '../options.ts';
import type { PRINT_OPTIONS } from '../record-options.ts';

export type PrintArguments = Omit<Arguments<typeof PRINT_OPTIONS>, 'operands'>;

const STATE_STYLES: Readonly<Record<string, StateStyle>> = {
  s: 'source-flags',
  d: 'destination-flags',
  b: 'both-flags',
};

/** Behind the point of abbreviated numbers when `-p` does not say. */
const ABBREVIATED_DIGITS = 3;

/** What the printing options of a command line ask for. */
export interface PrintPlan {
  readonly printer: RecordPrinter;
  readonly headersEvery: number;
  /** Whether it has colours. */
  readonly color: boolean;
  /** To be asked about a batch before it is printed; undefined when hosts print as addresses. */
  readonly names: HostNames | undefined;
}

/**
 * @param context where there may be a terminal that shows colours
 * @throws {UsageError} for words that are not understood
 */
export async function planPrinting(
  args: PrintArguments,
  { format, rmon, payload }: Modes,
  context?: Pick<Context, 'stdout' | 'env'>,
): Promise<PrintPlan> {
  if (args.percent && format !== 'text') throw new UsageError('percentages are for columns, not for -M json or xml');
  const numeric = (args.numeric % 4) as NumericLevel;
  const names = numeric === 3 ? new (await import('./host-names.ts')).HostNames() : undefined;
  const color = wantsColor(args.color, context);
  const style = format === 'text' ? undefined : format;
  const delimiter = args.delimiter?.replaceAll('\\t', '\t') ?? '';
  const options: PrintOptions = {
    numeric,
    unixTime: args.unix,
    percents: args.percent,
    hosts: rmon,
    payload,
    color,
    ...(args.abbreviate && style === undefined && { abbreviate: args.precision ?? ABBREVIATED_DIGITS }),
    managementWords: args.fields.length === 0,
    state: stateStyle(args.states, args.flags),
    ...(style !== undefined && { style }),
    variableWidth: args['variable-width'] || args.delimiter === '',
    portPoint: !args['no-port-point'],
    masks: maskStyle(args.cidr),
    ...(delimiter !== '' && { delimiter }),
    ...(args.precision !== undefined && { precision: args.precision }),
    ...(args['time-format'] !== undefined && { timeFormat: checkedTimeFormat(args['time-format']) }),
    ...(names !== undefined && { hostName: names.nameOf }),
  };
  const printer = new RecordPrinter(parseFieldSpec(args.fields, DEFAULT_COLUMNS), options);
  return { printer, headersEvery: format === 'text' ? args.headers : 0, color, names };
}

function maskStyle(style: string = 'no'): MaskStyle {
  if (style === 'no' || style === 'yes' || style === 'strict') return style;
  throw new UsageError(`option '--cidr' needs yes, strict or no, not '${style}'`);
}

/** As https://no-color.org has it, where the command line says nothing. */
function wantsColor(when: string, context: Pick<Context, 'stdout' | 'env'> | undefined): boolean {
  if (when === 'always' || when === 'never') return when === 'always';
  if (when !== 'auto') throw new UsageError(`option '--color' needs auto, always or never, not '${when}'`);
  if (context === undefined) return false;
  const { stdout, env } = context;
  return stdout.isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
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
