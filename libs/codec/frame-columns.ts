import type { Batch, UnknownColumn } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import type { Column } from '../record/columns.ts';
import type { AddressFamilies, PossibleNumbers } from '../record/deferred.ts';
import { STORED_BY_NUMBER } from '../record/fields/stored.ts';
import { ChunkShelf } from './chunks.ts';
import { chunksIn } from './decode-numbers.ts';
import { DeferredFrame, type ColumnSource, type Deferral } from './deferred-frame.ts';
import { familiesIn } from './families.ts';
import { ColumnDecoder, type Part } from './decode-columns.ts';
import { storedBytes, type Layout } from './directory.ts';
import { OWN_BITMAP, SHARED_BITMAP } from './format.ts';
import { moveColumn } from './move-column.ts';
import { possibleNumbers } from './possible-numbers.ts';
import { planColumns, type Place } from './plan.ts';
import { UnknownEncoding } from './problem.ts';
import { Room } from './room.ts';
import type { RowSet } from './rows.ts';

/** Looks at a few columns work in it. */
const glimpseRoom = new Room();
const shelf = new ChunkShelf();

export interface Taken extends Pick<Batch, 'unknown' | 'buffer' | 'deferred'> {
  readonly columns: (Column | undefined)[];
  /** Columns of known fields whose encoding is of a later version. */
  readonly skippedColumns: number;
}

/** A column as it was decoded first. */
interface Had {
  /** Undefined where its encoding is of a later version. */
  readonly column: Column | undefined;
  /** Of an address only the last lane and the family. */
  readonly isPart: boolean;
}

/** What an address has as its last lane. */
export interface LaneTest {
  /** Numbers of the fields of which one is to have it. */
  readonly fields: readonly number[];
  readonly lane: number;
}

/** Rows are decoded by themselves where they are at most one in so many, of at least so many. */
const PICK_IN = 8;
const PICK_FROM_ROWS = 256;

/** The columns of one frame, each of which is decoded once, however often it is asked for. */
export class FrameColumns implements ColumnSource {
  readonly #body: Uint8Array;
  readonly #rows: number;
  readonly #places: ReadonlyMap<number, Place>;
  readonly #had = new Map<number, Had>();
  #decoder: ColumnDecoder | undefined;
  /** The rows that are decoded, ascending; undefined for all. */
  #picked: Uint32Array | undefined;
  /** Where their columns lie. */
  #pickedArea: Area | undefined;

  constructor(body: Uint8Array, rows: number, places: ReadonlyMap<number, Place>) {
    this.#body = body;
    this.#rows = rows;
    this.#places = places;
  }

