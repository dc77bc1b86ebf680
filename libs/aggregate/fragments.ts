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

/** A record that is being divided, and how far it is. */
class Divided {
  row = 0;
  us = 0;
  ns = 0;
  /** Nanoseconds. */
  duration = 0;
  /** Packets of either side, those that may be in front of its last part, and those that are in parts. */
  source = 0;
  responder = 0;
  sourceMost = 0;
  responderMost = 0;
  sentSource = 0;
  sentResponder = 0;
  /** Where the next part begins, behind the start of the record. */
  fromNs = 0;
  /** Bins that were looked at. */
  count = 0;

  begin(row: number, us: number, ns: number, duration: number, source: number, responder: number): void {
    this.row = row;
    this.us = us;
    this.ns = ns;
    this.duration = duration;
    this.source = source;
    this.responder = responder;
    this.sourceMost = responder > 0 ? source : source - 1;
    this.responderMost = Math.max(0, responder - 1);
    this.sentSource = this.sentResponder = this.fromNs = this.count = 0;
  }

  /** When the next packet comes: there may be many bins before that. */
  get nextNs(): number {
    const { duration, source, responder, sentSource, sentResponder } = this;
    return Math.min(
      sentSource < this.sourceMost ? (duration * (sentSource + 1)) / source : duration,
      sentResponder < this.responderMost ? (duration * (sentResponder + 1)) / responder : duration,
    );
  }
}

/**
 * Divides records at the boundaries of bins, as if their packets had come evenly, the first one at the start and the last one at the end.
 * No packet and no byte is lost; parts without packets are not made.
 */
export class Fragments {
  readonly #bins: TimeBins;
  readonly #parts = new Parts();
  readonly #divided = new Divided();
  readonly #times: RecordTimes;
  readonly #inside = new Uint32Array(BATCH_ROWS_MAX);
  readonly #across = new Uint32Array(BATCH_ROWS_MAX);

  constructor(bins: TimeBins, times = new RecordTimes()) {
    this.#bins = bins;
    this.#times = times;
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
      this.#divided.begin(row, stime(row), stimens(row), dur(row), spkts(row), dpkts(row));
      for (let hasMore = true; hasMore;) {
        hasMore = this.#addPart();
        if (parts.count === BATCH_ROWS_MAX) yield this.#flush(batch);
      }
    }
    if (parts.count > 0) yield this.#flush(batch);
  }

  /** Adds the next part of the record that is being divided. @returns whether there are more */
  #addPart(): boolean {
    const bins = this.#bins;
    const record = this.#divided;
    const { us, ns, duration, source, responder } = record;
    const packets = source + responder;
    if (record.count === 0) bins.seek(us);
    if (record.count === 0 && (packets < 2 || us + Math.floor((ns + duration) / 1000) < bins.endUs)) {
      this.#add(us, ns, duration, source, responder);
      return false;
    }
    for (;;) {
      record.count += 1;
      const boundaryNs = (bins.endUs - us) * 1000 - ns;
      const isLast = boundaryNs > duration || record.count === PARTS_MAX;
      const share = boundaryNs / duration;
      const sources = isLast ? source : bounded(source * share, source > 0 ? 1 : 0, record.sourceMost);
      const responders = isLast ? responder : bounded(responder * share, source > 0 ? 0 : 1, record.responderMost);
      const isSome = sources + responders > record.sentSource + record.sentResponder;
      if (isSome) {
        // Of two packets it is known when they came.
        const from = packets === 2 && isLast ? duration : record.fromNs;
        const to = isLast ? duration : packets === 2 ? from : boundaryNs;
        const fromUs = Math.floor((ns + from) / 1000);
        this.#add(us + fromUs, (ns + from) % 1000, to - from, sources, responders);
        record.sentSource = sources;
        record.sentResponder = responders;
      }
      if (isLast) return false;
      const nextNs = Math.max(boundaryNs, record.nextNs);
      bins.seek(us + Math.floor((ns + nextNs) / 1000)); // a fraction would be rounded, and into the next bin
      record.fromNs = Math.max(boundaryNs, (bins.startUs - us) * 1000 - ns);
      if (isSome) return true;
    }
  }

  /** @param sources packets of the initiator up to the end of the part */
  #add(us: number, ns: number, duration: number, sources: number, responders: number): void {
    const parts = this.#parts;
    const { row, source, responder, sentSource, sentResponder } = this.#divided;
    const i = parts.count++;
    parts.rows[i] = row;
    parts.startUs[i] = us;
    parts.startNs[i] = ns;
    parts.duration[i] = duration;
    parts.before[0][i] = sentSource;
    parts.before[1][i] = sentResponder;
    parts.upTo[0][i] = sources;
    parts.upTo[1][i] = responders;
    parts.whole[0][i] = source;
    parts.whole[1][i] = responder;
    parts.isDivided[i] = sentSource + sentResponder === 0 && sources + responders === source + responder ? 0 : 1;
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
