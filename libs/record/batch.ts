import type { Column } from './columns.ts';
import type { DeferredColumns } from './deferred.ts';

/** What the rows of a batch are. */
export const FLOW_BATCH = 1;
export const MANAGEMENT_BATCH = 2;
/** No rows: says that the records `first` … `first + covers - 1` are known to be lost. */
export const GAP_BATCH = 3;
export type BatchKind = typeof FLOW_BATCH | typeof MANAGEMENT_BATCH | typeof GAP_BATCH;

/** Most rows that a batch holds. */
export const BATCH_ROWS_MAX = 16_384;

/** Field numbers are below this; a batch's columns are an array indexed by field number. */
export const FIELD_NUMBERS_MAX = 512;

/** Who made the records of a batch. Record numbers count within one origin. */
export interface Origin {
  /** The probe's source id as it prints: a number, an IPv4 address, or up to 64 characters. */
  readonly source: string;
  /** Names one run of the probe: microseconds since the epoch when it started. */
  readonly run: number;
}

/**
 * Up to `BATCH_ROWS_MAX` records of one kind and one origin, as columns. It does not change once made; all its columns
 * lie, 8-aligned, in `buffer`, so that it crosses a thread as one transfer (dictionaries of text apart).
 */
export interface Batch {
  readonly kind: BatchKind;
  readonly origin: Origin;
  /** Number of the first record within the origin, from 0. */
  readonly first: number;
  /** How many record numbers the batch accounts for: `rows`, or more where a filter removed some. */
  readonly covers: number;
  readonly rows: number;
  /** Indexed by field number; a field that no row has is undefined. */
  readonly columns: readonly (Column | undefined)[];
  /** More columns, where who reads asked for that. */
  readonly deferred?: DeferredColumns;
  /** Columns of fields that this version does not know, as they came; passed on, never looked into. */
  readonly unknown: readonly UnknownColumn[];
  /** Shared with other threads where it is lent: see `ReturnedMemory`. */
  readonly buffer: ArrayBufferLike;
  /** What there is to say to people, as why records are missing; at most `NOTE_CHARACTERS_MAX`. */
  readonly note?: string;
}

export const NOTE_CHARACTERS_MAX = 256;

/** A batch without rows that accounts for the records from `first` up to, not including, `end`. */
export function emptyBatch(kind: BatchKind, origin: Origin, first: number, end: number, note = ''): Batch {
  const batch = { kind, origin, first, covers: end - first, rows: 0, columns: [], unknown: [], buffer: new ArrayBuffer(0) }; // prettier-ignore
  return note === '' ? batch : { ...batch, note: note.slice(0, NOTE_CHARACTERS_MAX) };
}

/** A column of a later version: its directory entry and its bytes, both opaque. */
export interface UnknownColumn {
  readonly entry: unknown;
  readonly bytes: Uint8Array;
}

/** A column of the batch, decoded now if it was not yet. */
export function columnOf({ columns, deferred }: Batch, field: number): Column | undefined {
  return columns[field] ?? deferred?.column(field);
}

/** The batch with all of its columns. */
export function withAllColumns(batch: Batch): Batch {
  const { deferred, ...rest } = batch;
  if (deferred === undefined) return batch;
  const columns = batch.columns.slice();
  for (const field of deferred.fields) {
    while (columns.length <= field) columns.push(undefined);
    columns[field] = deferred.column(field);
  }
  return { ...rest, columns };
}
