import { H_TIMER_SLOT, ROW_HALVES, ROW_WORDS, W_TIMER_NEXT, W_TIMER_PREVIOUS, type FlowRows } from './rows.ts';

/** Length of a tick, microseconds. */
export const TICK_US = 20_000;

const SLOTS = 4096;

/**
 * A timer wheel linked through the rows: each row has at most one timer, and setting or clearing it is a few writes.
 * Deadlines further away than the wheel (82 s) wait in its last slot and are set anew when that comes round, because
 * whoever is called decides what is due.
 */
export class TimerWheel {
  readonly #rows: FlowRows;
  readonly #heads = new Uint32Array(SLOTS);
  #tick = 0;

  constructor(rows: FlowRows) {
    this.#rows = rows;
  }

  /** The last tick that `advance` went through. */
  get tick(): number {
    return this.#tick;
  }

  /** Calls back at the first tick that is not before `atUs`, and never in the current tick. Replaces an earlier timer. */
  set(row: number, atUs: number): void {
    const words = this.#rows.u32;
    const at = row * ROW_WORDS;
    if (this.isSet(row)) this.clear(row);
    const ticks = Math.ceil(atUs / TICK_US) - this.#tick;
    const slot = (this.#tick + Math.min(Math.max(ticks, 1), SLOTS - 1)) & (SLOTS - 1);
    const next = this.#heads[slot]!;
    words[at + W_TIMER_NEXT] = next;
    words[at + W_TIMER_PREVIOUS] = 0;
    if (next !== 0) words[(next - 1) * ROW_WORDS + W_TIMER_PREVIOUS] = row + 1;
    this.#heads[slot] = row + 1;
    this.#rows.u16[row * ROW_HALVES + H_TIMER_SLOT] = slot + 1;
  }

  isSet(row: number): boolean {
    return this.#rows.u16[row * ROW_HALVES + H_TIMER_SLOT] !== 0;
  }

  clear(row: number): void {
    const slot = this.#rows.u16[row * ROW_HALVES + H_TIMER_SLOT]!;
    if (slot === 0) return;
    const words = this.#rows.u32;
    const at = row * ROW_WORDS;
    const next = words[at + W_TIMER_NEXT]!;
    const previous = words[at + W_TIMER_PREVIOUS]!;
    if (previous === 0) this.#heads[slot - 1] = next;
    else words[(previous - 1) * ROW_WORDS + W_TIMER_NEXT] = next;
    if (next !== 0) words[(next - 1) * ROW_WORDS + W_TIMER_PREVIOUS] = previous;
    this.#rows.u16[row * ROW_HALVES + H_TIMER_SLOT] = 0;
  }

  /**
   * Goes on to the tick of `nowUs` and calls `due` for each row whose timer is over, after clearing it. A step larger
   * than the wheel, forth or back, visits every slot once.
   */
  advance(nowUs: number, due: (row: number) => void): void {
    const target = Math.floor(nowUs / TICK_US);
    const steps = target - this.#tick;
    if (steps === 0) return;
    const visits = steps > 0 ? Math.min(steps, SLOTS) : SLOTS;
    for (let i = visits - 1; i >= 0; i--) {
      this.#tick = target - i;
      const slot = this.#tick & (SLOTS - 1);
      // What `due` sets anew goes to another slot: at least one tick and less than a turn ahead.
      while (this.#heads[slot] !== 0) {
        const row = this.#heads[slot]! - 1;
        this.clear(row);
        due(row);
      }
    }
  }
}
