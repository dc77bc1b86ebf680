/** Groups are kept in pages of this many, so that tables grow without copying. */
export const PAGE_SHIFT = 14;
export const PAGE_GROUPS = 1 << PAGE_SHIFT;
export const PAGE_MASK = PAGE_GROUPS - 1;

/**
 * Values of one kind, one for each group: that of group `g` is `pages[g >>> PAGE_SHIFT][g & PAGE_MASK]`. New pages hold
 * zeros.
 */
export class Pages<A extends Uint8Array | Uint16Array | Uint32Array | Float64Array> {
  readonly pages: A[] = [];
  readonly #make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.#make = make;
  }

  grow(pages: number): void {
    while (this.pages.length < pages) this.pages.push(this.#make(PAGE_GROUPS));
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
