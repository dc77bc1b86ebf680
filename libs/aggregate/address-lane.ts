import { IPV4_ADDRESS } from '../packet/headers.ts';
import { Area } from '../record/builder.ts';
import { AddressColumn, type Column } from '../record/columns.ts';
import { maskLanes } from '../address/prefix.ts';
import { lanesOfMask, type AddressMask } from './key-pieces.ts';
import { ABSENT, DISAGREED, PRESENT, validityOf, type Lane, type Share } from './lane.ts';
import { PAGE_MASK, PAGE_SHIFT, u32Pages, u8Pages } from './pages.ts';

const ALL_BITS = 128;
/** Bits above an IPv4 address that all of them share. */
const IPV4_PREFIX_BITS = 96;

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
  readonly #lanes = [u32Pages(), u32Pages(), u32Pages(), u32Pages()] as const;
  readonly #families = u8Pages();
  /** How many bits all agree in, counted from the first of 128. */
  readonly #bits = u8Pages();
  readonly states = u8Pages();

  constructor(rule: 'network' | 'same', mask?: AddressMask) {
    this.#rule = rule;
    this.#mask = mask;
  }

  grow(pages: number): void {
    for (const lane of this.#lanes) lane.grow(pages);
    this.#families.grow(pages);
    this.#bits.grow(pages);
    this.states.grow(pages);
  }

  take(column: Column, share: Share): void {
    if (column.kind !== 'address') return;
    const { rows, groups, count } = share;
    const { lanes, strides, family, familyStride, valid } = column;
    const [lane0, lane1, lane2, lane3] = lanes;
    const [stride0, stride1, stride2, stride3] = strides;
    const states = this.states.pages;
    const own = this.#lanes.map(({ pages }) => pages);
    const [own0, own1, own2, own3] = [own[0]!, own[1]!, own[2]!, own[3]!];
    const families = this.#families.pages;
    const isPlain = this.#mask === undefined;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (valid !== undefined && (valid[row >> 3]! & (1 << (row & 7))) === 0) continue;
      const page = groups[i]! >>> PAGE_SHIFT;
      const at = groups[i]! & PAGE_MASK;
      const a = lane0[row * stride0]!;
      const b = lane1[row * stride1]!;
      const c = lane2[row * stride2]!;
      const d = lane3[row * stride3]!;
      const f = family[row * familyStride]!;
      if (states[page]![at] === ABSENT && isPlain) {
        own0[page]![at] = a;
        own1[page]![at] = b;
        own2[page]![at] = c;
        own3[page]![at] = d;
        families[page]![at] = f;
        this.#bits.pages[page]![at] = ALL_BITS;
        states[page]![at] = PRESENT;
      } else if (
        own3[page]![at] !== d ||
        own2[page]![at] !== c ||
        own1[page]![at] !== b ||
        own0[page]![at] !== a ||
        families[page]![at] !== f
      ) {
        this.#add(groups[i]!, f, [a, b, c, d], ALL_BITS);
      }
    }
  }

  #add(group: number, family: number, raw: readonly [number, number, number, number], bits: number): void {
    const state = this.states.get(group);
    if (state === DISAGREED) return;
    const masks = this.#mask === undefined ? undefined : lanesOfMask(this.#mask, family);
    const lanes = masks === undefined ? raw : raw.map((lane, k) => (lane & masks[k]!) >>> 0);
    if (state === ABSENT) {
      for (let k = 0; k < 4; k++) this.#lanes[k]!.set(group, lanes[k]!);
      this.#families.set(group, family);
      this.#bits.set(group, bits);
      this.states.set(group, PRESENT);
      return;
    }
    const known = this.#lanes.map((lane) => lane.get(group));
    const common = commonBits(Math.min(bits, this.#bits.get(group)), known, lanes);
    if (family !== this.#families.get(group)) this.states.set(group, DISAGREED);
    else if (common === ALL_BITS) return;
    else if (this.#rule === 'same') this.states.set(group, DISAGREED);
    else this.#bits.set(group, common);
  }

  merge(to: number, other: Lane, from: number): void {
    if (!(other instanceof AddressLane)) return;
    const state = other.states.get(from);
    if (state === ABSENT) return;
    if (state === DISAGREED) {
      this.states.set(to, DISAGREED);
      return;
    }
    const [a, b, c, d] = other.#lanes;
    this.#add(to, other.#families.get(from), [a.get(from), b.get(from), c.get(from), d.get(from)], other.#bits.get(from)); // prettier-ignore
  }

  clear(group: number): void {
    for (const lane of this.#lanes) lane.set(group, 0);
    this.#families.set(group, 0);
    this.states.set(group, ABSENT);
  }

  bytesFor(groups: Uint32Array): number {
    return 4 * Area.aligned(groups.length * 4) + 2 * Area.aligned(groups.length);
  }

  column(groups: Uint32Array, area: Area): Column | undefined {
    const valid = validityOf(this.states.pages, groups, area, PAGE_SHIFT);
    if (valid === 'none') return undefined;
    const count = groups.length;
    const lanes = [area.u32(count), area.u32(count), area.u32(count), area.u32(count)] as const;
    const families = area.u8(count);
    for (let i = 0; i < count; i++) {
      const group = groups[i]!;
      if (this.states.get(group) !== PRESENT) continue;
      const family = this.#families.get(group);
      families[i] = family;
      const bits = this.#bits.get(group);
      const masks = bits === ALL_BITS ? undefined : maskLanes(family === IPV4_ADDRESS ? Math.max(bits, IPV4_PREFIX_BITS) : bits); // prettier-ignore
      for (let k = 0; k < 4; k++) {
        const lane = this.#lanes[k]!.get(group);
        lanes[k]![i] = masks === undefined ? lane : lane & masks[k]!;
      }
    }
    return new AddressColumn([shrunk(lanes[0]), shrunk(lanes[1]), shrunk(lanes[2]), shrunk(lanes[3])], shrunk(families), count, valid); // prettier-ignore
  }
}

/** One value where all are equal. */
function shrunk<A extends Uint8Array | Uint32Array>(values: A): A {
  const [first] = values;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return values;
  return values.subarray(0, 1) as A;
}
