import { IPV4_ADDRESS, IPV6_ADDRESS } from '../../libs/packet/headers.ts';
import type { Batch } from '../../libs/record/batch.ts';
import type { AddressColumn, UpperLanes } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { CLASS_NAMES, classOf } from './address-classes.ts';
import { AddressSet } from './address-set.ts';

/** How many different addresses of a class there are on each side. */
export interface ClassCount {
  readonly name: string;
  readonly sources: number;
  readonly destinations: number;
}

/** Different addresses, four lanes of each, by family and side. */
export interface AddressState {
  readonly ipv4: readonly Uint32Array<ArrayBuffer>[];
  readonly ipv6: readonly Uint32Array<ArrayBuffer>[];
  readonly isFull: boolean;
}

/** Slots for addresses that came lately. */
const RECENT_BITS = 16;
/** Odd, so that networks with the same hosts lie apart (Knuth's multiplicative hashing). */
const FACTOR = 0x9e37_79b1;

const SIDES = [STORED_FIELDS.saddr.number, STORED_FIELDS.daddr.number];

/** Tells addresses apart, and what they are. */
export class AddressCounts {
  readonly #ipv4: readonly AddressSet[];
  readonly #ipv6: readonly AddressSet[];
  readonly #recent = SIDES.map(() => new RecentAddresses());
  readonly #recentHosts = SIDES.map(() => new RecentHosts());
  #wasFull = false;
  readonly #counts = SIDES.map(() => new Float64Array(CLASS_NAMES.length));

  constructor(bytesMax: number) {
    this.#ipv4 = SIDES.map(() => new AddressSet(bytesMax / 8));
    this.#ipv6 = SIDES.map(() => new AddressSet(bytesMax / 8));
  }

  /** Whether counts are too low for want of memory. */
  get isFull(): boolean {
    return this.#wasFull || [...this.#ipv4, ...this.#ipv6].some((set) => set.isFull);
  }

  add(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    for (const [side, field] of SIDES.entries()) {
      const column = batch.columns[field] as AddressColumn | undefined;
      if (column?.upper !== undefined) this.#addOfNetworks(column, column.upper, rows, count, side);
      else if (column !== undefined) this.#addSide(column, rows, count, side);
    }
  }

  /** Of each family all have the same upper lanes. */
  #addOfNetworks(
    { family, familyStride, lanes, strides, valid }: AddressColumn,
    upper: UpperLanes,
    rows: Uint32Array | undefined,
    count: number,
    side: number,
  ): void {
    const recent = this.#recentHosts[side]!.of(upper);
    const [last, stride] = [lanes[3], strides[3]];
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? i : rows[i]!;
      const of = family[row * familyStride]!;
      const d = last[row * stride]!;
      const slot = hostSlot(of, d);
      if (recent[slot] === d || (of !== IPV4_ADDRESS && of !== IPV6_ADDRESS)) continue;
      if (valid !== undefined && ((valid[row >> 3]! >> (row & 7)) & 1) === 0) continue;
      recent[slot] = d;
      const [a, b, c] = upper(of);
      this.#add(of, side, a, b, c, d);
    }
  }

  #addSide(column: AddressColumn, rows: Uint32Array | undefined, count: number, side: number): void {
    const { family, familyStride, lanes: [la, lb, lc, ld], strides: [sa, sb, sc, sd] } = column; // prettier-ignore
    const recent = this.#recent[side]!;
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? i : rows[i]!;
      const of = family[row * familyStride]!;
      const a = la[row * sa]!;
      const b = lb[row * sb]!;
      const c = lc[row * sc]!;
      const d = ld[row * sd]!;
      if (recent.differs(of, a, b, c, d) && column.has(row)) {
        recent.put(of, a, b, c, d);
        if (of === IPV4_ADDRESS || of === IPV6_ADDRESS) this.#add(of, side, a, b, c, d);
      }
    }
  }

  #add(family: number, side: number, a: number, b: number, c: number, d: number): void {
    const set = family === IPV4_ADDRESS ? this.#ipv4[side]! : this.#ipv6[side]!;
    if (set.add(a, b, c, d)) this.#counts[side]![classOf(family, a, b, c, d)]! += 1;
  }

  /** All that was counted, for `addState`. */
  get state(): AddressState {
    const { isFull } = this;
    return { ipv4: this.#ipv4.map((set) => set.addresses), ipv6: this.#ipv6.map((set) => set.addresses), isFull };
  }

  /** Adds what was counted elsewhere. */
  addState({ ipv4, ipv6, isFull }: AddressState): void {
    this.#wasFull ||= isFull;
    for (const side of SIDES.keys()) {
      this.#addAll(IPV4_ADDRESS, side, ipv4[side]!);
      this.#addAll(IPV6_ADDRESS, side, ipv6[side]!);
    }
  }

  #addAll(family: number, side: number, lanes: Uint32Array): void {
    for (let at = 0; at < lanes.length; at += 4)
      this.#add(family, side, lanes[at]!, lanes[at + 1]!, lanes[at + 2]!, lanes[at + 3]!);
  }

  /** Those of which there are any. */
  classes(): ClassCount[] {
    const [sources, destinations] = this.#counts;
    return CLASS_NAMES.map((name, k) => ({ name, sources: sources![k]!, destinations: destinations![k]! })).filter(
      (one) => one.sources + one.destinations > 0,
    );
  }
}

