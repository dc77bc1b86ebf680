import type { Address } from '../fields/field.ts';
import type { FieldName } from '../fields/table.ts';
import type { Shares } from './shares.ts';

/** One column of what is printed. */
export interface PrintColumn {
  readonly name: FieldName;
  /** Characters; of payload, bytes. The field's own when it is left out. */
  readonly width?: number;
  /** Of times as strftime(3), of the rest as printf(3). */
  readonly format?: string;
}

/** 0: ports and protocols by name; 1: ports by number; 2: protocols too; 3: as 0, and hosts by name. */
export type NumericLevel = 0 | 1 | 2 | 3;

/** What the state column shows of TCP: the state, its letters, or flags seen from source, destination, both. */
export type StateStyle = 'state' | 'letters' | 'source-flags' | 'destination-flags' | 'both-flags';

/** How bytes of user data print where they are no text. */
export type PayloadEncoding = 'ascii' | 'hex' | 'base64';

/** Of which addresses the masks print: of none; of those of networks, as long as something of them is known; of all. */
export type MaskStyle = 'no' | 'yes' | 'strict';

export interface PrintOptions {
  /** `columns`: padded to their widths. */
  readonly style?: 'columns' | 'delimited' | 'json' | 'xml';
  /** Between the columns of the style `delimited`. */
  readonly delimiter?: string;
  readonly numeric?: NumericLevel;
  /** Values without padding, blanks between them; where there is no delimiter. */
  readonly variableWidth?: boolean;
  /** Whether a port follows its address behind a point, where columns have blanks between them; it does when this is left out. */
  readonly portPoint?: boolean;
  readonly masks?: MaskStyle;
  /** Times as seconds since the epoch. */
  readonly unixTime?: boolean;
  /** Digits after the decimal point, 0–9. */
  readonly precision?: number;
  /** strftime(3) and `%f`, the fraction of the second; in the process's time zone. */
  readonly timeFormat?: string;
  readonly state?: StateStyle;
  /** Of `suser` and `duser`, but in JSON, where it is base64. */
  readonly payload?: PayloadEncoding;
  /** Amounts and rates as 2.634K, with this many digits behind the point. */
  readonly abbreviate?: number;
  /** Amounts as percentages of what all records have together, for which all of them have to be counted first. */
  readonly percents?: boolean;
  /** Headings for records that stand once for either of their sides. */
  readonly hosts?: boolean;
  /** In columns: headings, states and losses in colours, for terminals. */
  readonly color?: boolean;
  /** The present time, milliseconds since the epoch. */
  readonly nowMs?: () => number;
  /** In columns: management records tell their figures in words, behind the column `proto`. */
  readonly managementWords?: boolean;
  /** Name of a host, where it is known by now; asked at numeric level 3. */
  readonly hostName?: (address: Address) => string | undefined;
}

/** `PrintOptions` with what is meant when nothing is said. */
export type Settings = Required<Omit<PrintOptions, 'hostName' | 'abbreviate' | 'percents'>> & {
  readonly hostName: PrintOptions['hostName'];
  readonly abbreviate: PrintOptions['abbreviate'];
  /** Of the amounts that print as percentages. */
  readonly shares: Shares | undefined;
};

export const PRECISION_MAX = 9;
const DEFAULT_TIME_FORMAT = '%T.%f';

export function settingsOf(options: PrintOptions, shares?: Shares): Settings {
  const isVariable = options.variableWidth === true && options.delimiter === undefined;
  const precision = Math.min(PRECISION_MAX, Math.max(0, Math.trunc(options.precision ?? 6)));
  return {
    style: options.style ?? (options.delimiter === undefined && !isVariable ? 'columns' : 'delimited'),
    delimiter: options.delimiter ?? (isVariable ? ' ' : ','),
    variableWidth: isVariable,
    portPoint: options.portPoint ?? true,
    masks: options.masks ?? 'no',
    numeric: options.numeric ?? 0,
    unixTime: options.unixTime ?? false,
    precision,
    timeFormat: options.timeFormat ?? DEFAULT_TIME_FORMAT,
    state: options.state ?? 'state',
    managementWords: options.managementWords ?? false,
    payload: options.payload ?? 'ascii',
    hosts: options.hosts ?? false,
    color: options.color ?? false,
    nowMs: options.nowMs ?? Date.now,
    abbreviate: options.abbreviate,
    shares,
    hostName: options.hostName,
  };
}

/** What is printed when nothing is said. */
export const DEFAULT_COLUMNS: readonly PrintColumn[] = (
  ['stime', 'flgs', 'proto', 'saddr', 'sport', 'dir', 'daddr', 'dport', 'pkts', 'bytes', 'state'] as const
).map((name) => ({ name }));
