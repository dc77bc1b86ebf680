import type { Batch, Origin } from '../../record/batch.ts';
import { STORED_BY_NUMBER } from '../../record/fields/stored.ts';
import { withOffset } from '../../record/offset.ts';
import { FlowDecoder } from './flow-decoder.ts';
import { FlowRecord } from './flow-record.ts';
import { beginsRecord, MANAGEMENT_BIT, RECORD_HEADER_BYTES, RECORD_TYPE } from './format.ts';
import { Glimpse, type RowPeek } from './glimpse.ts';
import type { LeftOut } from './left-out.ts';
import { readManagement, type ManagementHeader } from './management-record.ts';
import { ProbeState } from './probe-state.ts';
import { RowReader, type Memory } from './row-reader.ts';
import { SOURCE_AT, type Shape } from './shape.ts';
import { sourceText } from './transport-section.ts';

export interface WindowOptions {
  /** Run of all records, instead of the start of their probe; microseconds since the epoch. */
  readonly run?: number;
  /** Numbers of the fields that are wanted of flow records; undefined for all. */
  readonly fields?: ReadonlySet<number>;
  /** Whether records are to have the field `offset`. */
  readonly offsets?: boolean;
  /** Flow records that it does not select are not read whole; their numbers are covered all the same. */
  readonly peek?: RowPeek;
  /** Whether management records are wanted: yes, if it is not said. */
  readonly management?: boolean;
  /** Whether who gives the windows reads their management records, and puts each in its place: see `managementAfter`. */
  readonly isManagementApart?: boolean;
  /** Rows of a batch at most, of the first few sources. */
  readonly batchRows: number;
  /** Gives batches of flow records their buffers: see `BatchBuilder`. */
  readonly allocate?: (bytes: number) => ArrayBufferLike;
}

/** Records one after the other, up to `end` or a record that is not whole. */
export interface WholeRecords {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** Where they begin in the file. */
  readonly start: number;
}

/** Sources whose rows are gathered at once; those after the first few have less room. */
const ORIGINS_MAX = 64;
const ORIGINS_WITH_ROOM = 4;
const BATCH_ROWS_OF_MANY = 512;

/** Rows of one origin on their way into a batch. */
interface Gathering {
  readonly origin: Origin;
  readonly reader: RowReader;
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
  /** The last glimpse at this window did not help. */
  #isPlain = false;
  #consumed = 0;
  #isDamaged = false;
  readonly #memory: Memory = { view: new DataView(new ArrayBuffer(0)), bytes: new Uint8Array(0), start: 0 };
  readonly #record = new FlowRecord();
  readonly #gathered = new Map<string, Gathering>();
  /** In the order in which they are taken, window by window. */
  readonly #readers: RowReader[] = [];
  /** Where the records since the last one with another source id go. */
  #current: Gathering | undefined;
  /** Whole words. */
  readonly #currentId = new Uint8Array(32);
  readonly #currentIdView = new DataView(this.#currentId.buffer);
  #currentIdBytes = -1;
  #currentQualifier = 0;
  #done: Batch[] = [];
  #managementAfter: number[] = [];

