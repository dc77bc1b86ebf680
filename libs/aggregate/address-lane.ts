import { IPV4_ADDRESS, MAC_ADDRESS } from '../packet/headers.ts';
import { Area } from '../record/builder.ts';
import { AddressColumn, type Column } from '../record/columns.ts';
import type { AddressFamilies, DeferredColumns } from '../record/deferred.ts';
import { maskLanes } from '../address/prefix.ts';
import { lanesOfMask, type AddressMask } from './address-mask.ts';
import { upperByFamily } from './address-pieces.ts';
import { ABSENT, areSettled, DISAGREED, place, placeSame, PRESENT, validityOf, type Lane } from './lane.ts';
import { adopt, give, PAGE_MASK, PAGE_SHIFT, u32Pages, u8Pages, type LaneMemory } from './pages.ts';
import type { Part, Run, Share } from './share.ts';

const ALL_BITS = 128;
const FAMILIES = 8;
/** All bits of an address, more than any has. */
export const WHOLE = 0xff;
/** Bits above an IPv4 address that all of them share. */
const IPV4_PREFIX_BITS = 96;
/** Bits before the last lane. */
const LAST_LANE_BITS = 96;
/** Bits before an address among the 128, by family. */
const BEFORE: Readonly<Record<number, number>> = { [IPV4_ADDRESS]: IPV4_PREFIX_BITS, [MAC_ADDRESS]: 80 };

/** Ones from the left, of 128 bits. */
function leadingOnes(lanes: readonly number[]): number {
  const k = lanes.findIndex((lane) => lane !== 0xffff_ffff);
  return k < 0 ? ALL_BITS : 32 * k + Math.clz32(~lanes[k]!);
}

/** Where addresses of a family have no more in common than this, further ones of it change nothing. */
const leastBits = (family: number): number => (family === IPV4_ADDRESS ? IPV4_PREFIX_BITS : 0);

/** Bits from the left in which two addresses agree, of the first `bits`. */
function commonBits(bits: number, a: readonly number[], b: readonly number[]): number {
  for (let k = 0; k < 4; k++) {
    const difference = a[k]! ^ b[k]!;
    if (difference !== 0) return Math.min(bits, 32 * k + Math.clz32(difference));
  }
  return bits;
}

/**
 * An address. What records that differ have in common is `network`, the bits from the left in which all agree, as Argus does
 * it for hosts, or `same`, nothing. Addresses of different families have nothing in common.
 */
export class AddressLane implements Lane {
  readonly groupBytes = 19;
  readonly #rule: 'network' | 'same';
  /** Of a key: the bits that count; the others are zero. */
  readonly #mask: AddressMask | undefined;
  /** For each family the mask of its four lanes. */
  readonly #masks: Uint32Array;
  /** For each family how many bits of it count, of 128 from the left, up to the first that does not. */
  readonly #keyBits: readonly number[];
  readonly #lanes = [u32Pages(), u32Pages(), u32Pages(), u32Pages()] as const;
  readonly #families = u8Pages();
  /** How many bits all agree in, counted from the first of 128. */
  readonly #bits = u8Pages();
  readonly states = u8Pages();
  /** Groups whose records disagree. */
  #disagreed = 0;
  /** Whether all bits of all addresses are known, but for those that disagree. */
  #isWhole: boolean;

  constructor(rule: 'network' | 'same', mask?: AddressMask) {
    this.#rule = rule;
    this.#mask = mask;
    const masks = Array.from({ length: FAMILIES }, (_, family) => mask === undefined ? maskLanes(ALL_BITS) : lanesOfMask(mask, family)); // prettier-ignore
    this.#masks = Uint32Array.from(masks.flat());
    this.#keyBits = masks.map(leadingOnes);
    this.#isWhole = mask === undefined;
  }

