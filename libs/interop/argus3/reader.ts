import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch, type Origin } from '../../record/batch.ts';
import { BatchBuilder } from '../../record/builder.ts';
import { STORED_BY_NUMBER } from '../../record/fields/stored.ts';
import { FlowColumns } from './flow-columns.ts';
import { FlowDecoder } from './flow-decoder.ts';
import { FlowRecord } from './flow-record.ts';
import { MANAGEMENT_BIT, RECORD_HEADER_BYTES, RECORD_TYPE } from './format.ts';
import { Glimpse, type RowPeek } from './glimpse.ts';
import { decodeManagement, ManagementTotals, readManagement, type ManagementHeader } from './management-record.ts';
import type { RecordNumbers } from './record-numbers.ts';
import { RecordSplitter } from './splitter.ts';
import { sourceText } from './transport-section.ts';

export interface Argus3Options {
  readonly numbers: RecordNumbers;
  /** Run of all records, instead of the start of their probe; microseconds since the epoch. */
  readonly run?: number;
  /** Numbers of the fields that are wanted of flow records; undefined for all. */
  readonly fields?: ReadonlySet<number>;
  /** Flow records that it does not select are not read whole; their numbers are covered all the same. */
  readonly peek?: RowPeek;
  /** Whether management records are wanted: yes, if it is not said. */
  readonly management?: boolean;
  /** Whether rows wait for others to fill a batch with, as from a file; else what has come is given before more is asked for. */
  readonly waits?: boolean;
  /** Rows of a batch at most, of the first few sources. */
  readonly batchRows?: number;
}

/** As many records as fit into a piece of input, for the most part; more where they may wait. */
const BATCH_ROWS = 4096;
/** Sources whose rows are gathered at once; those after the first few have less room. */
const ORIGINS_MAX = 64;
const ORIGINS_WITH_ROOM = 4;
const BATCH_ROWS_OF_MANY = 512;
/** How long no glimpse is taken when the last one did not help, in windows of the splitter. */
const PLAIN_PIECES = 8;
/** Probes of which totals and runs are known at once. */
const PROBES_MAX = 4096;

/** Rows of one origin on their way into a batch. */
interface Gathering {
  readonly origin: Origin;
  readonly builder: BatchBuilder;
  readonly columns: FlowColumns;
  /** Records that its rows were chosen from. */
  covers: number;
}

/**
 * Reads the records of Argus 3 and 5 from a byte stream: `for await (const batch of reader)`, then look at `pending` and
 * `leftOut`. Once only.
 */
export class Argus3Reader implements AsyncIterable<Batch> {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #options: Argus3Options;
  readonly #decoder: FlowDecoder;
  readonly #glimpse: Glimpse | undefined;
  /** Whose records the rows of the glimpse are. */
  #glimpsed: Gathering | undefined;
  /** Pieces of input that are read without a glimpse, since it did not help. */
  #plainPieces = 0;
  readonly #splitter = new RecordSplitter();
  readonly #record = new FlowRecord();
  readonly #gathered = new Map<string, Gathering>();
  /** Where the records since the last one with another source id go. */
  #current: Gathering | undefined;
  readonly #currentId = new Uint8Array(32);
  #currentIdBytes = -1;
  #currentQualifier = 0;
  readonly #runs = new Map<string, number>();
  #run = 0;
  readonly #totals = new Map<string, ManagementTotals>();
  readonly #skippedRecords = new Float64Array(16);
  readonly #done: Batch[] = [];

  constructor(chunks: AsyncIterable<Uint8Array>, options: Argus3Options) {
    this.#chunks = chunks;
    this.#options = options;
    const { fields, peek } = options;
    this.#decoder = new FlowDecoder(fields && isNamed(fields));
    this.#glimpse = peek && new Glimpse(peek, isNamed(peek.fields));
  }

  /** Bytes after the last whole record. */
  get pending(): number {
    return this.#splitter.pending;
  }

