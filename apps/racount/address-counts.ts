import { IPV4_ADDRESS, IPV6_ADDRESS } from '../../libs/packet/headers.ts';
import type { Batch } from '../../libs/record/batch.ts';
import type { AddressColumn } from '../../libs/record/columns.ts';
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

/** Slots for IPv4 addresses that came lately, by the highest bits of a product with an odd number (Knuth's multiplicative hashing). */
const RECENT_BITS = 16;
const RECENT_FACTOR = 0x9e37_79b1;

const SIDES = [STORED_FIELDS.saddr.number, STORED_FIELDS.daddr.number];

/** Tells addresses apart, and what they are. */
export class AddressCounts {
  readonly #ipv4: readonly AddressSet[];
  readonly #ipv6: readonly AddressSet[];
  /** Of each side the IPv4 addresses that were added last, which need not be looked for again. */
  readonly #recent = SIDES.map(() => recentSlots());
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
      if (column !== undefined) this.#addSide(column, rows, count, side);
    }
  }

  #addSide(column: AddressColumn, rows: Uint32Array | undefined, count: number, side: number): void {
    const { family, familyStride } = column;
    const last = column.lanes[3];
    const stride = column.strides[3];
    const recent = this.#recent[side]!;
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? i : rows[i]!;
      const lane = last[row * stride]!;
      const isRecent = recent[Math.imul(lane, RECENT_FACTOR) >>> (32 - RECENT_BITS)] === lane;
      if (isRecent && family[row * familyStride] === IPV4_ADDRESS) continue;
      if (column.has(row)) this.#addAddress(column, row, side, recent);
    }
  }

  #addAddress(column: AddressColumn, row: number, side: number, recent: Uint32Array): void {
    const family = column.familyOf(row);
    if (family !== IPV4_ADDRESS && family !== IPV6_ADDRESS) return;
    const [a, b, c, d] = [column.lane(0, row), column.lane(1, row), column.lane(2, row), column.lane(3, row)];
    const set = family === IPV4_ADDRESS ? this.#ipv4[side]! : this.#ipv6[side]!;
    if (set.add(a, b, c, d)) this.#counts[side]![classOf(family, a, b, c, d)]! += 1;
    if (family === IPV4_ADDRESS) recent[Math.imul(d, RECENT_FACTOR) >>> (32 - RECENT_BITS)] = d;
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
      this.#addAll(this.#ipv4[side]!, IPV4_ADDRESS, ipv4[side]!, side);
      this.#addAll(this.#ipv6[side]!, IPV6_ADDRESS, ipv6[side]!, side);
    }
  }

  #addAll(set: AddressSet, family: number, lanes: Uint32Array, side: number): void {
    const counts = this.#counts[side]!;
    for (let at = 0; at < lanes.length; at += 4) {
      const [a, b, c, d] = [lanes[at]!, lanes[at + 1]!, lanes[at + 2]!, lanes[at + 3]!];
      if (set.add(a, b, c, d)) counts[classOf(family, a, b, c, d)]! += 1;
    }
  }

  /** Those of which there are any. */
  classes(): ClassCount[] {
    const [sources, destinations] = this.#counts;
    return CLASS_NAMES.map((name, k) => ({ name, sources: sources![k]!, destinations: destinations![k]! })).filter(
      (one) => one.sources + one.destinations > 0,
    );
  }
}

/** None of them holds an address that belongs there: 0 belongs to the first slot, 1 to another. */
function recentSlots(): Uint32Array {
  const slots = new Uint32Array(1 << RECENT_BITS);
  slots[0] = 1;
  return slots;
}
