/** How long others like a message wait before it is said how many they were, milliseconds. */
const WINDOW_MS = 10_000;
/** Messages of one source that are said as they come. */
const AT_ONCE_MAX = 3;
/** Sources that are told apart at a time; what comes from any more of them is told of together. */
const SOURCES_MAX = 64;
const OTHERS = '';

interface Window {
  readonly beganMs: number;
  /** Messages said at once. */
  said: number;
  /** Messages held back, and the last of them. */
  held: number;
  last: string;
}

/**
 * A log for what strangers can cause as often as they like: of each source a few messages are said at once, and in the ten
 * seconds after the first no other; then the last of those, and how many were like it. Whoever floods a server does not fill its log.
 */
export class ThinnedLog {
  readonly #report: (message: string) => void;
  readonly #windows = new Map<string, Window>();

  constructor(report: (message: string) => void) {
    this.#report = report;
  }

  /**
   * @param source whose messages are alike, such as an address
   * @param nowMs of a clock that nobody sets
   */
  say(source: string, message: string, nowMs: number): void {
    const isKnown = this.#windows.has(source);
    const key = isKnown || this.#windows.size < SOURCES_MAX ? source : OTHERS;
    const window = this.#windows.get(key) ?? { beganMs: nowMs, said: 0, held: 0, last: '' };
    this.#windows.set(key, window);
    if (window.said < AT_ONCE_MAX) {
      window.said += 1;
      this.#report(message);
    } else {
      window.held += 1;
      window.last = message;
    }
  }

  /** Says what was held back for long enough. To be called about every second. */
  flush(nowMs: number): void {
    for (const [source, window] of this.#windows) {
      if (nowMs - window.beganMs < WINDOW_MS) continue;
      this.#windows.delete(source);
      if (window.held === 0) continue;
      this.#tell(source, window);
      this.#windows.set(source, { beganMs: nowMs, said: AT_ONCE_MAX, held: 0, last: '' });
    }
  }

  /** Says all that was held back. */
  close(): void {
    for (const [source, window] of this.#windows) if (window.held > 0) this.#tell(source, window);
    this.#windows.clear();
  }

  #tell(source: string, { held, last }: Window): void {
    const whose = source === OTHERS ? ' of many addresses' : '';
    this.#report(held === 1 ? last : `${last}; ${held - 1} more like it${whose}`);
  }
}
