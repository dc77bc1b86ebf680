import { Worker } from 'node:worker_threads';
import type { ThreadAnswer, ThreadMessage, ThreadOrder } from './messages.ts';

interface Asker {
  readonly resolve: (answer: ThreadAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread, and who waits for what it does. */
export class ScanThread {
  readonly #worker: Worker;
  readonly #askers: Asker[] = [];
  #isReady = false;
  #failure: { readonly error: unknown } | undefined;

  /** @param order what its `serveScan` is told */
  constructor(module: URL, order: unknown) {
    this.#worker = new Worker(module, { workerData: order });
    this.#worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'ready') this.#isReady = true;
      else this.#askers.shift()?.resolve(message);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('a thread that reads frames has ended')));
  }

  /** Whether it has loaded what it needs. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Orders that it has not answered. */
  get busy(): number {
    return this.#askers.length;
  }

  /** Answers come in the order of the orders. @throws what ended the thread */
  ask(order: ThreadOrder): Promise<ThreadAnswer> {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#worker.postMessage(order, order.kind === 'window' ? [order.memory] : []);
    const answer = new Promise<ThreadAnswer>((resolve, reject) => this.#askers.push({ resolve, reject }));
    answer.catch(() => undefined); // whoever waits for it is told
    return answer;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { reject } of this.#askers.splice(0)) reject(this.#failure.error);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
