/** The clock of an interface in a pcapng file (draft-ietf-opsawg-pcapng §4.2: if_tsresol, if_tsoffset). */
export class PcapngClock {
  readonly #unitsPerSecond: bigint;
  readonly #isMicroseconds: boolean;
  readonly #isNanoseconds: boolean;
  readonly #offsetUs: number;
  /** Of the time last set: microseconds since the epoch, and the nanoseconds 0–999 that remain. */
  us = 0;
  ns = 0;

  /**
   * @param resolution if_tsresol: units of 10^-n seconds, or with the high bit 2^-n
   * @param offsetSeconds if_tsoffset: added to all times
   */
  constructor(resolution = 6, offsetSeconds = 0) {
    const exponent = BigInt(resolution & 0x7f);
    this.#unitsPerSecond = (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
    this.#isMicroseconds = resolution === 6;
    this.#isNanoseconds = resolution === 9;
    this.#offsetUs = offsetSeconds * 1e6;
  }

  /** Sets `us` and `ns` to a time of 64 bits in units; one that a double cannot hold exactly becomes the last that it can. */
  set(high: number, low: number): void {
    let us: number;
    let ns = 0;
    if (this.#isMicroseconds) us = high * 2 ** 32 + low;
    else if (this.#isNanoseconds) {
      const rest = (high % 1000) * 2 ** 32 + low;
      us = Math.floor(high / 1000) * 2 ** 32 + Math.floor(rest / 1000);
      ns = rest % 1000;
    } else {
      const perSecond = this.#unitsPerSecond;
      const units = (BigInt(high) << 32n) | BigInt(low);
      const nanoseconds = ((units % perSecond) * 1_000_000_000n) / perSecond;
      us = Number(units / perSecond) * 1e6 + Number(nanoseconds / 1000n);
      ns = Number(nanoseconds % 1000n);
    }
    us += this.#offsetUs;
    this.us = Math.min(Math.max(us, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
    this.ns = this.us === us ? ns : 0;
  }
}
