import type { NumericArray } from '../record/kinds.ts';

/** Groups are kept in pages of this many, so that tables grow without copying. */
export const PAGE_SHIFT = 14;
export const PAGE_GROUPS = 1 << PAGE_SHIFT;
export const PAGE_MASK = PAGE_GROUPS - 1;

/** The first page is that small at first, since many tables have few groups. */
export const FIRST_GROUPS = 64;

/** Room for how many groups comes after room for so many. */
export function moreRoom(room: number): number {
  if (room === 0) return FIRST_GROUPS;
  return room < PAGE_GROUPS ? room * 2 : room + PAGE_GROUPS;
}

/**
 * Values of one kind, one for each group: that of group `g` is `pages[g >>> PAGE_SHIFT][g & PAGE_MASK]`. New ones are
 * zeros.
 */
export class Pages<A extends Uint8Array | Uint16Array | Uint32Array | Float64Array> {
  readonly pages: A[] = [];
  readonly #make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.#make = make;
  }

  /** @param room for how many groups: below a page a power of two, else whole pages */
  grow(room: number): void {
    const [first] = this.pages;
    const firstLength = Math.min(room, PAGE_GROUPS);
    if (room > 0 && (first?.length ?? 0) < firstLength) {
      const page = this.#make(firstLength);
      if (first !== undefined) page.set(first);
      this.pages[0] = page;
    }
    while (this.pages.length * PAGE_GROUPS < room) this.pages.push(this.#make(PAGE_GROUPS));
  }

  /** Takes over pages that another one has given away. */
  adopt(pages: readonly A[]): void {
    this.pages.length = 0;
    this.pages.push(...pages);
  }

  get(group: number): number {
    return this.pages[group >>> PAGE_SHIFT]![group & PAGE_MASK]!;
  }

  set(group: number, value: number): void {
    this.pages[group >>> PAGE_SHIFT]![group & PAGE_MASK] = value;
  }
}

export const u8Pages = (): Pages<Uint8Array> => new Pages((length) => new Uint8Array(length));
export const u16Pages = (): Pages<Uint16Array> => new Pages((length) => new Uint16Array(length));
export const u32Pages = (): Pages<Uint32Array> => new Pages((length) => new Uint32Array(length));
export const f64Pages = (): Pages<Float64Array> => new Pages((length) => new Float64Array(length));

type AnyPages = Pages<Uint8Array> | Pages<Uint16Array> | Pages<Uint32Array> | Pages<Float64Array> | Pages<NumericArray>;

/** What is known of all groups in one respect, as structured cloning carries it to another thread. */
export interface LaneMemory {
  readonly pages: readonly (readonly NumericArray[])[];
}

export function give(sets: readonly AnyPages[]): LaneMemory {
  return { pages: sets.map(({ pages }) => pages) };
}

/** @param sets as they were given */
export function adopt(sets: readonly AnyPages[], { pages }: LaneMemory): void {
  sets.forEach((set, i) => (set as Pages<NumericArray>).adopt(pages[i]!));
}
