import { AnsweringThread, leastBusy } from '../../core/answering-thread.ts';
import { addLeftOut, nothingLeftOut, type LeftOut } from './left-out.ts';
import type { ThreadOrder, WindowOrder, WindowResult } from './window-messages.ts';

type WindowThread = AnsweringThread<WindowOrder, WindowResult>;

/** Threads that share the windows of a file. */
export class WindowPool {
  readonly #threads: readonly WindowThread[];
  /** What each thread has said last. */
  readonly #leftOut = new Map<WindowThread, LeftOut>();

  constructor(order: ThreadOrder, count: number) {
    const module = new URL('./window-thread.js', import.meta.url);
    this.#threads = Array.from({ length: count }, () => new AnsweringThread(module, order));
  }

  /** Lets the thread read it that has least to do; rejected with what ended the thread. Nobody has to wait for it. */
  read(order: WindowOrder): Promise<WindowResult> {
    const result = this.#ask(order);
    result.catch(() => undefined);
    return result;
  }

  async #ask(order: WindowOrder): Promise<WindowResult> {
    const thread = leastBusy(this.#threads);
    const result = await thread.ask(order, []);
    this.#leftOut.set(thread, result.leftOut);
    return result;
  }

  /** What had no meaning in our fields, in all windows that have come back. */
  get leftOut(): LeftOut {
    const all = nothingLeftOut();
    for (const leftOut of this.#leftOut.values()) addLeftOut(all, leftOut);
    return all;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}
