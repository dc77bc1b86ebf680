import type { Batch, Origin } from '../../record/batch.ts';
import { NumberColumn } from '../../record/columns.ts';
import { CAUSE } from '../../record/fields/field.ts';
import type { MANAGEMENT_FIELDS } from '../../record/fields/management.ts';
import { STORED_BY_NUMBER } from '../../record/fields/stored.ts';
import { numberReader, type NumberReader } from '../../record/row.ts';
import { CAUSE_BITS, COOKIE_3, MANAGEMENT_BIT, MANAGEMENT_BYTES } from './format.ts';
import type { Losses } from './losses.ts';
import { STATUS_ID_KINDS } from './management-record.ts';
import { shortSourceId } from './source-id.ts';
import { ID_KIND } from './transport-section.ts';

type ManagementName = keyof typeof MANAGEMENT_FIELDS;

const VERSION = 3;
const WORDS = MANAGEMENT_BYTES / 4;
const VARIABLE_LENGTH = 0xffff_ffff;
const UINT32_MAX = 0xffff_ffff;
const US_PER_SECOND = 1e6;

const CAUSES: Readonly<Record<number, number>> = {
  [CAUSE.start]: CAUSE_BITS.start,
  [CAUSE.stop]: CAUSE_BITS.stop,
  [CAUSE.shutdown]: CAUSE_BITS.shutdown,
  [CAUSE.error]: CAUSE_BITS.error,
};

/** What counts since the record before. */
const COUNTS = {
  packets: ['mpkts', 48],
  bytes: ['mbytes', 56],
  records: ['mrecords', 72],
  flows: ['mopened', 76],
  dropped: ['mkdrops', 80],
} as const satisfies Record<string, readonly [ManagementName, number]>;
const COUNTED = Object.values(COUNTS);
/** What is as it is. */
const STATES = [
  ['mflows', 84],
  ['mqueued', 88],
  ['mreaders', 92],
  ['mmemory', 100],
] as const satisfies readonly (readonly [ManagementName, number])[];
/** Counts of eight bytes. */
const WIDE: ReadonlySet<number> = new Set([48, 56]);

const readers: ReadonlyMap<ManagementName, NumberReader> = new Map(
  [...COUNTED, ...STATES].map(([name]) => [name, numberReader(name)!]),
);
const stime = numberReader('stime')!;
const cause = numberReader('cause')!;

const valueIn = (batch: Batch, row: number, name: ManagementName): number => readers.get(name)?.(batch, row) || 0;

/** What one origin told last, and before that. */
interface Told {
  readonly timeUs: number;
  readonly counts: readonly number[];
  readonly before: Omit<Told, 'before'> | undefined;
}

/** Origins whose counts are remembered at once. */
const ORIGINS_MAX = 4096;

/** Management records, whose counts go from one record to the next of the same origin. */
export class ManagementEncoder {
  readonly #told = new Map<string, Told>();

  /** Writes the record of a row in 128 bytes at `at`. */
  encode(batch: Batch, row: number, view: DataView, at: number, losses: Losses): void {
    const { origin } = batch;
    const key = `${origin.run} ${origin.source}`;
    const timeUs = stime(batch, row) || 0;
    const told = this.#told.get(key);
    // The last one may be asked for again.
    const before = told?.timeUs === timeUs ? told.before : told;
    const isStart = cause(batch, row) === CAUSE.start;
    writeFrame(view, at, origin, CAUSES[cause(batch, row)] ?? CAUSE_BITS.status, losses);
    writeTime(view, at + 24, isStart || before === undefined ? origin.run : before.timeUs);
    writeTime(view, at + 32, timeUs);
    const counts = COUNTED.map(([name]) => valueIn(batch, row, name));
    for (const [i, [, offset]] of COUNTED.entries()) {
      writeCount(view, at + offset, Math.max(0, counts[i]! - (before?.counts[i] ?? 0)), WIDE.has(offset));
    }
    for (const [name, offset] of STATES) writeCount(view, at + offset, valueIn(batch, row, name), false);
    loseOthers(batch, row, losses);
    if (this.#told.size >= ORIGINS_MAX) this.#told.clear();
    this.#told.set(key, { timeUs, counts, before: before && { timeUs: before.timeUs, counts: before.counts } });
  }
}

/** What stands elsewhere in the record, or is in its counts. */
const TAKEN: ReadonlySet<string> = new Set([...readers.keys(), 'stime', 'dur', 'cause']);

function loseOthers({ columns }: Batch, row: number, losses: Losses): void {
  columns.forEach((column, field) => {
    if (column === undefined || !column.has(row)) return;
    const { name = `field ${field}` } = STORED_BY_NUMBER.get(field) ?? {};
    if (TAKEN.has(name) || (column instanceof NumberColumn && column.values[row] === 0)) return;
    losses.add(name);
  });
}

/** The record that every file begins with, of a program of which no more is known. */
export function startRecord(origin: Origin, nowUs: number, losses: Losses): Uint8Array {
  const bytes = new Uint8Array(MANAGEMENT_BYTES);
  const view = new DataView(bytes.buffer);
  writeFrame(view, 0, origin, CAUSE_BITS.start, losses);
  writeTime(view, 24, origin.run);
  writeTime(view, 32, nowUs);
  return bytes;
}

/** What all of them have; the rest is zero. */
function writeFrame(view: DataView, at: number, { source }: Origin, causeBits: number, losses: Losses): void {
  const isStart = causeBits === CAUSE_BITS.start;
  const { kind, number, isExact } = shortSourceId(source);
  if (!isExact) losses.add('srcid');
  // The letters of an id are backwards here.
  const id = kind === ID_KIND.text ? reversed(number) : number;
  for (let offset = at; offset < at + MANAGEMENT_BYTES; offset += 4) view.setUint32(offset, 0);
  view.setUint8(at, MANAGEMENT_BIT | VERSION);
  view.setUint8(at + 1, causeBits);
  view.setUint16(at + 2, WORDS);
  view.setUint32(at + 4, STATUS_ID_KINDS.find(([, of]) => of === kind)?.[0] ?? 0);
  view.setUint32(at + 8, isStart ? COOKIE_3 : id);
  view.setUint8(at + 40, VERSION);
  if (isStart) view.setUint32(at + 120, id);
  view.setUint32(at + 124, VARIABLE_LENGTH);
}

function writeTime(view: DataView, at: number, us: number): void {
  const seconds = Math.floor(us / US_PER_SECOND);
  view.setUint32(at, Math.min(seconds, UINT32_MAX));
  view.setUint32(at + 4, Math.floor(us - seconds * US_PER_SECOND));
}

function writeCount(view: DataView, at: number, count: number, isWide: boolean): void {
  if (!isWide) return view.setUint32(at, Math.min(count, UINT32_MAX));
  view.setUint32(at, Math.floor(count / 2 ** 32));
  view.setUint32(at + 4, count >>> 0);
}

const reversed = (number: number): number =>
  ((number << 24) | ((number & 0xff00) << 8) | ((number >>> 8) & 0xff00) | (number >>> 24)) >>> 0;
