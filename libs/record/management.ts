import { MANAGEMENT_BATCH, type Batch, type Origin } from './batch.ts';
import { BatchBuilder } from './builder.ts';
import { MANAGEMENT_FIELDS } from './fields/management.ts';
import { STORED_FIELDS } from './fields/stored.ts';
import { isNumeric } from './kinds.ts';

/** What a probe or multiplexer tells of itself; what is left out cannot be known. */
export interface ManagementReport {
  /** One of `CAUSE`: start, status, stop, shutdown, error. */
  readonly cause: number;
  /** Now, microseconds since the epoch. */
  readonly timeUs: number;
  /** How long it has run, nanoseconds. */
  readonly durationNs: number;
  readonly values: Partial<Record<keyof typeof MANAGEMENT_FIELDS, number | string>>;
}

/** Holds nothing between two records. */
const builder = new BatchBuilder(1);

/** One management record, which has a record number like any other. */
export function managementBatch(origin: Origin, first: number, report: ManagementReport): Batch {
  const row = builder.addRow();
  const { stime, dur, cause } = STORED_FIELDS;
  builder.number(stime.number, stime.kind).set(row, report.timeUs);
  builder.number(dur.number, dur.kind).set(row, report.durationNs);
  builder.number(cause.number, cause.kind).set(row, report.cause);
  for (const [name, value] of Object.entries(report.values)) {
    const { number, kind } = MANAGEMENT_FIELDS[name as keyof typeof MANAGEMENT_FIELDS];
    if (typeof value === 'string') builder.text(number).set(row, value);
    else if (isNumeric(kind)) builder.number(number, kind).set(row, value);
  }
  return builder.finish(MANAGEMENT_BATCH, origin, first);
}