  constructor(options: WindowOptions) {
    this.#options = options;
    const { fields, peek } = options;
    this.#decoder = new FlowDecoder(fields && isNamed(fields));
    this.#glimpse = peek && new Glimpse(this.#memory, peek, isNamed(peek.fields));
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

  /** Of each management record of the last window, if they are apart: how many batches of that window come before it. */
  get managementAfter(): readonly number[] {
    return this.#managementAfter;
  }

  /** The whole records of a window. Their numbers, which it does not know, all begin at 0. */
  read({ bytes, end, start }: WholeRecords): Batch[] {
    this.#memory.start = start;
    this.#memory.bytes = bytes;
    this.#memory.view = new DataView(bytes.buffer, bytes.byteOffset);
    this.#isPlain = false;
    this.#managementAfter = [];
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
    const { view } = this.#memory;
    let offset = 0;
    while (offset + RECORD_HEADER_BYTES <= end) {
      const head = view.getUint32(offset);
      this.#isDamaged = !beginsRecord(head);
      const bytes = (head & 0xffff) * 4;
      if (this.#isDamaged || offset + bytes > end) break;
      if (bytes > 0) this.#readRecord(view, offset, offset + bytes);
      offset += Math.max(bytes, RECORD_HEADER_BYTES);
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
    const decoder = glimpse?.decoder ?? this.#decoder;
    const shape = decoder.shapes.find(view, at, end);
    const record = this.#record;
    if (shape === undefined) decoder.decode(record, view, at, end);
    const gathering =
      shape === undefined
        ? this.#gatheringOf(record.sourceAt, record.sourceBytes, record.sourceQualifier)
        : this.#gatheringOf(at + SOURCE_AT, shape.sourceBytes, shape.sourceQualifier);
    if (glimpse !== undefined) return this.#glance(glimpse, gathering, at, shape);
    gathering.covers += 1;
    this.#keep(gathering, at, shape);
  }

  /** @param shape undefined where the record was read */
  #keep(gathering: Gathering, at: number, shape: Shape | undefined): void {
    const { reader } = gathering;
    if (shape === undefined) reader.add(this.#record, at);
    else reader.addShaped(at, shape);
    if (reader.full) this.#finish(gathering);
  }

  /** @param shape undefined where the record was read */
  #glance(glimpse: Glimpse, gathering: Gathering, at: number, shape: Shape | undefined): void {
    if (gathering !== this.#glimpsed) this.#readGlimpsed();
    this.#glimpsed = gathering;
    glimpse.add(this.#record, at, shape);
    if (glimpse.full) this.#readGlimpsed();
  }

  /** Reads those records whole that are wanted of the ones glanced at. */
  #readGlimpsed(): void {
    const gathering = this.#glimpsed;
    if (gathering === undefined) return;
    const glimpse = this.#glimpse!;
    const { rows, offsets } = glimpse;
    const { view } = this.#memory;
    this.#glimpsed = undefined;
    let seen = 0;
    for (const row of glimpse.take(gathering.origin)) {
      const at = offsets[row]!;
      const end = at + view.getUint16(at + 2) * 4;
      const shape = this.#decoder.shapes.find(view, at, end);
      if (shape === undefined) this.#decoder.decode(this.#record, view, at, end);
      gathering.covers += row + 1 - seen;
      seen = row + 1;
      this.#keep(gathering, at, shape);
    }
    gathering.covers += rows - seen;
    if (glimpse.isIdle) this.#isPlain = true;
  }

  /** Records of one source come one after the other, for the most part. */
  #gatheringOf(sourceAt: number, sourceBytes: number, qualifier: number): Gathering {
    const { view, bytes } = this.#memory;
    const isSameKind = this.#current !== undefined && qualifier === this.#currentQualifier;
    if (isSameKind && this.#isCurrent(view, sourceAt, sourceBytes)) return this.#current!;
    this.#currentIdBytes = sourceBytes;
    this.#currentQualifier = qualifier;
    const kept = Math.min(sourceBytes, this.#currentId.length);
    this.#currentId.set(bytes.subarray(sourceAt, sourceAt + kept));
    const source = sourceText(view, sourceAt, sourceBytes, qualifier);
    return (this.#current = this.#gatheringFor(source));
  }

  #isCurrent(view: DataView, at: number, bytes: number): boolean {
    if (bytes !== this.#currentIdBytes || bytes > this.#currentId.length) return false;
    const id = this.#currentIdView;
    for (let i = 0; i < bytes; i += 4) if (view.getUint32(at + i) !== id.getUint32(i)) return false;
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
    const gathering = { origin: { source, run }, reader: found?.reader ?? this.#freeReader(), covers: 0 };
    this.#gathered.set(source, gathering);
    return gathering;
  }

  #runOf(source: string): number {
    return this.#options.run ?? this.state.runOf(source);
  }

  /** One without rows: of its own, or that of the source which came first. */
  #freeReader(): RowReader {
    const { size } = this.#gathered;
    if (size === ORIGINS_MAX) {
      for (const [source, oldest] of this.#gathered) {
        this.#readGlimpsed();
        this.#finish(oldest);
        this.#gathered.delete(source);
        return oldest.reader;
      }
    }
    return (this.#readers[size] ??= this.#newReader(size));
  }

  #newReader(number: number): RowReader {
    const { fields, offsets = false, batchRows, allocate } = this.#options;
    const capacity = number < ORIGINS_WITH_ROOM ? batchRows : Math.min(batchRows, BATCH_ROWS_OF_MANY);
    return new RowReader(this.#memory, this.#decoder, { capacity, fields, offsets, allocate });
  }

  #finish(gathering: Gathering): void {
    const { origin, reader, covers } = gathering;
    if (covers === 0) return;
    const batch = reader.finish(origin);
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
    const { management = true, isManagementApart = false, offsets = false, run } = this.#options;
    if (management) this.#finishAll();
    // When they are not wanted, all records of a source are of one run, so that they need not be parted.
    if (state.begins(header, !management)) this.#begin(header);
    if (!management) return;
    if (isManagementApart) this.#managementAfter.push(this.#done.length);
    else {
      const batch = state.decode(view, at, header, run);
      this.#done.push(offsets ? withOffset(batch, this.#memory.start + at) : batch);
    }
  }
}

/** Tells by name which fields are among those of these numbers. */
function isNamed(fields: ReadonlySet<number>): (name: string) => boolean {
  const names = new Set([...fields].map((number) => STORED_BY_NUMBER.get(number)?.name as string));
  return (name) => names.has(name);
}
