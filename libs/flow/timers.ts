import { H_TIMER_SLOT, ROW_HALVES, type FlowRows } from './rows.ts';

/** Length of a tick, microseconds. */
export const TICK_US = 20_000;

const SLOTS = 4096;
const ENTRIES_FIRST = 16;
/** Larger lists are not kept for the next turn. */
const ENTRIES_KEPT = 1 << 16;
/** Rows that are looked at together. */
const TOGETHER = 16;

/**
 * A timer wheel: each row has at most one timer, and setting, moving or clearing it touches no other row. A slot lists the
 * rows that were ever set to it; a row itself knows which slot counts. Deadlines further away than the wheel (82 s) wait in
 * its last slot and are set anew when that comes round, because whoever is called decides what is due.
 */
export class TimerWheel {
  readonly #rows: FlowRows;
  readonly #lists: Uint32Array[] = Array.from({ length: SLOTS }, () => new Uint32Array(ENTRIES_FIRST));
  readonly #counts = new Uint32Array(SLOTS);
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
    const slot = this.#slotAt(atUs);
    const at = row * ROW_HALVES + H_TIMER_SLOT;
    if (this.#rows.u16[at] === slot + 1) return;
    this.#rows.u16[at] = slot + 1;
    this.#list(row, slot);
  }

  /** Calls back at that tick or before: a timer that is sooner stays. */
  setAtLatest(row: number, atUs: number): void {
    const current = this.#rows.u16[row * ROW_HALVES + H_TIMER_SLOT]!;
    const ahead = (slot: number): number => (slot - this.#tick) & (SLOTS - 1);
    if (current === 0 || ahead(current - 1) > ahead(this.#slotAt(atUs))) this.set(row, atUs);
  }

  clear(row: number): void {
    this.#rows.u16[row * ROW_HALVES + H_TIMER_SLOT] = 0;
  }

  /**
   * Goes on to the tick of `nowUs` and calls `due` for each row whose timer is over, after clearing it. A step larger
   * than the wheel, forth or back, visits every slot once.
   * @param ahead told which rows of a list come next, so that it can touch their memory
   */
  advance(
    nowUs: number,
    due: (row: number) => void,
    ahead: (list: Uint32Array, from: number, end: number) => void,
  ): void {
    const target = Math.floor(nowUs / TICK_US);
    const steps = target - this.#tick;
    if (steps === 0) return;
    const visits = steps > 0 ? Math.min(steps, SLOTS) : SLOTS;
    for (let i = visits - 1; i >= 0; i--) {
      this.#tick = target - i;
      this.#visit(this.#tick & (SLOTS - 1), due, ahead);
    }
  }

  #visit(
    slot: number,
    due: (row: number) => void,
    ahead: (list: Uint32Array, from: number, end: number) => void,
  ): void {
    const count = this.#counts[slot]!;
    const list = this.#lists[slot]!;
    // What `due` sets anew goes to another slot: at least one tick and less than a turn ahead.
    for (let from = 0; from < count; from += TOGETHER) {
      const end = Math.min(from + TOGETHER, count);
      ahead(list, from, end);
      for (let i = from; i < end; i++) {
        const row = list[i]!;
        if (this.#rows.u16[row * ROW_HALVES + H_TIMER_SLOT] !== slot + 1) continue;
        this.clear(row);
        due(row);
      }
    }
    this.#counts[slot] = 0;
    if (list.length > ENTRIES_KEPT) this.#lists[slot] = new Uint32Array(ENTRIES_FIRST);
  }

  #slotAt(atUs: number): number {
    const ticks = Math.ceil(atUs / TICK_US) - this.#tick;
    return (this.#tick + Math.min(Math.max(ticks, 1), SLOTS - 1)) & (SLOTS - 1);
  }

  #list(row: number, slot: number): void {
    const count = this.#counts[slot]!;
    let list = this.#lists[slot]!;
    if (count === list.length) {
      const larger = new Uint32Array(count * 2);
      larger.set(list);
      this.#lists[slot] = list = larger;
    }
    list[count] = row;
    this.#counts[slot] = count + 1;
  }
}
