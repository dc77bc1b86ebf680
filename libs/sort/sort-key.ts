import type { FieldName } from '../record/fields/table.ts';
import { FIELDS } from '../record/fields/table.ts';
import type { Span } from '../time/span.ts';

/** One of the fields that records are sorted by. */
export interface SortKey {
  readonly field: FieldName;
  readonly descending: boolean;
  /** Of an address, bits from the left that count, as of IPv4 (0–32) or of IPv6 (0–128); undefined for all. */
  readonly prefixBits?: number;
  /** Of a time, microseconds: those in one interval of this length are equal. */
  readonly span?: Span;
}

/** Measures in units that do not tell that more is what people look for first. */
const MORE_FIRST: ReadonlySet<FieldName> = new Set<FieldName>(['trans', 'tcprtt', 'synack', 'ackdat', 'stcpb', 'dtcpb', 'pcr', 'abr']); // prettier-ignore

const UNITS_MORE_FIRST: ReadonlySet<string | undefined> = new Set([
  'bytes',
  'packets',
  'bits/s',
  'packets/s',
  'percent',
]);

/** Whether a field is sorted from its largest value down when nobody says otherwise: amounts and rates are, as Argus has it. */
export function sortsDown(field: FieldName): boolean {
  return UNITS_MORE_FIRST.has(FIELDS[field].unit) || MORE_FIRST.has(field);
}
