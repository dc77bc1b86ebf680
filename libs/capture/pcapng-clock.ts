const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** The clock of an interface in a pcapng file (draft-ietf-opsawg-pcapng §4.2: if_tsresol, if_tsoffset). */
export class PcapngClock {
  readonly #unitsPerSecond: bigint;
  readonly #offsetSeconds: bigint;
  /** The usual clocks, which need no large numbers. */
  readonly #usual: 'microseconds' | 'nanoseconds' | undefined;
  /** Of the time last set: microseconds since the epoch, and the nanoseconds 0–999 that remain. */
  us = 0;
  ns = 0;

  /**
   * @param resolution if_tsresol: units of 10^-n seconds, or with the high bit 2^-n
   * @param offsetSeconds if_tsoffset: added to all times
   */
  constructor(resolution = 6, offsetSeconds = 0n) {
    const exponent = BigInt(resolution & 0x7f);
    this.#unitsPerSecond = (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
    this.#offsetSeconds = offsetSeconds;
    if (offsetSeconds === 0n && resolution === 6) this.#usual = 'microseconds';
    if (offsetSeconds === 0n && resolution === 9) this.#usual = 'nanoseconds';
  }

  /**
   * Sets `us` and `ns` to a time of 64 bits in units, of which `high` and `low` are the halves. A time whose microseconds a
   * double cannot hold exactly becomes the last that it can.
   */
  set(high: number, low: number): void {
    this.ns = 0;
    if (this.#usual === 'microseconds') {
      this.us = Math.min(high * 2 ** 32 + low, Number.MAX_SAFE_INTEGER);
    } else if (this.#usual === 'nanoseconds' && high < 2 ** 30) {
      const rest = (high % 1000) * 2 ** 32 + low;
      this.us = Math.floor(high / 1000) * 2 ** 32 + Math.floor(rest / 1000);
      this.ns = rest % 1000;
    } else this.#setUnusual((BigInt(high) << 32n) | BigInt(low));
  }

  #setUnusual(units: bigint): void {
    const perSecond = this.#unitsPerSecond;
    const nanoseconds = ((units % perSecond) * 1_000_000_000n) / perSecond;
    const us = (units / perSecond + this.#offsetSeconds) * 1_000_000n + nanoseconds / 1000n;
    if (us > SAFE_MAX) this.us = Number.MAX_SAFE_INTEGER;
    else if (us < -SAFE_MAX) this.us = Number.MIN_SAFE_INTEGER;
    else {
      this.us = Number(us);
      this.ns = Number(nanoseconds % 1000n);
    }
  }
}