  /**
   * Makes room for looks at some columns, until the next frame is looked at.
   * @throws FrameProblem
   */
  prepare(fields: ReadonlySet<number>): void {
    const { bytes } = planColumns(this.#places, this.#rows, fields);
    // Of an address the last lane may come first, and then all of it.
    this.#moveTo(glimpseRoom.area(2 * bytes));
    shelf.clear();
  }

  /**
   * Rows, ascending, that have `lane` as the last lane of one of these addresses: all such, and perhaps others.
   * @returns undefined where looking at all rows is no slower
   * @throws FrameProblem
   */
  find({ fields, lane }: LaneTest): Uint32Array | undefined {
    const most = Math.floor(this.#rows / PICK_IN);
    this.#decoder?.keepChunks(shelf);
    const found: number[] = [];
    for (const field of fields) {
      const place = this.#places.get(field);
      const rows = place === undefined ? [] : this.#findIn(place, lane, most);
      if (rows === undefined) return undefined;
      found.push(...rows);
    }
    const rows = Uint32Array.from(new Set(found)).sort();
    return rows.length > most ? undefined : rows;
  }

  #findIn(place: Place, lane: number, most: number): number[] | undefined {
    if (place.layout?.kind !== 'address') return undefined;
    try {
      return this.#decoder?.findLastLane(place, place.layout, lane, most);
    } catch (error) {
      if (error instanceof UnknownEncoding) return undefined;
      throw error;
    }
  }

  /** Whether so few rows are quicker to decode by themselves. */
  isWorthPicking(rows: number): boolean {
    return rows * PICK_IN <= (this.#picked?.length ?? this.#rows) && this.#rows >= PICK_FROM_ROWS;
  }

  /**
   * From here on only some of the rows are looked at and taken, as if there were no others.
   * @param rows among those up to here, ascending
   * @param fields that will be looked at and taken; all when undefined
   */
  pick(rows: Uint32Array, fields: ReadonlySet<number> | undefined): void {
    const before = this.#picked;
    this.#picked = before === undefined ? rows.slice() : rows.map((row) => before[row]!);
    const { bytes } = planColumns(this.#places, rows.length, fields);
    // What was decoded before may be decoded further.
    const area = (this.#pickedArea = new Area(2 * bytes));
    this.#decoder?.pick(this.#picked, area);
    for (const [field, { column, isPart }] of this.#had)
      this.#had.set(field, { column: column && this.#decoder?.select(column, rows), isPart });
  }

  /**
   * One column, for a short look; `prepare` has been called.
   * @param lastLane of an address only the last lane and the family are looked at
   * @returns undefined where it is not there, of none of the rows, or in an encoding of a later version
   * @throws FrameProblem
   */
  look(field: number, lastLane: boolean): Column | undefined {
    const had = this.#had.get(field);
    if (had !== undefined && (lastLane || !had.isPart)) return had.column;
    const place = this.#places.get(field);
    return place?.layout === undefined ? undefined : this.#decode(place, place.layout, lastLane);
  }

  /**
   * What numbers a column may have, without decoding it.
   * @throws FrameProblem
   */
  possible(field: number): PossibleNumbers | undefined {
    return this.#glance(field, (place) => possibleNumbers(this.#body, place));
  }

  /**
   * Of a column of addresses what there is beside the last lanes, unless it was decoded before.
   * @throws FrameProblem
   */
  families(field: number): AddressFamilies | undefined {
    if (this.#had.has(field) || this.#picked !== undefined) return undefined;
    return this.#glance(field, (place) => familiesIn(this.#body, place, this.#rows));
  }

  #glance<Seen>(field: number, see: (place: Place) => Seen): Seen | undefined {
    const place = this.#places.get(field);
    try {
      return place && see(place);
    } catch (error) {
      if (error instanceof UnknownEncoding) return undefined;
      throw error;
    }
  }

  /**
   * The wanted columns, in a buffer of their own or in `room`.
   * @param fields all when undefined
   * @param deferral of those among them that need not be decoded yet
   * @throws FrameProblem
   */
  take(fields: ReadonlySet<number> | undefined, room?: Room, deferral?: Deferral): Taken {
    if (this.#picked !== undefined) return this.#takePicked(fields, this.#picked);
    const plan = planColumns(this.#places, this.#rows, fields);
    const area = room?.area(plan.bytes) ?? new Area(plan.bytes);
    const moved = this.#moveTo(area);
    const columns = new Array<Column | undefined>(plan.columns).fill(undefined);
    const unknown: UnknownColumn[] = [];
    const deferred: Place[] = [];
    let skippedColumns = 0;
    for (const place of plan.wanted) {
      const field = place.field;
      if (deferral?.fields.has(field) === true && this.#canWait(place)) {
        deferred.push(place);
        continue;
      }
      const column = place.layout === undefined ? undefined : this.#take(place, place.layout, area, moved);
      if (column !== undefined) columns[field] = column;
      else unknown.push(this.#carry(place));
      if (column === undefined && STORED_BY_NUMBER.has(field)) skippedColumns += 1;
    }
    const taken = { columns, unknown, buffer: area.buffer, skippedColumns };
    return deferral === undefined ? taken : { ...taken, deferred: new DeferredFrame(this, deferred, deferral.failed) };
  }

  /** Whether nothing was decoded of the column, and this version knows how it can be. */
  #canWait({ field, layout }: Place): boolean {
    if (layout === undefined || this.#had.has(field)) return false;
    try {
      layout.streams.forEach(chunksIn);
      return true;
    } catch (error) {
      if (error instanceof UnknownEncoding) return false;
      throw error;
    }
  }

  /** Columns of later versions are left out, as wherever rows are. */
  #takePicked(fields: ReadonlySet<number> | undefined, picked: Uint32Array): Taken {
    const plan = planColumns(this.#places, picked.length, fields);
    this.#decoder?.keepChunks(undefined);
    const columns = new Array<Column | undefined>(plan.columns).fill(undefined);
    for (const { field, layout } of plan.wanted) if (layout !== undefined) columns[field] = this.look(field, false);
    return { columns, unknown: [], buffer: this.#pickedArea!.buffer, skippedColumns: 0 };
  }

  #moveTo(area: Area): ReadonlyMap<Uint8Array | undefined, Uint8Array> {
    if (this.#decoder !== undefined) return this.#decoder.moveTo(area);
    this.#decoder = new ColumnDecoder(this.#body, this.#rows, this.#places, area);
    return new Map();
  }

  #take(
    place: Place,
    layout: Layout,
    area: Area,
    moved: ReadonlyMap<Uint8Array | undefined, Uint8Array>,
  ): Column | undefined {
    const had = this.#had.get(place.field);
    if (had === undefined || had.isPart) return this.#decode(place, layout, false);
    if (had.column === undefined) return undefined;
    const column = moveColumn(had.column, this.#rows, moved.get(had.column.valid), area);
    this.#had.set(place.field, { column, isPart: false });
    return column;
  }

  #decode(place: Place, layout: Layout, lastLane: boolean): Column | undefined {
    const before = this.#had.get(place.field)?.column;
    const had = before?.kind === 'address' ? before : undefined;
    const column = this.#tryDecode(place, layout, { lastLane, had });
    this.#had.set(place.field, { column, isPart: lastLane && column?.kind === 'address' });
    return column;
  }

  #tryDecode(place: Place, layout: Layout, part: Part): Column | undefined {
    try {
      return this.#decoder?.decode(place, layout, part);
    } catch (error) {
      if (error instanceof UnknownEncoding) return undefined;
      throw error;
    }
  }

  /** A column as it is, but with a bitmap of its own: the column that it shares one with may be stored otherwise next time. */
  #carry(place: Place): UnknownColumn {
    const set: RowSet | undefined = this.#rows > 0 ? this.#decoder?.rowSet(place) : undefined;
    const { entry, head, offset } = place;
    const bytes = this.#body.subarray(offset, offset + storedBytes(entry));
    if (head.form !== 'shared' || set?.valid === undefined) return { entry, bytes: bytes.slice() };
    const [field, code, lengths, , ...rest] = entry;
    const own = [field, code - SHARED_BITMAP + OWN_BITMAP, [set.valid.length, ...lengths], set.rows.length, ...rest];
    return { entry: own, bytes: Buffer.concat([set.valid, bytes]) };
  }
}