  /** What had no meaning in our fields, by name, with how often it came. */
  get leftOut(): ReadonlyMap<string, number> {
    const left = new Map(this.#decoder.leftOut);
    this.#skippedRecords.forEach(
      (count, type) => count > 0 && left.set(`records of type 0x${type.toString(16)}0`, count),
    );
    return left;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    for await (const chunk of this.#chunks) {
      for (const end of this.#splitter.push(chunk)) {
        this.#readRecords(end);
        if (this.#options.waits === true) this.#readGlimpsed();
        else this.#finishAll();
        if (this.#plainPieces > 0) this.#plainPieces -= 1;
        yield* this.#done.splice(0);
      }
    }
    this.#finishAll();
    yield* this.#done.splice(0);
  }

  #readRecords(end: number): void {
    const { view } = this.#splitter;
    for (let offset = 0; offset < end;) {
      const bytes = view.getUint16(offset + 2) * 4;
      if (bytes > 0) this.#readRecord(view, offset, offset + bytes);
      offset += Math.max(bytes, RECORD_HEADER_BYTES);
    }
  }

  #readRecord(view: DataView, at: number, end: number): void {
    const type = view.getUint8(at);
    if ((type & MANAGEMENT_BIT) !== 0) return this.#readManagement(view, at, end);
    const kind = type & 0xf0;
    if (kind === RECORD_TYPE.flow || kind === RECORD_TYPE.netflow || kind === RECORD_TYPE.imported) {
      this.#readFlow(view, at, end);
    } else this.#skippedRecords[kind >> 4]! += 1;
  }

  #readFlow(view: DataView, at: number, end: number): void {
    const glimpse = this.#plainPieces === 0 ? this.#glimpse : undefined;
    const record = this.#record;
    (glimpse ?? this.#decoder).decode(record, view, at, end);
    const gathering = this.#gatheringOf(record, view);
    if (glimpse !== undefined) return this.#glance(glimpse, gathering, at);
    gathering.covers += 1;
    this.#keep(gathering);
  }

  #keep(gathering: Gathering): void {
    const { builder, columns } = gathering;
    columns.write(builder.addRow(), this.#record, this.#splitter.bytes);
    if (builder.full) this.#finish(gathering);
  }

  #glance(glimpse: Glimpse, gathering: Gathering, at: number): void {
    if (gathering !== this.#glimpsed) this.#readGlimpsed();
    this.#glimpsed = gathering;
    glimpse.add(this.#record, at, this.#splitter.bytes);
    if (glimpse.full) this.#readGlimpsed();
  }

  /** Reads those records whole that are wanted of the ones glanced at. */
  #readGlimpsed(): void {
    const gathering = this.#glimpsed;
    if (gathering === undefined) return;
    const glimpse = this.#glimpse!;
    const { rows, offsets } = glimpse;
    const { view } = this.#splitter;
    this.#glimpsed = undefined;
    let seen = 0;
    for (const row of glimpse.take(gathering.origin)) {
      const at = offsets[row]!;
      this.#decoder.decode(this.#record, view, at, at + view.getUint16(at + 2) * 4);
      gathering.covers += row + 1 - seen;
      seen = row + 1;
      this.#keep(gathering);
    }
    gathering.covers += rows - seen;
    if (glimpse.isIdle) this.#plainPieces = PLAIN_PIECES;
  }

