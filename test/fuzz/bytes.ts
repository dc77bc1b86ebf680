import type { Random } from '../../libs/synthetic/random.ts';

/** Values at the edges of lengths and of msgpack forms. */
const EDGES: readonly number[] = [0, 1, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xc0, 0xc6, 0xcb, 0xdc, 0xdd, 0xdf, 0xff];

/** Makes of bytes what an enemy, or a broken disk, may make of them. */
export class Bytes {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Once in so many times. */
  chance(of: number): boolean {
    return this.#below(of) === 0;
  }

  /** Changed in one to four places. */
  mutated(bytes: Uint8Array): Uint8Array {
    let result: Uint8Array = bytes.slice();
    for (let i = this.#below(4); i >= 0; i--) result = this.#once(result);
    return result;
  }

  #once(bytes: Uint8Array): Uint8Array {
    const at = this.#below(bytes.length + 1);
    switch (this.#below(6)) {
      case 0:
        return bytes.map((byte, i) => (i === at ? byte ^ (1 << this.#below(8)) : byte));
      case 1:
        return bytes.map((byte, i) => (i === at ? EDGES[this.#below(EDGES.length)]! : byte));
      case 2:
        return bytes.slice(0, at);
      case 3:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + this.#below(40))]);
      case 4:
        return Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(this.#below(bytes.length + 1)),
          bytes.subarray(at),
        ]);
      default:
        return Buffer.concat([
          bytes.subarray(0, at),
          Uint8Array.from({ length: this.#below(40) }, () => this.#below(256)),
          bytes.subarray(at),
        ]);
    }
  }

  #below(limit: number): number {
    return this.#random.between(0, limit - 1);
  }
}
