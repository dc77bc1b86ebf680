import { Worker } from 'node:worker_threads';
import { addLeftOut, nothingLeftOut, type LeftOut } from './left-out.ts';
import type { ThreadOrder, WindowOrder, WindowResult } from './window-messages.ts';

interface Asker {
  readonly resolve: (result: WindowResult) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread, and who waits for what it reads. */
class WindowThread {
  readonly #worker: Worker;
  readonly #askers: Asker[] = [];
  #failure: { readonly error: unknown } | undefined;
  leftOut = nothingLeftOut();

  constructor(order: ThreadOrder) {
    this.#worker = new Worker(new URL('./window-thread.js', import.meta.url), { workerData: order });
    this.#worker.on('message', (result: WindowResult) => {
      this.leftOut = result.leftOut;
      this.#askers.shift()?.resolve(result);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('a thread that reads records has ended')));
  }

  /** Windows that it has and did not give back. */
  get busy(): number {
    return this.#askers.length;
  }

  read(order: WindowOrder): Promise<WindowResult> {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#worker.postMessage(order, [order.memory]);
    const result = new Promise<WindowResult>((resolve, reject) => this.#askers.push({ resolve, reject }));
    result.catch(() => undefined); // whoever waits for it is told
    return result;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { reject } of this.#askers.splice(0)) reject(this.#failure.error);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Threads that share the windows of a file. */
export class WindowPool {
  readonly #threads: readonly WindowThread[];

  constructor(order: ThreadOrder, count: number) {
    this.#threads = Array.from({ length: count }, () => new WindowThread(order));
  }

  /** Lets the thread read it that has least to do. @throws what ended the thread */
  read(order: WindowOrder): Promise<WindowResult> {
    return this.#threads.reduce((a, b) => (b.busy < a.busy ? b : a)).read(order);
  }

  /** What had no meaning in our fields, in all windows that have come back. */
  get leftOut(): LeftOut {
    const all = nothingLeftOut();
    for (const { leftOut } of this.#threads) addLeftOut(all, leftOut);
    return all;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}