/** The last lanes of addresses that were added lately, as long as the upper lanes of each family stay the same. */
class RecentHosts {
  readonly #lanes = new Uint32Array(2 << RECENT_BITS);
  #upper = '';

  of(upper: UpperLanes): Uint32Array {
    const now = `${upper(IPV4_ADDRESS).join()} ${upper(IPV6_ADDRESS).join()}`;
    if (now !== this.#upper) {
      this.#lanes.fill(0);
      // 0 belongs into the first slot, 1 into another.
      for (const family of [IPV4_ADDRESS, IPV6_ADDRESS]) this.#lanes[hostSlot(family, 0)] = 1;
    }
    this.#upper = now;
    return this.#lanes;
  }
}

/** IPv4 and IPv6, 4 and 6, have a half of the slots each. */
function hostSlot(family: number, lane: number): number {
  return ((family & 2) << (RECENT_BITS - 1)) | recentSlot(0, lane);
}

/** Addresses that were added lately, which need not be looked for again. */
class RecentAddresses {
  readonly #lanes = new Uint32Array(4 << RECENT_BITS);
  /** 0 for a free slot. */
  readonly #families = new Uint8Array(1 << RECENT_BITS);

  /** Without branches, as families come in no order that could be foreseen. */
  differs(family: number, a: number, b: number, c: number, d: number): boolean {
    const lanes = this.#lanes;
    const slot = recentSlot(c, d);
    const at = 4 * slot;
    const upper = (lanes[at]! ^ a) | (lanes[at + 1]! ^ b);
    return (upper | (lanes[at + 2]! ^ c) | (lanes[at + 3]! ^ d) | (this.#families[slot]! ^ family)) !== 0;
  }

  put(family: number, a: number, b: number, c: number, d: number): void {
    const slot = recentSlot(c, d);
    this.#families[slot] = family;
    this.#lanes[4 * slot] = a;
    this.#lanes[4 * slot + 1] = b;
    this.#lanes[4 * slot + 2] = c;
    this.#lanes[4 * slot + 3] = d;
  }
}

/** IPv4 addresses of one network lie side by side, so that those of a site that is busy are few lines of the processor's cache. */
function recentSlot(c: number, d: number): number {
  return (d ^ Math.imul(c ^ (d >>> 16), FACTOR)) & ((1 << RECENT_BITS) - 1);
}
