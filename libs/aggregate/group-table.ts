import { moreRoom, PAGE_GROUPS, PAGE_MASK, PAGE_SHIFT, u8Pages } from './pages.ts';

const FIRST_SLOTS = 1 << 7;

/**
 * From keys to group numbers: open addressing with linear probing, each slot holding group + 1 and the hash side by side. Half
 * full at most; deletion shifts later entries back. Numbers of groups that were let go are given again.
 */
export class GroupTable {
  /** 32-bit words of a key. */
  readonly width: number;
  readonly #keys: Uint32Array[] = [];
  /** 1 for groups among those of whose hash there was another one when they came, or came later. */
  readonly #kin = u8Pages();
  #slots = new Uint32Array(FIRST_SLOTS * 2);
  #mask = FIRST_SLOTS - 1;
  #findable = 0;
  /** Numbers given so far, those that are free again included. */
  #end = 0;
  readonly #free: number[] = [];
  #room = 0;

  constructor(width: number) {
    this.width = width;
  }

  /** Group numbers are below this. */
  get end(): number {
    return this.#end;
  }

  /** For how many groups there is room. */
  get room(): number {
    return this.#room;
  }

  /** Groups that are in use. */
  get count(): number {
    return this.#end - this.#free.length;
  }

  /** Numbers that were let go and will be given again. */
  get free(): number {
    return this.#free.length;
  }

  /** Bytes that a group takes, but for slots. */
  get groupBytes(): number {
    return 4 * this.width + 1;
  }

  get slotBytes(): number {
    return this.#slots.byteLength;
  }

  /** Whether a key of the same hash has been there together with this group's. */
  hasKin(group: number): boolean {
    return this.#kin.get(group) === 1;
  }

  /** The group with this key, or -1. */
  find(words: Uint32Array, at: number, hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot * 2]!;
      if (entry === 0) return -1;
      if (slots[slot * 2 + 1] === hash && this.#matches(entry - 1, words, at)) return entry - 1;
    }
  }

  /**
   * The groups of the first `count` of the keys that lie side by side in `words`, -1 for those that there are none of.
   * @returns how many of these there are
   */
  findAll(words: Uint32Array, hashes: Uint32Array, count: number, groups: Int32Array): number {
    // In two steps, so that the processor waits for the memory of many keys at once.
    this.#findHashes(hashes, count, groups);
    const { width } = this;
    const pages = this.#keys;
    let missing = 0;
    for (let i = 0; i < count; i++) {
      let group = groups[i]!;
      if (group >= 0) {
        const keys = pages[group >>> PAGE_SHIFT]!;
        const from = (group & PAGE_MASK) * width;
        const at = i * width;
        let k = 0;
        while (k < width && keys[from + k] === words[at + k]) k += 1;
        if (k < width) groups[i] = group = this.find(words, at, hashes[i]!);
      }
      missing += group >>> 31;
    }
    return missing;
  }

  /** Of each hash the first group that has it, or -1. */
  #findHashes(hashes: Uint32Array, count: number, groups: Int32Array): void {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let i = 0; i < count; i++) {
      const hash = hashes[i]!;
      let slot = hash & mask;
      while (slots[slot * 2 + 1] !== hash && slots[slot * 2] !== 0) slot = (slot + 1) & mask;
      groups[i] = slots[slot * 2]! - 1;
    }
  }

  /** A group whose key has this hash, or -1. */
  withHash(hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = hash & mask; slots[slot * 2] !== 0; slot = (slot + 1) & mask) {
      if (slots[slot * 2 + 1] === hash) return slots[slot * 2]! - 1;
    }
    return -1;
  }

  #matches(group: number, words: Uint32Array, at: number): boolean {
    const { width } = this;
    const keys = this.#keys[group >>> PAGE_SHIFT]!;
    const from = (group & PAGE_MASK) * width;
    for (let k = 0; k < width; k++) if (keys[from + k] !== words[at + k]) return false;
    return true;
  }

  /** A new group with a key that is not in the table. */
  insert(words: Uint32Array, at: number, hash: number): number {
    const group = this.#free.pop() ?? this.#end++;
    if (group === this.#room) this.#extend();
    const keys = this.#keys[group >>> PAGE_SHIFT]!;
    const to = (group & PAGE_MASK) * this.width;
    for (let k = 0; k < this.width; k++) keys[to + k] = words[at + k]!;
    if ((this.#findable += 1) * 2 > this.#mask + 1) this.#grow();
    this.#kin.set(group, 0);
    this.#place(group + 1, hash);
    return group;
  }

  #extend(): void {
    const page = this.#room >>> PAGE_SHIFT;
    this.#room = moreRoom(this.#room);
    const keys = new Uint32Array(Math.min(this.#room, PAGE_GROUPS) * this.width);
    const old = this.#keys[page];
    if (old !== undefined) keys.set(old);
    this.#keys[page] = keys;
    this.#kin.grow(this.#room);
  }

  /** Where the key of a group is: `words` from `at` on. */
  keyOf(group: number): { readonly words: Uint32Array; readonly at: number } {
    return { words: this.#keys[group >>> PAGE_SHIFT]!, at: (group & PAGE_MASK) * this.width };
  }

  /** Keys of all groups, side by side. */
  keys(): Uint32Array<ArrayBuffer> {
    const keys = new Uint32Array(this.#end * this.width);
    for (let group = 0; group < this.#end; group += PAGE_GROUPS) {
      const page = this.#keys[group >>> PAGE_SHIFT]!;
      keys.set(page.subarray(0, Math.min(page.length, keys.length - group * this.width)), group * this.width);
    }
    return keys;
  }

  /** Makes a group unfindable; it stays in use until it is let go. */
  hide(group: number, hash: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = hash & mask;
    for (; slots[hole * 2] !== group + 1; hole = (hole + 1) & mask) if (slots[hole * 2] === 0) return;
    for (let slot = (hole + 1) & mask; slots[slot * 2] !== 0; slot = (slot + 1) & mask) {
      const home = slots[slot * 2 + 1]! & mask;
      // An entry may move back into the hole unless its home lies cyclically in (hole, slot].
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole * 2] = slots[slot * 2]!;
      slots[hole * 2 + 1] = slots[slot * 2 + 1]!;
      hole = slot;
    }
    slots[hole * 2] = 0;
    slots[hole * 2 + 1] = 0;
    this.#findable -= 1;
  }

  /** The number of a group that is not findable may be given again. */
  letGo(group: number): void {
    this.#free.push(group);
  }

  #place(entry: number, hash: number): void {
    const slots = this.#slots;
    let slot = hash & this.#mask;
    for (; slots[slot * 2] !== 0; slot = (slot + 1) & this.#mask) {
      if (slots[slot * 2 + 1] !== hash) continue;
      this.#kin.set(slots[slot * 2]! - 1, 1);
      this.#kin.set(entry - 1, 1);
    }
    slots[slot * 2] = entry;
    slots[slot * 2 + 1] = hash;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#mask = old.length - 1;
    for (let i = 0; i < old.length; i += 2) if (old[i] !== 0) this.#place(old[i]!, old[i + 1]!);
  }
}
