import { Worker, type Transferable } from 'node:worker_threads';

interface Asker<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that answers each order that it gets with one message, in the order in which they come. */
export class AnsweringThread<Order, Answer> {
  readonly #worker: Worker;
  readonly #askers: Asker<Answer>[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** @param about what all orders have in common, which the thread finds in its `workerData` */
  constructor(module: URL, about: unknown) {
    this.#worker = new Worker(module, { workerData: about });
    this.#worker.on('message', (answer: Answer) => this.#askers.shift()?.resolve(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error(`the thread of ${module.pathname} has ended`)));
  }

  /** Orders that it has not answered. */
  get busy(): number {
    return this.#askers.length;
  }

  /** The answer; rejected with what ended the thread. Nobody has to wait for it. */
  ask(order: Order, transfer: readonly Transferable[]): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#failure === undefined) this.#askers.push({ resolve, reject });
      else reject(this.#failure.error);
    });
    answer.catch(() => undefined);
    if (this.#failure === undefined) this.#worker.postMessage(order, transfer);
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

/** The one that has least to do. @param threads at least one */
export function leastBusy<T extends { readonly busy: number }>(threads: readonly T[]): T {
  return threads.reduce((a, b) => (b.busy < a.busy ? b : a));
}
