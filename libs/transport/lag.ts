/** When there are more moments than this, those are forgotten that lie closer together than this part of their age. */
const MOMENTS_MAX = 1024;
const PRECISION = 0.02;

interface Moment {
  readonly ms: number;
  readonly end: number;
}

/** Where a log ended at some moments, so that it can be told for how long somebody has been behind. */
export class Lag {
  /** In order of time, and of ends. */
  #moments: Moment[] = [];

  /** Notes where the log ends now. To be called every second or so: lags are no more exact than that. */
  note(end: number, ms: number): void {
    if (end <= (this.#moments.at(-1)?.end ?? 0)) return;
    this.#moments.push({ ms, end });
    if (this.#moments.length > MOMENTS_MAX) this.#thin(ms);
  }

  #thin(nowMs: number): void {
    const kept: Moment[] = [];
    for (const moment of this.#moments.toReversed()) {
      const newer = kept.at(-1)?.ms ?? Infinity;
      if (newer - moment.ms >= PRECISION * (nowMs - moment.ms)) kept.push(moment);
    }
    this.#moments = kept.toReversed();
  }

  /**
   * For how long there has been something at `position` or behind it, milliseconds; 0 when there is nothing. At least so long, if it
   * was there before the first note.
   */
  of(position: number, nowMs: number): number {
    let [low, high] = [0, this.#moments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#moments[middle]!.end > position) high = middle;
      else low = middle + 1;
    }
    const moment = this.#moments[low];
    return moment === undefined ? 0 : Math.max(0, nowMs - moment.ms);
  }
}
