import { FLOW_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import type { Column } from '../record/columns.ts';
import type { DeferredColumns } from '../record/deferred.ts';
import { EVENT, type StoredField } from '../record/fields/field.ts';
import { STORED_BY_NUMBER, STORED_FIELDS } from '../record/fields/stored.ts';
import { isNumeric } from '../record/kinds.ts';
import { AddressLane } from './address-lane.ts';
import { BytesLane } from './bytes-lane.ts';
import type { Interned } from './text-pieces.ts';
import { DISAGREED, PRESENT, type Lane } from './lane.ts';
import { mirrorOf } from './mirror.ts';
import { maskBytesFor, maskColumn, MASKED, MASKS } from './mask-column.ts';
import type { Model } from './model.ts';
import { NumberLane, type NumberRule } from './number-lane.ts';
import { OriginLane, type OriginMemory } from './origin-lane.ts';
import type { LaneMemory } from './pages.ts';
import { SideTimeLane } from './side-time-lane.ts';
import { TextLane } from './text-lane.ts';
import type { Share } from './share.ts';
import { DURATION_FIELDS, TimeLane } from './time-lane.ts';

export interface GroupsOptions {
  readonly model: Pick<Model, 'addresses' | 'fields' | 'exact'>;
  readonly interned: Interned;
  /** Fields that are kept; undefined for all. */
  readonly fields: ReadonlySet<number> | undefined;
  /** Whether fields that make a key, and are not in this one, are kept as far as records agree. */
  readonly preserves: boolean;
  /** Whether a group tells of how many records it is, and what their durations were. */
  readonly reports: boolean;
}

/** All groups, as structured cloning carries them to another thread. */
export interface GroupsMemory {
  readonly room: number;
  readonly time: LaneMemory;
  readonly origin: OriginMemory;
  readonly sides: readonly LaneMemory[] | undefined;
  readonly lanes: readonly (readonly [field: number, memory: LaneMemory])[];
}

/** The memory that goes with it. */
export function buffersOf({ time, origin, sides = [], lanes }: GroupsMemory): ArrayBuffer[] {
  const all = [time, origin, ...sides, ...lanes.map(([, memory]) => memory)];
  return all.flatMap(({ pages }) => pages.flat().map(({ buffer }) => buffer as ArrayBuffer));
}

const number = (name: keyof typeof STORED_FIELDS): number => STORED_FIELDS[name].number;

/** Fields that the lanes of times and of origins hold. */
const TIMES: ReadonlySet<number> = new Set(
  (['stime', 'stimens', 'dur', 'trans', 'dursum', 'dursq', 'durmin', 'durmax', 'sfirst', 'slast', 'dfirst', 'dlast'] as const).map(number), // prettier-ignore
);
/** Those of them that tell of what groups are made. */
const REPORTS: ReadonlySet<number> = new Set([number('trans'), ...DURATION_FIELDS]);
const BASIC_FIELDS = (['stime', 'stimens', 'dur', 'trans'] as const).map(number);

/** Numbers of the fields that have to be read beside those that are wanted of the result. */
export function mergedFrom(wanted: Iterable<number>): number[] {
  const fields = new Set(wanted);
  const durations = DURATION_FIELDS.some((field) => fields.has(field)) ? DURATION_FIELDS : [];
  const addresses = MASKS.filter(([, mask]) => fields.has(mask)).map(([address]) => address);
  return [...BASIC_FIELDS, ...durations, ...addresses];
}

const SOURCE_SIDE = { packets: number('spkts'), otherPackets: number('dpkts'), first: number('sfirst'), last: number('slast') }; // prettier-ignore
const RESPONDER_SIDE = { packets: number('dpkts'), otherPackets: number('spkts'), first: number('dfirst'), last: number('dlast') }; // prettier-ignore
const SIDE_TIME_FIELDS = [SOURCE_SIDE.first, SOURCE_SIDE.last, RESPONDER_SIDE.first, RESPONDER_SIDE.last];

/** What all groups have come to: for each field a lane, which has a value for each group. */
export class Groups {
  readonly time: TimeLane;
  readonly origin = new OriginLane();
  readonly #options: GroupsOptions;
  readonly #lanes: (Lane | undefined)[] = [];
  #sides: readonly [SideTimeLane, SideTimeLane] | undefined;
  #room = 0;
  #groupBytes: number;

  constructor(options: GroupsOptions) {
    this.#options = options;
    const { fields, reports } = options;
    this.time = new TimeLane(reports && (fields === undefined || DURATION_FIELDS.some((field) => fields.has(field))));
    this.#groupBytes = this.time.groupBytes + this.origin.groupBytes;
  }

  /** Bytes that a group takes. */
  get groupBytes(): number {
    return this.#groupBytes;
  }

  /** Bytes beside those. */
  get bytes(): number {
    let bytes = this.#options.interned.bytes;
    for (const lane of this.#lanes) if (lane instanceof BytesLane) bytes += lane.bytes;
    return bytes;
  }

  /** Whether records were made with sums that they cannot hold, which stay at the greatest number. */
  get areOver(): boolean {
    return this.#lanes.some((lane) => lane instanceof NumberLane && lane.isOver);
  }

  /** Makes room for so many groups. */
  grow(room: number): void {
    if (room <= this.#room) return;
    this.#room = room;
    this.time.grow(room);
    this.origin.grow(room);
    for (const lane of this.#lanes) lane?.grow(room);
    for (const side of this.#sides ?? []) side.grow(room);
  }

  /**
   * Adds records to their groups, for which there is room.
   * @param fresh those of new groups, the first of each
   * @param isReturning whether groups among the others are in use again and have no values yet
   */
  take(batch: Batch, fresh: Share, share: Share, isReturning: boolean): void {
    const { columns, deferred } = batch;
    if (SIDE_TIME_FIELDS.some((field) => columns[field] !== undefined || deferred?.fields.includes(field))) this.#beginSides(); // prettier-ignore
    if (fresh.count > 0) this.time.begin(batch, fresh);
    if (share.count > 0) this.time.take(batch, share);
    for (const part of [fresh, share]) {
      if (part.count === 0) continue;
      this.origin.take(batch, part, part === share && !isReturning);
      for (const side of this.#sides ?? []) side.take(batch, part);
    }
    const { exact } = this.#options.model;
    // What is in the key is the same in all records of a group.
    const mayChange = (field: number): boolean => share.count > 0 && (isReturning || !exact.has(field));
    for (let field = 0; field < columns.length; field++) {
      const column = columns[field];
      const lane = column === undefined ? undefined : this.#lane(field);
      if (column === undefined || lane === undefined) continue;
      if (fresh.count > 0) lane.begin(column, fresh);
      if (mayChange(field)) lane.take(column, share);
    }
    if (deferred !== undefined) this.#takeDeferred(deferred, fresh, share, mayChange);
  }

  #takeDeferred(deferred: DeferredColumns, fresh: Share, share: Share, mayChange: (field: number) => boolean): void {
    for (const field of deferred.fields) {
      const lane = this.#lane(field);
      const first = lane === undefined || fresh.count === 0 ? undefined : deferred.column(field);
      if (first !== undefined) lane?.begin(first, fresh);
      const column = lane === undefined || !mayChange(field) ? undefined : lane.wanted(share, deferred, field);
      if (column !== undefined) lane?.take(column, share);
    }
  }

  /** Whether a field of records is one of groups. */
  keeps(field: number): boolean {
    if (!TIMES.has(field)) return this.#lane(field) !== undefined;
    return this.#options.reports || !REPORTS.has(field);
  }

  /** Undefined for a field that is not kept. A lane comes with that of the other side. */
  #lane(field: number): Lane | undefined {
    const lane = this.#lanes[field];
    if (lane !== undefined) return lane;
    const { fields } = this.#options;
    if (TIMES.has(field) || (fields !== undefined && !fields.has(field) && !fields.has(mirrorOf(field)))) return undefined; // prettier-ignore
    for (const one of new Set([field, mirrorOf(field)])) this.#addLane(one);
    return this.#lanes[field];
  }

  #addLane(field: number): void {
    if (this.#lanes[field] !== undefined) return;
    const known = STORED_BY_NUMBER.get(field);
    const lane = known === undefined ? undefined : makeLane(known.field, this.#options);
    if (lane === undefined) return;
    lane.grow(this.#room);
    this.#groupBytes += lane.groupBytes;
    this.#lanes[field] = lane;
  }

  #beginSides(): void {
    if (this.#sides !== undefined) return;
    this.#sides = [new SideTimeLane(SOURCE_SIDE), new SideTimeLane(RESPONDER_SIDE)];
    for (const side of this.#sides) {
      side.grow(this.#room);
      this.#groupBytes += side.groupBytes;
    }
    const packets = this.#lanes[SOURCE_SIDE.packets];
    const others = this.#lanes[RESPONDER_SIDE.packets];
    if (!(packets instanceof NumberLane && others instanceof NumberLane)) return;
    for (let group = 0; group < this.#room; group++) {
      this.#sides[0].begin(group, packets.values.get(group), others.values.get(group), this.time);
      this.#sides[1].begin(group, others.values.get(group), packets.values.get(group), this.time);
    }
  }

  /** Adds group `from` to group `to`. @param turned with initiator and responder in each other's place */
  merge(to: number, from: number, turned: boolean): void {
    this.#merge(to, this, from, turned);
  }

  #merge(to: number, other: Groups, from: number, turned: boolean): void {
    this.time.merge(to, other.time, from);
    this.origin.merge(to, other.origin, from);
    this.#sides?.forEach((side, i) => side.merge(to, other.#sides![turned ? 1 - i : i]!, from));
    for (let field = 0; field < this.#lanes.length; field++) {
      const lane = other.#lanes[turned ? mirrorOf(field) : field];
      if (lane !== undefined) this.#lanes[field]?.merge(to, lane, from, turned);
    }
  }

  /** Readies both for `absorb`. */
  align(other: Groups): void {
    if (other.#sides !== undefined) this.#beginSides();
    if (this.#sides !== undefined) other.#beginSides();
    other.#lanes.forEach((_, field) => this.#lane(field));
  }

  /** Adds group `from` of others that have the same key. @param isNew whether group `to` has no records */
  absorb(to: number, other: Groups, from: number, isNew: boolean): void {
    if (isNew) this.clear(to);
    this.#merge(to, other, from, false);
  }

  /** Gives all groups away; nothing else is to be asked after that. */
  give(): GroupsMemory {
    const lanes: [number, LaneMemory][] = [];
    this.#lanes.forEach((lane, field) => {
      if (lane !== undefined) lanes.push([field, lane.give()]);
    });
    const sides = this.#sides?.map((side) => side.give());
    return { room: this.#room, time: this.time.give(), origin: this.origin.give(), sides, lanes };
  }

  /** Takes over what others have given away. @param numbers what their numbers of texts have become */
  adopt({ room, time, origin, sides, lanes }: GroupsMemory, numbers: Uint32Array): void {
    this.#room = room;
    this.time.adopt(time);
    this.origin.adopt(origin);
    if (sides !== undefined) this.#beginSides();
    this.#sides?.forEach((side, i) => side.adopt(sides![i]!));
    for (const [field, memory] of lanes) this.#lane(field)?.adopt(memory, numbers);
  }

  /** The group has no records any more. */
  clear(group: number): void {
    this.time.clear(group);
    this.origin.clear(group);
    for (const lane of this.#lanes) lane?.clear(group);
    for (const side of this.#sides ?? []) side.clear(group);
  }

  /** A record for each of the groups, which are of one origin. */
  batch(groups: Uint32Array, origin: Origin, first: number): Batch {
    this.#markPaths(groups);
    let bytes = this.time.bytesFor(groups.length) + MASKS.length * maskBytesFor(groups);
    for (const lane of this.#lanes) bytes += lane?.bytesFor(groups) ?? 0;
    for (const side of this.#sides ?? []) bytes += side.bytesFor(groups.length);
    const area = new Area(bytes);
    const columns: (Column | undefined)[] = new Array<Column | undefined>(COLUMNS).fill(undefined);
    this.time.columns(groups, area, this.#options.reports, columns);
    for (const side of this.#sides ?? []) side.columns(groups, area, this.time, columns);
    for (let field = 0; field < this.#lanes.length; field++) {
      const column = this.#lanes[field]?.column(groups, area);
      if (column !== undefined) columns[field] = column;
    }
    for (const [address, mask] of MASKS) columns[mask] = this.#masks(address, mask, groups, area);
    const rows = groups.length;
    return { kind: FLOW_BATCH, origin, first, covers: rows, rows, columns, unknown: [], buffer: area.buffer };
  }

  #masks(address: number, mask: number, groups: Uint32Array, area: Area): Column | undefined {
    const addresses = this.#lanes[address];
    const masks = this.#lanes[mask];
    if (!(addresses instanceof AddressLane) || this.#options.fields?.has(mask) === false) return undefined;
    return maskColumn(addresses, masks instanceof NumberLane ? masks : undefined, groups, area);
  }

  /** Records that went other ways over the link have several pairs of its addresses. */
  #markPaths(groups: Uint32Array): void {
    const events = this.#lanes[number('events')];
    if (!(events instanceof NumberLane)) return;
    for (const field of [number('smac'), number('dmac')]) {
      const lane = this.#lanes[field];
      if (!(lane instanceof AddressLane)) continue;
      for (const group of groups) if (lane.states.get(group) === DISAGREED && events.states.get(group) === PRESENT) events.raise(group, EVENT.severalMacPairs); // prettier-ignore
    }
  }
}

const COLUMNS = Math.max(...STORED_BY_NUMBER.keys()) + 1;

/** Undefined for what is not kept. */
function makeLane(field: StoredField, { model, interned, preserves }: GroupsOptions): Lane | undefined {
  const { kind, merge } = field;
  if (field.group === 'management') return undefined;
  const address = MASKED.get(field.number);
  const isOfKey = merge === 'key' || address !== undefined;
  if (isOfKey && !preserves && !model.fields.has(address ?? field.number)) return undefined;
  if (kind === 'bytes') return new BytesLane();
  if (kind === 'text') return new TextLane(merge === 'same' ? 'same' : 'union', interned);
  if (kind === 'address')
    return new AddressLane(merge === 'key' ? 'network' : 'same', model.addresses.get(field.number));
  return isNumeric(kind) ? new NumberLane(field.number, kind, ruleOf(field)) : undefined;
}

function ruleOf({ number: field, merge }: StoredField): NumberRule {
  if (field === STORED_FIELDS.icmptype.number) return 'request';
  return merge === 'key' || merge === 'own' || merge === 'drop' ? 'same' : merge;
}
