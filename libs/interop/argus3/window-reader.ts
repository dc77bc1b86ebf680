import { FLOW_BATCH, type Batch, type Origin } from '../../record/batch.ts';
import { BatchBuilder } from '../../record/builder.ts';
import { STORED_BY_NUMBER } from '../../record/fields/stored.ts';
import { FlowColumns } from './flow-columns.ts';
import { FlowDecoder } from './flow-decoder.ts';
import { FlowRecord } from './flow-record.ts';
import { beginsRecord, MANAGEMENT_BIT, RECORD_HEADER_BYTES, RECORD_TYPE } from './format.ts';
import { Glimpse, type RowPeek } from './glimpse.ts';
import type { LeftOut } from './left-out.ts';
import { decodeManagement, readManagement, type ManagementHeader } from './management-record.ts';
import { ProbeState } from './probe-state.ts';
import { sourceText } from './transport-section.ts';

export interface WindowOptions {
  /** Run of all records, instead of the start of their probe; microseconds since the epoch. */
  readonly run?: number;
  /** Numbers of the fields that are wanted of flow records; undefined for all. */
  readonly fields?: ReadonlySet<number>;
  /** Flow records that it does not select are not read whole; their numbers are covered all the same. */
  readonly peek?: RowPeek;
  /** Whether management records are wanted: yes, if it is not said. */
  readonly management?: boolean;
  /** Rows of a batch at most, of the first few sources. */
  readonly batchRows: number;
}

/** Records one after the other, up to `end` or a record that is not whole. */
export interface WholeRecords {
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** Sources whose rows are gathered at once; those after the first few have less room. */
const ORIGINS_MAX = 64;
const ORIGINS_WITH_ROOM = 4;
const BATCH_ROWS_OF_MANY = 512;

/** Where rows of one origin are gathered. */
interface Room {
  readonly builder: BatchBuilder;
  readonly columns: FlowColumns;
}

/** Rows of one origin on their way into a batch. */
interface Gathering extends Room {
  readonly origin: Origin;
  /** Records that its rows were chosen from. */
  covers: number;
}

/**
 * Reads the records of one window after the other. What it makes of one depends on the window and on `state`, and on nothing else, so
 * that several readers may share the windows of a file.
 */
export class WindowReader {
  /** What the management records before have told. */
  state = new ProbeState();
  readonly #options: WindowOptions;
  readonly #decoder: FlowDecoder;
  readonly #glimpse: Glimpse | undefined;
  /** Whose records the rows of the glimpse are. */
  #glimpsed: Gathering | undefined;
  /** The last of them. */
  #glancedAt = -1;
  /** The last glimpse at this window did not help. */
  #isPlain = false;
  #consumed = 0;
  #isDamaged = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  readonly #record = new FlowRecord();
  /** Of a record that nobody is known to take yet. */
  readonly #noPlace = this.#record.values;
  readonly #gathered = new Map<string, Gathering>();
  /** In the order in which they are taken, window by window. */
  readonly #rooms: Room[] = [];
  /** Where the records since the last one with another source id go. */
  #current: Gathering | undefined;
  readonly #currentId = new Uint8Array(32);
  #currentIdBytes = -1;
  #currentQualifier = 0;
  #done: Batch[] = [];

  constructor(options: WindowOptions) {
    this.#options = options;
    const { fields, peek } = options;
    this.#decoder = new FlowDecoder(fields && isNamed(fields));
    this.#glimpse = peek && new Glimpse(peek, isNamed(peek.fields));
  }

  /** What had no meaning in our fields so far. */
  get leftOut(): LeftOut {
    return this.#decoder.leftOut;
  }

  /** Bytes of the last window that were whole records. */
  get consumed(): number {
    return this.#consumed;
  }

  /** Whether no record begins behind these. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** The whole records of a window. Their numbers, which it does not know, all begin at 0. */
  read({ bytes, end }: WholeRecords): Batch[] {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
    this.#isPlain = false;
    this.#glancedAt = -1;
    this.#consumed = this.#readRecords(end);
    this.#finishAll();
    this.#gathered.clear();
    this.#current = undefined;
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** @returns where the first record begins that is not whole, or none does */
  #readRecords(end: number): number {
    const view = this.#view;
    let offset = 0;
    while (offset + RECORD_HEADER_BYTES <= end) {
      const head = view.getUint32(offset);
      this.#isDamaged = !beginsRecord(head);
      const bytes = (head & 0xffff) * 4;
      if (this.#isDamaged || offset + bytes > end) break;
      if (bytes > 0) this.#readRecord(view, offset, offset + bytes);
      const next = offset + Math.max(bytes, RECORD_HEADER_BYTES);
      offset = this.#glancedAt === offset ? this.#glanceOn(view, offset, next, end) : next;
    }
    return offset;
  }

  #readRecord(view: DataView, at: number, end: number): void {
    const type = view.getUint8(at);
    if ((type & MANAGEMENT_BIT) !== 0) return this.#readManagement(view, at, end);
    const kind = type & 0xf0;
    if (kind === RECORD_TYPE.flow || kind === RECORD_TYPE.netflow || kind === RECORD_TYPE.imported) {
      this.#readFlow(view, at, end);
    } else this.leftOut.records[kind >> 4]! += 1;
  }

