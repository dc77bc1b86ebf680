import { FLOW_BATCH, type Batch, type Origin } from '../../record/batch.ts';
import { BatchBuilder } from '../../record/builder.ts';
import { STORED_BY_NUMBER } from '../../record/fields/stored.ts';
import { FlowColumns } from './flow-columns.ts';
import { FlowRecord } from './flow-record.ts';
import { MANAGEMENT_BIT, RECORD_HEADER_BYTES, RECORD_TYPE } from './format.ts';
import { decodeManagement, ManagementTotals, readManagement } from './management-record.ts';
import type { RecordNumbers } from './record-numbers.ts';
import { IS_MEANINGFUL, SECTION_TYPES, sectionName, sectionTable, type SectionTable } from './sections.ts';
import { settle } from './settle.ts';
import { RecordSplitter } from './splitter.ts';
import { sourceText } from './transport-section.ts';

export interface Argus3Options {
  readonly numbers: RecordNumbers;
  /** Run of all records, instead of the start of their probe; microseconds since the epoch. */
  readonly run?: number;
  /** Numbers of the fields that are wanted of flow records; undefined for all. */
  readonly fields?: ReadonlySet<number>;
  /** Rows of a batch at most, of the first few sources. */
  readonly batchRows?: number;
}

/** As many records as fit into a window, for the most part. */
const BATCH_ROWS = 8192;
/** Sources whose rows are gathered at once; those after the first few have less room. */
const ORIGINS_MAX = 64;
const ORIGINS_WITH_ROOM = 4;
const BATCH_ROWS_OF_MANY = 512;
/** Probes of which totals and runs are known at once. */
const PROBES_MAX = 4096;

/** Rows of one origin on their way into a batch. */
interface Gathering {
  readonly origin: Origin;
  readonly builder: BatchBuilder;
  readonly columns: FlowColumns;
}

/**
 * Reads the records of Argus 3 and 5 from a byte stream: `for await (const batch of reader)`, then look at `pending` and
 * `leftOut`. Once only. What a piece of input holds is given before the next one is asked for.
 */
export class Argus3Reader implements AsyncIterable<Batch> {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #options: Argus3Options;
  readonly #sections: SectionTable;
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
  readonly #skippedSections = new Float64Array(SECTION_TYPES);
  readonly #skippedRecords = new Float64Array(16);
  readonly #done: Batch[] = [];

  constructor(chunks: AsyncIterable<Uint8Array>, options: Argus3Options) {
    this.#chunks = chunks;
    this.#options = options;
    const { fields } = options;
    const names = fields && new Set([...fields].map((number) => STORED_BY_NUMBER.get(number)?.name as string));
    this.#sections = sectionTable(names && ((field) => names.has(field)));
  }

  /** Bytes after the last whole record. */
  get pending(): number {
    return this.#splitter.pending;
  }

  /** What had no meaning in our fields, by name, with how often it came. */
  get leftOut(): ReadonlyMap<string, number> {
    const left = new Map<string, number>();
    this.#skippedSections.forEach((count, type) => count > 0 && left.set(sectionName(type), count));
    this.#skippedRecords.forEach(
      (count, type) => count > 0 && left.set(`records of type 0x${type.toString(16)}0`, count),
    );
    return left;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    for await (const chunk of this.#chunks) {
      for (const end of this.#splitter.push(chunk)) {
        this.#readRecords(end);
        this.#finishAll();
        yield* this.#done.splice(0);
      }
    }
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
    const record = this.#record;
    record.clear();
    record.version = view.getUint8(at) & 0x0f;
    record.causeByte = view.getUint8(at + 1);
    for (let offset = at + RECORD_HEADER_BYTES; offset + 4 <= end;) {
      const head = view.getUint32(offset);
      const next = offset + sectionBytes(head);
      if (next === offset || next > end) break;
      const type = (head >>> 24) & 0x7f;
      const decode = this.#sections[type];
      if (decode !== undefined) decode(record, view, offset, next);
      else if (IS_MEANINGFUL[type] === 0) this.#skippedSections[type]! += 1;
      offset = next;
    }
    settle(record);
    const gathering = this.#gatheringOf(record, view);
    gathering.columns.write(gathering.builder.addRow(), record, this.#splitter.bytes);
    if (gathering.builder.full) this.#finish(gathering);
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
    if (found !== undefined) this.#finish(found);
    const { builder, columns } = found ?? this.#room();
    const gathering = { origin: { source, run }, builder, columns };
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
        this.#finish(oldest);
        this.#gathered.delete(source);
        return oldest;
      }
    }
    const { batchRows = BATCH_ROWS, fields } = this.#options;
    const builder = new BatchBuilder(size < ORIGINS_WITH_ROOM ? batchRows : Math.min(batchRows, BATCH_ROWS_OF_MANY));
    return { builder, columns: new FlowColumns(builder, fields) };
  }

  #finish({ origin, builder }: Gathering): void {
    const { rows } = builder;
    if (rows > 0) this.#done.push(builder.finish(FLOW_BATCH, origin, this.#options.numbers.take(origin, rows)));
  }

  #finishAll(): void {
    for (const gathering of this.#gathered.values()) this.#finish(gathering);
  }

  #readManagement(view: DataView, at: number, end: number): void {
    const header = readManagement(view, at, end);
    if (header === undefined) {
      this.#skippedRecords[8]! += 1;
      return;
    }
    this.#finishAll();
    const { source } = header;
    if (header.hasCookie) {
      this.#run ||= header.startUs;
      keep(this.#runs, source, header.startUs);
      this.#current = undefined;
    }
    let totals = this.#totals.get(source);
    if (totals === undefined) keep(this.#totals, source, (totals = new ManagementTotals()));
    const origin = { source, run: this.#runOf(source) };
    this.#done.push(decodeManagement(view, at, header, totals, origin, this.#options.numbers.take(origin, 1)));
  }
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

const IMMEDIATE = 0x80000000;
const LONG_LENGTH = 0x00800000;

/** @param head the first four bytes of a section */
function sectionBytes(head: number): number {
  if ((head & IMMEDIATE) !== 0) return 4;
  return ((head & LONG_LENGTH) !== 0 ? head & 0xffff : head & 0xff) * 4;
}
