import { f64Pages, moreRoom } from './pages.ts';

export interface Timeouts {
  /** A group that spans more is done, microseconds; `Infinity` for never. */
  readonly statusUs: number;
  /** A group that had no record for longer is done. */
  readonly idleUs: number;
}

/** Groups are looked through for idle ones so many times in the time that they may be idle. */
const LOOKS = 4;

/**
 * When groups are done before the end, by the times of the records, so that a file gives what its stream did. A record that comes
 * late, after the group that it would have belonged to, begins another one.
 */
export class Expiry {
  readonly #timeouts: Timeouts;
  readonly #beganUs = f64Pages();
  readonly #lastUs = f64Pages();
  /** Groups that have records and are not done. */
  readonly #open = new Set<number>();
  readonly #closed: number[] = [];
  #room = 0;
  #nowUs = -Infinity;
  #lookedUs = -Infinity;

  constructor(timeouts: Timeouts) {
    this.#timeouts = timeouts;
  }

  /** Whether a record is too far from those of a group to be one of them. */
  ends(group: number, startUs: number, lastUs: number): boolean {
    const { statusUs, idleUs } = this.#timeouts;
    const span = Math.max(lastUs, this.#lastUs.get(group)) - Math.min(startUs, this.#beganUs.get(group));
    return span > statusUs || startUs - this.#lastUs.get(group) > idleUs;
  }

  /** A group has a record more. */
  touch(group: number, startUs: number, lastUs: number): void {
    this.#nowUs = Math.max(this.#nowUs, lastUs);
    if (!this.#open.has(group)) {
      this.#open.add(group);
      while (group >= this.#room) this.#room = moreRoom(this.#room);
      this.#beganUs.grow(this.#room);
      this.#lastUs.grow(this.#room);
      this.#beganUs.set(group, startUs);
      this.#lastUs.set(group, lastUs);
      return;
    }
    if (startUs < this.#beganUs.get(group)) this.#beganUs.set(group, startUs);
    if (lastUs > this.#lastUs.get(group)) this.#lastUs.set(group, lastUs);
  }

  close(group: number): void {
    this.#open.delete(group);
    this.#closed.push(group);
  }

  forget(group: number): void {
    this.#open.delete(group);
  }

  /** Groups that are done, once each. @param hide makes one unfindable whose time is over */
  take(hide: (group: number) => void): number[] {
    const { statusUs, idleUs } = this.#timeouts;
    const interval = Math.min(statusUs, idleUs) / LOOKS;
    if (this.#nowUs - this.#lookedUs >= interval) {
      this.#lookedUs = this.#nowUs;
      for (const group of this.#open) {
        const isIdle = this.#nowUs - this.#lastUs.get(group) > idleUs;
        if (!isIdle && this.#nowUs - this.#beganUs.get(group) <= statusUs) continue;
        hide(group);
        this.close(group);
      }
    }
    return this.#closed.splice(0);
  }
}