  grow(room: number): void {
    for (const lane of this.#lanes) lane.grow(room);
    this.#families.grow(room);
    this.#bits.grow(room);
    this.states.grow(room);
  }

  begin(column: Column, all: Share): void {
    if (column.kind !== 'address') return;
    const share = all.present(column.valid);
    const { lanes, strides, family, familyStride } = column;
    for (const part of share.parts) {
      const { page } = part;
      for (const k of [0, 1, 2, 3] as const) {
        const out = this.#lanes[k].pages[page]!;
        if (strides[k] === 0) placeSame(lanes[k][0]!, share, part, out);
        else place(lanes[k], share, part, out);
      }
      const families = this.#families.pages[page]!;
      if (familyStride === 0) placeSame(family[0]!, share, part, families);
      else place(family, share, part, families);
      placeSame(ALL_BITS, share, part, this.#bits.pages[page]!);
      placeSame(PRESENT, share, part, this.states.pages[page]!);
      if (this.#mask !== undefined) this.#maskAll(share, part);
    }
  }

  #maskAll({ groups }: Share, { page, from, to }: Part): void {
    const masks = this.#masks;
    const families = this.#families.pages[page]!;
    for (const k of [0, 1, 2, 3] as const) {
      const lane = this.#lanes[k].pages[page]!;
      for (let i = from; i < to; i++) {
        const at = groups[i]! & PAGE_MASK;
        lane[at]! &= masks[(families[at]! & 7) * 4 + k]!;
      }
    }
  }

  take(column: Column, all: Share): void {
    if (column.kind !== 'address' || areSettled(this.states, this.#disagreed, all)) return;
    const share = all.present(column.valid);
    if (this.#mask === undefined) {
      // Where the first three lanes go by the family they need not have been decoded.
      const upper = column.upper && upperByFamily(column.upper);
      if (share.runs === undefined) for (const part of share.parts) this.#takePart(column, upper, share, part);
      else for (const run of share.runs) this.#takePart(column, upper, share, this.#unsettled(column, share, run));
      return;
    }
    const { rows, groups, count } = share;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const lanes = [column.lane(0, row), column.lane(1, row), column.lane(2, row), column.lane(3, row)] as const;
      this.#add(groups[i]!, column.familyOf(row), lanes, ALL_BITS);
    }
  }

  /** What is left of a run without the records at its beginning that change nothing. */
  #unsettled({ family, familyStride }: AddressColumn, { rows }: Share, { page, at, from, to }: Run): Part {
    const known = this.#families.pages[page]![at]!;
    const state = this.states.pages[page]![at];
    if (state === DISAGREED) return { page, from: to, to };
    let next = from;
    if (state === PRESENT && this.#bits.pages[page]![at] === leastBits(known))
      while (next < to && family[rows[next]! * familyStride] === known) next += 1;
    return { page, from: next, to };
  }

  wanted(share: Share, deferred: DeferredColumns, field: number): Column | undefined {
    if (areSettled(this.states, this.#disagreed, share)) return undefined;
    if (this.#mask !== undefined) return deferred.column(field);
    return this.#areShort(share) && this.#areKnown(share, deferred.families(field))
      ? undefined
      : deferred.lastLane(field);
  }

  /** Whether of no group that a share has records of, in runs, the last lane counts any more. */
  #areShort({ runs }: Share): boolean {
    const { states } = this;
    return (
      runs?.every(({ page, at }) => {
        const state = states.pages[page]![at];
        return state === DISAGREED || (state === PRESENT && this.#bits.pages[page]![at]! <= LAST_LANE_BITS);
      }) === true
    );
  }

  /** Whether all addresses of such a share have what their groups have in common. */
  #areKnown({ runs, rows }: Share, addresses: AddressFamilies | undefined): boolean {
    if (addresses === undefined || runs === undefined) return false;
    const { family, upper } = addresses;
    return runs.every((run) => {
      const { page, at } = run;
      if (this.states.pages[page]![at] === DISAGREED) return true;
      const own = this.#families.pages[page]![at]!;
      const known = this.#lanes.map(({ pages }) => pages[page]![at]!);
      const bits = this.#bits.pages[page]![at]!;
      return commonBits(bits, known, [...upper(own), known[3]!]) === bits && areAllOf(own, family, rows, run);
    });
  }

  /** @param upper the first three lanes by family; undefined where they do not go by that */
  #takePart(
    { lanes, strides, family, familyStride }: AddressColumn,
    upper: ReturnType<typeof upperByFamily> | undefined,
    { rows, groups }: Share,
    { page, from, to }: Part,
  ): void {
    const [lane0, lane1, lane2] = upper ?? lanes;
    const [, , , lane3] = lanes;
    const [stride0, stride1, stride2, stride3] = strides;
    const states = this.states.pages[page]!;
    const [own0, own1, own2, own3] = [this.#lanes[0].pages[page]!, this.#lanes[1].pages[page]!, this.#lanes[2].pages[page]!, this.#lanes[3].pages[page]!]; // prettier-ignore
    const families = this.#families.pages[page]!;
    const bits = this.#bits.pages[page]!;
    const keepsNetwork = this.#rule === 'network';
    for (let i = from; i < to; i++) {
      const at = groups[i]! & PAGE_MASK;
      const state = states[at];
      if (state === DISAGREED) continue;
      const row = rows[i]!;
      const f = family[row * familyStride]!;
      if (state === ABSENT) {
        own0[at] = lane0[upper === undefined ? row * stride0 : f & 7]!;
        own1[at] = lane1[upper === undefined ? row * stride1 : f & 7]!;
        own2[at] = lane2[upper === undefined ? row * stride2 : f & 7]!;
        own3[at] = lane3[row * stride3]!;
        families[at] = f;
        bits[at] = ALL_BITS;
        states[at] = PRESENT;
        continue;
      }
      const isSameFamily = families[at] === f;
      if (isSameFamily && bits[at] === leastBits(f)) continue;
      // Of IPv4 the last lane alone counts.
      let common = 96 + Math.clz32(own3[at]! ^ lane3[row * stride3]!);
      if (f !== IPV4_ADDRESS) {
        const a = lane0[upper === undefined ? row * stride0 : f & 7]!;
        const b = lane1[upper === undefined ? row * stride1 : f & 7]!;
        const c = lane2[upper === undefined ? row * stride2 : f & 7]!;
        if (own0[at] !== a) common = Math.clz32(own0[at]! ^ a);
        else if (own1[at] !== b) common = 32 + Math.clz32(own1[at]! ^ b);
        else if (own2[at] !== c) common = 64 + Math.clz32(own2[at]! ^ c);
      }
      if (isSameFamily && common >= bits[at]!) continue;
      if (isSameFamily && keepsNetwork) {
        bits[at] = common;
        this.#isWhole = false;
      } else {
        states[at] = DISAGREED;
        this.#disagreed += 1;
      }
    }
  }

  #disagree(group: number): void {
    if (this.states.get(group) !== DISAGREED) this.#disagreed += 1;
    this.states.set(group, DISAGREED);
  }

  #add(group: number, family: number, raw: readonly [number, number, number, number], bits: number): void {
    const state = this.states.get(group);
    if (state === DISAGREED) return;
    const lanes = raw.map((lane, k) => (lane & this.#masks[(family & 7) * 4 + k]!) >>> 0);
    if (state === ABSENT) {
      for (let k = 0; k < 4; k++) this.#lanes[k]!.set(group, lanes[k]!);
      this.#families.set(group, family);
      this.#bits.set(group, bits);
      this.states.set(group, PRESENT);
      this.#isWhole &&= bits === ALL_BITS;
      return;
    }
    const known = this.#lanes.map((lane) => lane.get(group));
    const common = commonBits(Math.min(bits, this.#bits.get(group)), known, lanes);
    if (family !== this.#families.get(group)) this.#disagree(group);
    else if (common === ALL_BITS) return;
    else if (this.#rule === 'same') this.#disagree(group);
    else {
      this.#bits.set(group, common);
      this.#isWhole = false;
    }
  }

  merge(to: number, other: Lane, from: number): void {
    if (!(other instanceof AddressLane)) return;
    const state = other.states.get(from);
    if (state === ABSENT) return;
    if (state === DISAGREED) {
      this.#disagree(to);
      return;
    }
    const [a, b, c, d] = other.#lanes;
    this.#add(to, other.#families.get(from), [a.get(from), b.get(from), c.get(from), d.get(from)], other.#bits.get(from)); // prettier-ignore
  }

  clear(group: number): void {
    for (const lane of this.#lanes) lane.set(group, 0);
    this.#families.set(group, 0);
    if (this.states.get(group) === DISAGREED) this.#disagreed -= 1;
    this.states.set(group, ABSENT);
  }

  give(): LaneMemory {
    return give([...this.#lanes, this.#families, this.#bits, this.states]);
  }

  adopt(memory: LaneMemory): void {
    adopt([...this.#lanes, this.#families, this.#bits, this.states], memory);
    this.#isWhole = false;
  }

  bytesFor(groups: Uint32Array): number {
    return 4 * Area.aligned(groups.length * 4) + 2 * Area.aligned(groups.length);
  }

  column(groups: Uint32Array, area: Area): Column | undefined {
    const valid = validityOf(this.states.pages, groups, area);
    if (valid === 'none') return undefined;
    const count = groups.length;
    const lanes = [area.u32(count), area.u32(count), area.u32(count), area.u32(count)] as const;
    const families = area.u8(count);
    for (let i = 0; i < count; i++) {
      const page = groups[i]! >>> PAGE_SHIFT;
      const at = groups[i]! & PAGE_MASK;
      if (this.states.pages[page]![at] !== PRESENT) continue;
      const family = this.#families.pages[page]![at]!;
      const bits = this.#bits.pages[page]![at]!;
      families[i] = family;
      lanes[0][i] = this.#lanes[0].pages[page]![at]!;
      lanes[1][i] = this.#lanes[1].pages[page]![at]!;
      lanes[2][i] = this.#lanes[2].pages[page]![at]!;
      lanes[3][i] = this.#lanes[3].pages[page]![at]!;
      if (bits === ALL_BITS) continue;
      const masks = maskLanes(family === IPV4_ADDRESS ? Math.max(bits, IPV4_PREFIX_BITS) : bits);
      for (const k of [0, 1, 2, 3] as const) lanes[k][i]! &= masks[k];
    }
    return new AddressColumn([shrunk(lanes[0]), shrunk(lanes[1]), shrunk(lanes[2]), shrunk(lanes[3])], shrunk(families), count, valid); // prettier-ignore
  }

  /** Whether the addresses of all groups are known to be whole. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** How many bits of a group's address are known, from its left; `WHOLE` where all are, undefined where there is no address. */
  knownBits(group: number): number | undefined {
    if (this.states.get(group) !== PRESENT) return undefined;
    const family = this.#families.get(group);
    const bits = Math.min(this.#bits.get(group), this.#keyBits[family & 7]!);
    return bits === ALL_BITS ? WHOLE : Math.max(0, bits - (BEFORE[family] ?? 0));
  }
}

function areAllOf(own: number, family: Uint8Array, rows: Uint32Array, { from, to }: Part): boolean {
  for (let i = from; i < to; i++) if (family[rows[i]!] !== own) return false;
  return true;
}

/** One value where all are equal. */
function shrunk<A extends Uint8Array | Uint32Array>(values: A): A {
  const [first] = values;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return values;
  return values.subarray(0, 1) as A;
}
