import type { Batch } from '../record/batch.ts';
import { BATCH_ROWS_MAX } from '../record/batch.ts';
import { NumberColumn, type Column } from '../record/columns.ts';
import { STORED_BY_NUMBER, STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';
import { copyRows } from '../record/select.ts';
import type { TimeBins } from '../time/span.ts';
import { RecordTimes } from './record-times.ts';

/** A record is divided into at most so many; its last part has the rest. */
const PARTS_MAX = 100_000;

const number = (name: StoredName): number => STORED_FIELDS[name].number;

/** What merging adds up is shared out, apart from what counts records. */
const SHARED: readonly (readonly [field: number, isResponders: boolean])[] = [...STORED_BY_NUMBER]
  .filter(([, { name, field }]) => field.merge === 'sum' && field.group !== 'management' && !/^(trans|dur)/.test(name))
  .map(([field, { name }]) => [field, name.startsWith('d')]);
/** Told of a whole record only. */
const OF_WHOLE = (['sfirst', 'slast', 'dfirst', 'dlast', 'dursum', 'dursq', 'durmin', 'durmax'] as const).map(number);

/** Parts of records, one for each row of a batch under construction. */
class Parts {
  count = 0;
  readonly rows = new Uint32Array(BATCH_ROWS_MAX);
  readonly startUs = new Float64Array(BATCH_ROWS_MAX);
  readonly startNs = new Uint16Array(BATCH_ROWS_MAX);
  /** Nanoseconds. */
  readonly duration = new Float64Array(BATCH_ROWS_MAX);
  /** Packets of either side of the record before the part and with it, and in the whole record. */
  readonly before = [new Float64Array(BATCH_ROWS_MAX), new Float64Array(BATCH_ROWS_MAX)] as const;
  readonly upTo = [new Float64Array(BATCH_ROWS_MAX), new Float64Array(BATCH_ROWS_MAX)] as const;
  readonly whole = [new Float64Array(BATCH_ROWS_MAX), new Float64Array(BATCH_ROWS_MAX)] as const;
  readonly isDivided = new Uint8Array(BATCH_ROWS_MAX);
}

/**
 * Divides records at the boundaries of bins, as if their packets had come evenly, the first one at the start and the last one at the end.
 * No packet and no byte is lost; parts without packets are not made.
 */
export class Fragments {
  readonly #bins: TimeBins;
  readonly #parts = new Parts();
  readonly #times = new RecordTimes();
  readonly #inside = new Uint32Array(BATCH_ROWS_MAX);
  readonly #across = new Uint32Array(BATCH_ROWS_MAX);

  constructor(bins: TimeBins) {
    this.#bins = bins;
  }

  /** Rows of records that lie in one bin, and of those that do not, both ascending; valid until the next call. */
  sort(batch: Batch, rows: Uint32Array, count: number): { readonly inside: Uint32Array; readonly across: Uint32Array } {
    const bins = this.#bins;
    const { startUs, endUs } = this.#times.fill(batch);
    const [source, responder] = [batch.columns[number('spkts')], batch.columns[number('dpkts')]];
    let inside = 0;
    let across = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      bins.seek(startUs[row]!);
      if (endUs[row]! < bins.endUs || packetsOf(source, row) + packetsOf(responder, row) < 2)
        this.#inside[inside++] = row;
      else this.#across[across++] = row;
    }
    return { inside: this.#inside.subarray(0, inside), across: this.#across.subarray(0, across) };
  }

  /** Batches of the first `count` of `rows`, each row of which lies in one bin. To be used before the next one is asked for. */
  *divide(batch: Batch, rows: Uint32Array, count: number): Generator<Batch> {
    const parts = this.#parts;
    const { columns } = batch;
    const read = (name: StoredName): ((row: number) => number) => {
      const column = columns[number(name)];
      return (row) => (column instanceof NumberColumn && column.has(row) ? column.values[row]! : 0);
    };
    const [stime, stimens, dur, spkts, dpkts] = [
      read('stime'),
      read('stimens'),
      read('dur'),
      read('spkts'),
      read('dpkts'),
    ];
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      for (const _ of this.#partsOf(row, stime(row), stimens(row), dur(row), spkts(row), dpkts(row))) {
        if (parts.count === BATCH_ROWS_MAX) yield this.#flush(batch);
      }
    }
    if (parts.count > 0) yield this.#flush(batch);
  }

  /** Adds the parts of one record, and stops behind each of them. */
  *#partsOf(row: number, us: number, ns: number, duration: number, source: number, responder: number): Generator<void> {
    const bins = this.#bins;
    const packets = source + responder;
    bins.seek(us);
    const endUs = us + Math.floor((ns + duration) / 1000);
    if (endUs < bins.endUs || packets < 2) {
      this.#add(row, us, ns, duration, [0, 0], [source, responder], [source, responder]);
      yield;
      return;
    }
    const most = [responder > 0 ? source : source - 1, Math.max(0, responder - 1)] as const;
    const least = [source > 0 ? 1 : 0, source > 0 ? 0 : 1] as const;
    let sent: readonly [number, number] = [0, 0];
    let fromNs = 0;
    for (let part = 1; ; part++) {
      const boundaryNs = (bins.endUs - us) * 1000 - ns;
      const isLast = boundaryNs > duration || part === PARTS_MAX;
      const share = boundaryNs / duration;
      const upTo: readonly [number, number] = isLast
        ? [source, responder]
        : [bounded(source * share, least[0], most[0]), bounded(responder * share, least[1], most[1])];
      if (upTo[0] + upTo[1] > sent[0] + sent[1]) {
        // Of two packets it is known when they came.
        const from = packets === 2 && isLast ? duration : fromNs;
        const to = isLast ? duration : packets === 2 ? from : boundaryNs;
        this.#add(row, us + Math.floor((ns + from) / 1000), (ns + from) % 1000, to - from, sent, upTo, [
          source,
          responder,
        ]);
        yield;
        sent = upTo;
      }
      if (isLast) return;
      const nextNs = Math.max(boundaryNs, this.#nextNs(sent, [source, responder], most, duration));
      bins.seek(us + Math.floor((ns + nextNs) / 1000)); // a fraction would be rounded, and into the next bin
      fromNs = Math.max(boundaryNs, (bins.startUs - us) * 1000 - ns);
    }
  }

  /** When the next packet comes: there may be many bins before that. */
  #nextNs(sent: readonly number[], whole: readonly number[], most: readonly number[], duration: number): number {
    const next = [0, 1].map((k) => (sent[k]! < most[k]! ? (duration * (sent[k]! + 1)) / whole[k]! : duration));
    return Math.min(next[0]!, next[1]!);
  }

  #add(
    row: number,
    us: number,
    ns: number,
    duration: number,
    before: readonly [number, number],
    upTo: readonly [number, number],
    whole: readonly [number, number],
  ): void {
    const parts = this.#parts;
    const i = parts.count++;
    parts.rows[i] = row;
    parts.startUs[i] = us;
    parts.startNs[i] = ns;
    parts.duration[i] = duration;
    for (const side of [0, 1] as const) {
      parts.before[side][i] = before[side];
      parts.upTo[side][i] = upTo[side];
      parts.whole[side][i] = whole[side];
    }
    parts.isDivided[i] = before[0] + before[1] === 0 && upTo[0] + upTo[1] === whole[0] + whole[1] ? 0 : 1;
  }

  #flush(batch: Batch): Batch {
    const parts = this.#parts;
    const { count } = parts;
    parts.count = 0;
    const copied = copyRows(batch, parts.rows, count);
    const columns = copied.columns.slice();
    const stime = columns[number('stime')];
    const dur = columns[number('dur')];
    if (stime instanceof NumberColumn) stime.values.set(parts.startUs.subarray(0, count));
    if (dur instanceof NumberColumn) dur.values.set(parts.duration.subarray(0, count));
    if (parts.startNs.subarray(0, count).some((ns) => ns > 0)) {
      columns[number('stimens')] = new NumberColumn('u16', parts.startNs.slice(0, count), undefined);
    }
    if (parts.isDivided.subarray(0, count).includes(1)) {
      for (const [field, isResponders] of SHARED) this.#share(columns[field], isResponders ? 1 : 0, count);
      for (const field of OF_WHOLE) columns[field] = this.#ofUndivided(columns[field], count);
    }
    return { ...copied, columns };
  }

  #share(column: Column | undefined, side: 0 | 1, count: number): void {
    if (!(column instanceof NumberColumn)) return;
    const { isDivided, before, upTo, whole } = this.#parts;
    for (let i = 0; i < count; i++) {
      if (isDivided[i] === 0) continue;
      const value = column.values[i]!;
      const packets = whole[side][i]!;
      // What a side without packets has goes to the first part.
      if (packets === 0) column.values[i] = before[0][i]! > 0 || before[1][i]! > 0 ? 0 : value;
      else column.values[i] = upToShare(value, upTo[side][i]!, packets) - upToShare(value, before[side][i]!, packets);
    }
  }

  #ofUndivided(column: Column | undefined, count: number): Column | undefined {
    if (!(column instanceof NumberColumn)) return undefined;
    const valid = new Uint8Array((count + 7) >> 3);
    for (let i = 0; i < count; i++) {
      if (this.#parts.isDivided[i] === 0 && column.has(i)) valid[i >> 3]! |= 1 << (i & 7);
    }
    return new NumberColumn(column.kind, column.values, valid);
  }
}

function packetsOf(column: Column | undefined, row: number): number {
  return column instanceof NumberColumn && column.has(row) ? column.values[row]! : 0;
}

const bounded = (packets: number, least: number, most: number): number =>
  Math.max(Math.min(Math.floor(packets), most), Math.min(least, most));

const upToShare = (value: number, packets: number, whole: number): number =>
  packets === whole ? value : Math.floor((value * packets) / whole);