  #readFlow(view: DataView, at: number, end: number): void {
    const glimpse = this.#isPlain ? undefined : this.#glimpse;
    const record = this.#record;
    record.values = (glimpse ?? this.#current?.columns)?.place ?? this.#noPlace;
    (glimpse ?? this.#decoder).decode(record, view, at, end);
    const gathering = this.#gatheringOf(record, view);
    if (glimpse !== undefined) return this.#glance(glimpse, gathering, at);
    gathering.covers += 1;
    this.#keep(gathering);
  }

  #keep(gathering: Gathering): void {
    const { builder, columns } = gathering;
    columns.write(builder.addRow(), this.#record, this.#bytes);
    if (builder.full) this.#finish(gathering);
  }

  #glance(glimpse: Glimpse, gathering: Gathering, at: number): void {
    if (gathering !== this.#glimpsed) this.#readGlimpsed();
    this.#glimpsed = gathering;
    this.#glancedAt = at;
    glimpse.add(this.#record, at, this.#bytes);
    if (glimpse.full) this.#readGlimpsed();
  }

  /** Goes on behind the record at `last`, which was glanced at. @returns how far */
  #glanceOn(view: DataView, last: number, at: number, end: number): number {
    if (this.#glimpsed === undefined) return at;
    const glimpse = this.#glimpse!;
    const reached = glimpse.addPlain(view, last, at, end);
    if (glimpse.full) this.#readGlimpsed();
    return reached;
  }

  /** Reads those records whole that are wanted of the ones glanced at. */
  #readGlimpsed(): void {
    const gathering = this.#glimpsed;
    if (gathering === undefined) return;
    const glimpse = this.#glimpse!;
    const { rows, offsets } = glimpse;
    const view = this.#view;
    this.#glimpsed = undefined;
    let seen = 0;
    for (const row of glimpse.take(gathering.origin)) {
      const at = offsets[row]!;
      this.#record.values = gathering.columns.place;
      this.#decoder.decode(this.#record, view, at, at + view.getUint16(at + 2) * 4);
      gathering.covers += row + 1 - seen;
      seen = row + 1;
      this.#keep(gathering);
    }
    gathering.covers += rows - seen;
    if (glimpse.isIdle) this.#isPlain = true;
  }

  /** Records of one source come one after the other, for the most part. */
  #gatheringOf(record: FlowRecord, view: DataView): Gathering {
    const { sourceAt, sourceBytes } = record;
    const isSameKind = this.#current !== undefined && record.sourceQualifier === this.#currentQualifier;
    if (isSameKind && this.#isCurrent(view, sourceAt, sourceBytes)) return this.#current!;
    this.#currentIdBytes = sourceBytes;
    this.#currentQualifier = record.sourceQualifier;
    const kept = Math.min(sourceBytes, this.#currentId.length);
    this.#currentId.set(this.#bytes.subarray(sourceAt, sourceAt + kept));
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
    return this.#options.run ?? this.state.runOf(source);
  }

  /** Where no rows are: a room of its own, or that of the source which came first. */
  #room(): Room {
    const { size } = this.#gathered;
    if (size === ORIGINS_MAX) {
      for (const [source, oldest] of this.#gathered) {
        this.#readGlimpsed();
        this.#finish(oldest);
        this.#gathered.delete(source);
        return oldest;
      }
    }
    return (this.#rooms[size] ??= this.#newRoom(size));
  }

  #newRoom(number: number): Room {
    const { fields, batchRows } = this.#options;
    const builder = new BatchBuilder(number < ORIGINS_WITH_ROOM ? batchRows : Math.min(batchRows, BATCH_ROWS_OF_MANY));
    return { builder, columns: new FlowColumns(builder, fields) };
  }

  #finish(gathering: Gathering): void {
    const { origin, builder, columns, covers } = gathering;
    if (covers === 0) return;
    columns.flush();
    const batch = builder.finish(FLOW_BATCH, origin, 0);
    this.#done.push(covers === batch.rows ? batch : { ...batch, covers });
    gathering.covers = 0;
  }

  #finishAll(): void {
    this.#readGlimpsed();
    for (const gathering of this.#gathered.values()) this.#finish(gathering);
  }

  #begin(header: ManagementHeader): void {
    this.#finishAll();
    this.state.begin(header);
    this.#current = undefined;
  }

  #readManagement(view: DataView, at: number, end: number): void {
    const header = readManagement(view, at, end);
    if (header === undefined) {
      this.leftOut.records[8]! += 1;
      return;
    }
    const { state } = this;
    const { management = true, run } = this.#options;
    if (management) this.#finishAll();
    // When they are not wanted, all records of a source are of one run, so that they need not be parted.
    if (state.begins(header, !management)) this.#begin(header);
    if (!management) return;
    const { source } = header;
    const totals = state.count(view, at, header);
    this.#done.push(decodeManagement(view, at, header, totals, { source, run: run ?? state.runOf(source) }));
  }
}

/** Tells by name which fields are among those of these numbers. */
function isNamed(fields: ReadonlySet<number>): (name: string) => boolean {
  const names = new Set([...fields].map((number) => STORED_BY_NUMBER.get(number)?.name as string));
  return (name) => names.has(name);
}