  /** Records of one source come one after the other, for the most part. */
  #gatheringOf(record: FlowRecord, view: DataView): Gathering {
    const { sourceAt, sourceBytes } = record;
    const isSameKind = this.#current !== undefined && record.sourceQualifier === this.#currentQualifier;
    if (isSameKind && this.#isCurrent(view, sourceAt, sourceBytes)) return this.#current!;
    this.#currentIdBytes = sourceBytes;
    this.#currentQualifier = record.sourceQualifier;
    const kept = Math.min(sourceBytes, this.#currentId.length);
    this.#currentId.set(this.#splitter.bytes.subarray(sourceAt, sourceAt + kept));
    const source = sourceText(view, sourceAt, sourceBytes, record.sourceQualifier);
    return (this.#current = this.#gatheringFor(source));
  }

  #isCurrent(view: DataView, at: number, bytes: number): boolean {
    if (bytes !== this.#currentIdBytes || bytes > this.#currentId.length) return false;
    for (let i = 0; i < bytes; i++) if (view.getUint8(at + i) !== this.#currentId[i]) return false;
    return true;
  }

  #gatheringFor(source: string): Gathering {
    const run = this.#runOf(source.split('/', 1)[0]!);
    const found = this.#gathered.get(source);
    if (found?.origin.run === run) return found;
    if (found !== undefined) {
      this.#readGlimpsed();
      this.#finish(found);
    }
    const { builder, columns } = found ?? this.#room();
    const gathering = { origin: { source, run }, builder, columns, covers: 0 };
    this.#gathered.set(source, gathering);
    return gathering;
  }

  #runOf(source: string): number {
    return this.#options.run ?? this.#runs.get(source) ?? this.#run;
  }

  /** An empty builder: a new one, or that of the source which came first. */
  #room(): Pick<Gathering, 'builder' | 'columns'> {
    const { size } = this.#gathered;
    if (size === ORIGINS_MAX) {
      for (const [source, oldest] of this.#gathered) {
        this.#readGlimpsed();
        this.#finish(oldest);
        this.#gathered.delete(source);
        return oldest;
      }
    }
    const { fields, waits = false, batchRows = waits ? BATCH_ROWS_MAX : BATCH_ROWS } = this.#options;
    const builder = new BatchBuilder(size < ORIGINS_WITH_ROOM ? batchRows : Math.min(batchRows, BATCH_ROWS_OF_MANY));
    return { builder, columns: new FlowColumns(builder, fields) };
  }

  #finish(gathering: Gathering): void {
    const { origin, builder, columns, covers } = gathering;
    if (covers === 0) return;
    columns.flush();
    const batch = builder.finish(FLOW_BATCH, origin, this.#options.numbers.take(origin, covers));
    this.#done.push(covers === batch.rows ? batch : { ...batch, covers });
    gathering.covers = 0;
  }

  #finishAll(): void {
    this.#readGlimpsed();
    for (const gathering of this.#gathered.values()) this.#finish(gathering);
  }

  #begin({ source, startUs }: ManagementHeader): void {
    this.#finishAll();
    this.#run ||= startUs;
    keep(this.#runs, source, startUs);
    this.#current = undefined;
  }

  #readManagement(view: DataView, at: number, end: number): void {
    const header = readManagement(view, at, end);
    if (header === undefined) {
      this.#skippedRecords[8]! += 1;
      return;
    }
    const { source } = header;
    if (this.#options.management === false) {
      // All records of a source are of one run then, so that they need not be parted.
      if (header.hasCookie && !this.#runs.has(source)) this.#begin(header);
      return;
    }
    this.#finishAll();
    if (header.hasCookie) this.#begin(header);
    let totals = this.#totals.get(source);
    if (totals === undefined) keep(this.#totals, source, (totals = new ManagementTotals()));
    const origin = { source, run: this.#runOf(source) };
    this.#done.push(decodeManagement(view, at, header, totals, origin, this.#options.numbers.take(origin, 1)));
  }
}

/** Tells by name which fields are among those of these numbers. */
function isNamed(fields: ReadonlySet<number>): (name: string) => boolean {
  const names = new Set([...fields].map((number) => STORED_BY_NUMBER.get(number)?.name as string));
  return (name) => names.has(name);
}

/** Sets a key of a map that forgets its oldest key when it is full. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= PROBES_MAX && !map.has(key))
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  map.set(key, value);
}
