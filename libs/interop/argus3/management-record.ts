import type { Batch, Origin } from '../../record/batch.ts';
import { CAUSE } from '../../record/fields/field.ts';
import { managementBatch } from '../../record/management.ts';
import { COOKIE_3, COOKIE_5, COOKIE_AT, MANAGEMENT_BYTES } from './format.ts';
import { causeOf } from './settle.ts';
import { characters, ID_KIND, idText } from './transport-section.ts';

const STATUS_AT = 4;
const START_AT = 24;
const NOW_AT = 32;
const MAJOR_AT = 40;
const ID_5_AT = 108;
const ID_3_AT = 120;
/** Kinds of id in the status word, and how the id sections of flow records call them. */
const STATUS_ID_KIND = 0x00e00000;
export const STATUS_ID_KINDS: readonly (readonly [status: number, kind: number])[] = [
  [0x00200000, ID_KIND.text],
  [0x00400000, ID_KIND.integer],
  [0x00600000, ID_KIND.ipv6],
  [0x00800000, ID_KIND.ipv4],
  [0x00a00000, ID_KIND.uuid],
];
const KINDS: ReadonlyMap<number, number> = new Map(STATUS_ID_KINDS);

/** What a probe has counted so far. Its management records say what came since the one before. */
export interface ManagementTotals {
  readonly packets: number;
  readonly bytes: number;
  readonly records: number;
  readonly flows: number;
  readonly dropped: number;
}

export interface ManagementHeader {
  readonly cause: number;
  /** The source id as it prints. */
  readonly source: string;
  /** When the probe started, or what is reported of began, microseconds since the epoch. */
  readonly startUs: number;
  readonly hasCookie: boolean;
}

const instantUs = (view: DataView, at: number): number => view.getUint32(at) * 1e6 + view.getUint32(at + 4);
const uint64 = (view: DataView, at: number): number =>
  Math.min(view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4), Number.MAX_SAFE_INTEGER);

/** Who speaks, and since when. @returns undefined when the record is too short to be one */
export function readManagement(view: DataView, at: number, end: number): ManagementHeader | undefined {
  if (end - at < MANAGEMENT_BYTES) return undefined;
  const cookie = view.getUint32(at + COOKIE_AT);
  return {
    cause: causeOf(view.getUint8(at + 1)),
    source: managementSource(view, at),
    startUs: instantUs(view, at + START_AT),
    hasCookie: cookie === COOKIE_3 || cookie === COOKIE_5,
  };
}

function managementSource(view: DataView, at: number): string {
  const status = view.getUint32(at + STATUS_AT);
  const kind = KINDS.get(status & STATUS_ID_KIND) ?? ID_KIND.ipv4;
  if (view.getUint8(at + MAJOR_AT) >= 5) return idText(view, at + ID_5_AT, 16, kind);
  const idAt = at + (view.getUint32(at + COOKIE_AT) === COOKIE_3 ? ID_3_AT : COOKIE_AT);
  // Argus 3 writes the letters of an id backwards here.
  return kind === ID_KIND.text
    ? [3, 2, 1, 0].map((i) => characters(view, idAt + i, 1)).join('')
    : idText(view, idAt, 4, kind);
}

/** What a probe has counted once the record is added. @param before undefined for the first one */
export function countTotals(before: ManagementTotals | undefined, view: DataView, at: number): ManagementTotals {
  return {
    packets: (before?.packets ?? 0) + uint64(view, at + 48),
    bytes: (before?.bytes ?? 0) + uint64(view, at + 56),
    records: (before?.records ?? 0) + view.getUint32(at + 72),
    flows: (before?.flows ?? 0) + view.getUint32(at + 76),
    dropped: (before?.dropped ?? 0) + view.getUint32(at + 80),
  };
}

/** The record as one of ours. @param totals the counts of its probe, this record's included */
export function decodeManagement(
  view: DataView,
  at: number,
  header: ManagementHeader,
  totals: ManagementTotals,
  origin: Origin,
): Batch {
  const timeUs = instantUs(view, at + NOW_AT);
  const isStart = header.cause === CAUSE.start;
  return managementBatch(origin, 0, {
    cause: header.cause,
    timeUs,
    durationNs: Math.max(0, timeUs - (isStart ? header.startUs : origin.run)) * 1000,
    values: {
      mpkts: totals.packets,
      mbytes: totals.bytes,
      mrecords: totals.records,
      mopened: totals.flows,
      mkdrops: totals.dropped,
      mdrops: 0,
      mflows: view.getUint32(at + 84),
      mqueued: view.getUint32(at + 88),
      mreaders: view.getUint32(at + 92),
      mmemory: view.getUint32(at + 100),
      mversion: `Argus ${view.getUint8(at + MAJOR_AT)}.${view.getUint8(at + MAJOR_AT + 1)}`,
    },
  });
}
