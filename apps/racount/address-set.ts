const ROOM_FIRST = 1 << 12;
/** Room for an address: four lanes and a mark. */
const SLOT_BYTES = 17;

/** Addresses of one family, each once: a table with open addressing. */
export class AddressSet {
  readonly #slotsMax: number;
  #lanes = new Uint32Array(4 * ROOM_FIRST);
  #taken = new Uint8Array(ROOM_FIRST);
  #size = 0;
  #isFull = false;

  /** @param bytesMax of the table; while it grows, half as much again is needed for a moment */
  constructor(bytesMax: number) {
    this.#slotsMax = 2 ** Math.floor(Math.log2(Math.max(bytesMax / SLOT_BYTES, ROOM_FIRST)));
  }

  get size(): number {
    return this.#size;
  }

  /** Whether addresses were left out for want of room. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** @returns whether it is new */
  add(lane0: number, lane1: number, lane2: number, lane3: number): boolean {
    const slot = this.#slotOf(lane0, lane1, lane2, lane3);
    if (this.#taken[slot] === 1) return false;
    if (2 * this.#size >= this.#taken.length) {
      if (this.#taken.length >= this.#slotsMax) {
        this.#isFull = true;
        return false;
      }
      this.#grow();
      return this.add(lane0, lane1, lane2, lane3);
    }
    this.#put(slot, lane0, lane1, lane2, lane3);
    this.#size += 1;
    return true;
  }

  /** The lanes of all addresses, four of each. */
  get addresses(): Uint32Array<ArrayBuffer> {
    const addresses = new Uint32Array(4 * this.#size);
    for (let slot = 0, end = 0; slot < this.#taken.length; slot++) {
      if (this.#taken[slot] === 0) continue;
      for (let lane = 0; lane < 4; lane++) addresses[end++] = this.#lanes[4 * slot + lane]!;
    }
    return addresses;
  }

  #slotOf(lane0: number, lane1: number, lane2: number, lane3: number): number {
    const lanes = this.#lanes;
    const last = this.#taken.length - 1;
    let hash = Math.imul(lane0 ^ Math.imul(lane1, 0x85eb_ca6b) ^ Math.imul(lane2, 0xc2b2_ae35) ^ lane3, 0x9e37_79b1);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
    let slot = (hash ^ (hash >>> 13)) & last;
    while (
      this.#taken[slot] === 1 &&
      (lanes[4 * slot + 3] !== lane3 ||
        lanes[4 * slot] !== lane0 ||
        lanes[4 * slot + 1] !== lane1 ||
        lanes[4 * slot + 2] !== lane2)
    )
      slot = (slot + 1) & last;
    return slot;
  }

  #put(slot: number, lane0: number, lane1: number, lane2: number, lane3: number): void {
    this.#taken[slot] = 1;
    this.#lanes[4 * slot] = lane0;
    this.#lanes[4 * slot + 1] = lane1;
    this.#lanes[4 * slot + 2] = lane2;
    this.#lanes[4 * slot + 3] = lane3;
  }

  #grow(): void {
    const lanes = this.#lanes;
    const taken = this.#taken;
    this.#lanes = new Uint32Array(2 * lanes.length);
    this.#taken = new Uint8Array(2 * taken.length);
    for (let slot = 0; slot < taken.length; slot++) {
      if (taken[slot] === 0) continue;
      const [a, b, c, d] = [lanes[4 * slot]!, lanes[4 * slot + 1]!, lanes[4 * slot + 2]!, lanes[4 * slot + 3]!];
      this.#put(this.#slotOf(a, b, c, d), a, b, c, d);
    }
  }
}
