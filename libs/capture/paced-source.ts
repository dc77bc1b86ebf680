import { setTimeout as delay } from 'node:timers/promises';
import type { PacketBatch, PacketSource } from './source.ts';

/** How time passes while a capture is replayed. */
export interface PaceClock {
  /** Steady, microseconds. */
  nowUs(): number;
  /** Resolves after so many milliseconds, or once the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

const STEADY: PaceClock = {
  nowUs: () => performance.now() * 1000,
  wait: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

/** Longest wait at once, for timers that take no more. */
const WAIT_MS_MAX = 60_000;
/** Timers are no finer; packets this close to their time are handed over. */
const EARLY_US = 1000;

/** Replays a capture at `rate` times its pace. A packet is never early by more than a millisecond of real time. */
export class PacedSource implements PacketSource {
  readonly name: string;
  readonly live = false;
  readonly #source: PacketSource;
  readonly #rate: number;
  readonly #signal: AbortSignal;
  readonly #clock: PaceClock;
  /** What is left of a batch: the packets from `#next` on. */
  #left: PacketBatch | null = null;
  #next = 0;
  /** Time of the first packet, and when it was handed over. */
  #firstUs = Number.NaN;
  #beganUs = 0;

  /**
   * @param rate above 0; 1 is the pace at which the packets were captured
   * @param signal ends the replay at once
   */
  constructor(source: PacketSource, rate: number, signal: AbortSignal, clock: PaceClock = STEADY) {
    this.name = source.name;
    this.#source = source;
    this.#rate = rate;
    this.#signal = signal;
    this.#clock = clock;
  }

  get counters(): PacketSource['counters'] {
    return this.#source.counters;
  }

  get damage(): PacketSource['damage'] {
    return this.#source.damage;
  }

  clockUs(): number {
    if (Number.isNaN(this.#firstUs)) return -Infinity;
    return this.#firstUs + (this.#clock.nowUs() - this.#beganUs) * this.#rate;
  }

  /** The packets that are due, after waiting for the first of them. */
  async next(): Promise<PacketBatch | null> {
    let left = this.#left;
    if (left === null || this.#next >= left.count) {
      left = this.#left = await this.#source.next();
      this.#next = 0;
    }
    if (left === null || left.count === 0) return left;
    const { timeUs } = left;
    const from = this.#next;
    if (Number.isNaN(this.#firstUs)) {
      this.#firstUs = timeUs[from]!;
      this.#beganUs = this.#clock.nowUs();
    }
    if (!(await this.#until(timeUs[from]!))) return null;
    const dueUs = this.#firstUs + (this.#clock.nowUs() - this.#beganUs + EARLY_US) * this.#rate;
    let to = from + 1;
    while (to < left.count && timeUs[to]! <= dueUs) to += 1;
    this.#next = to;
    return from === 0 && to === left.count ? left : part(left, from, to);
  }

  /** @returns false when the signal aborted */
  async #until(timeUs: number): Promise<boolean> {
    for (;;) {
      if (this.#signal.aborted) return false;
      const dueUs = this.#beganUs + (timeUs - this.#firstUs) / this.#rate;
      const waitUs = dueUs - this.#clock.nowUs();
      if (waitUs <= EARLY_US) return true;
      await this.#clock.wait(Math.min(waitUs / 1000, WAIT_MS_MAX), this.#signal);
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}

/** Views over the packets `from` to `to`, exclusive. */
function part(batch: PacketBatch, from: number, to: number): PacketBatch {
  return {
    view: batch.view,
    count: to - from,
    timeUs: batch.timeUs.subarray(from, to),
    timeNs: batch.timeNs.subarray(from, to),
    offset: batch.offset.subarray(from, to),
    captured: batch.captured.subarray(from, to),
    wire: batch.wire.subarray(from, to),
    linkType: batch.linkType.subarray(from, to),
  };
}
