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

const SIDES = [STORED_FIELDS.saddr.number, STORED_FIELDS.daddr.number];

/** Tells addresses apart, and what they are. */
export class AddressCounts {
  readonly #ipv4: readonly AddressSet[];
  readonly #ipv6: readonly AddressSet[];
  readonly #counts = SIDES.map(() => new Float64Array(CLASS_NAMES.length));

  constructor(bytesMax: number) {
    this.#ipv4 = SIDES.map(() => new AddressSet(bytesMax / 8));
    this.#ipv6 = SIDES.map(() => new AddressSet(bytesMax / 8));
  }

  /** Whether counts are too low for want of memory. */
  get isFull(): boolean {
    return [...this.#ipv4, ...this.#ipv6].some((set) => set.isFull);
  }

  add(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    for (const [side, field] of SIDES.entries()) {
      const column = batch.columns[field] as AddressColumn | undefined;
      if (column !== undefined) this.#addSide(column, rows, count, side);
    }
  }

  #addSide(column: AddressColumn, rows: Uint32Array | undefined, count: number, side: number): void {
    const counts = this.#counts[side]!;
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? i : rows[i]!;
      if (!column.has(row)) continue;
      const family = column.familyOf(row);
      if (family !== IPV4_ADDRESS && family !== IPV6_ADDRESS) continue;
      const [a, b, c, d] = [column.lane(0, row), column.lane(1, row), column.lane(2, row), column.lane(3, row)];
      const set = family === IPV4_ADDRESS ? this.#ipv4[side]! : this.#ipv6[side]!;
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
