import { Worker } from 'node:worker_threads';
import type { Batch } from '../../libs/record/batch.ts';
import { fromMessage } from '../../libs/record/transfer.ts';
import type { ThreadCommand, ThreadMessage, ThreadOrder } from './probe-thread.ts';
import type { LinkUnknown, ProbeTotals } from './probe.ts';
import type { Damage } from './sources.ts';

/** One probe thread and the batches that it has handed over. */
class ProbeThread {
  readonly #worker: Worker;
  readonly #batches: Batch[] = [];
  #wake: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;
  #result: { readonly totals: ProbeTotals; readonly damage: readonly Damage[] } | undefined;

  constructor(order: ThreadOrder, linkUnknown: LinkUnknown) {
    this.#worker = new Worker(new URL('./probe-thread.js', import.meta.url), { workerData: order });
    this.#worker.on('message', (message: ThreadMessage) => {
      if ('batch' in message) this.#batches.push(fromMessage(message.batch));
      else if ('linkUnknown' in message) linkUnknown(message.linkUnknown);
      else this.#result = message;
      this.#wake?.();
    });
    this.#worker.on('error', (error) => {
      this.#failure = { error };
      this.#wake?.();
    });
  }

  /** The next batch, or undefined when the thread has ended. */
  async next(): Promise<Batch | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const batch = this.#batches.shift();
      if (batch !== undefined) {
        this.#worker.postMessage('taken' satisfies ThreadCommand);
        return batch;
      }
      if (this.#result !== undefined) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** What it did, once `next` has given undefined. */
  get result(): { readonly totals: ProbeTotals; readonly damage: readonly Damage[] } {
    if (this.#result === undefined) throw new Error('the probe thread has not ended');
    return this.#result;
  }

  stop(): void {
    this.#worker.postMessage('stop' satisfies ThreadCommand);
  }
}

/**
 * Counts capture files with several probes at once, each in a thread and each with its share of the flows. Batches come
 * round by round, one of each thread, so that the same captures give the same order.
 */
export async function readInThreads(
  order: ThreadOrder,
  count: number,
  signal: AbortSignal,
  take: (batch: Batch) => Promise<void> | undefined,
  linkUnknown: LinkUnknown = () => undefined,
): Promise<{ readonly totals: ProbeTotals; readonly damage: readonly Damage[] }> {
  const unknownLinks = new Set<number>();
  const tellOnce = (linkType: number): void => {
    if (!unknownLinks.has(linkType)) linkUnknown(linkType);
    unknownLinks.add(linkType);
  };
  const threads = Array.from({ length: count }, (_, index) => {
    const table = { ...order.options.table, flowIds: { first: index + 1, step: count } };
    const options = { ...order.options, table, shard: { index, count } };
    return new ProbeThread({ ...order, options }, tellOnce);
  });
  signal.addEventListener('abort', () => threads.forEach((thread) => thread.stop()), { once: true });
  for (let open = [...threads]; open.length > 0;) {
    for (const thread of open) {
      const batch = await thread.next();
      if (batch === undefined) open = open.filter((other) => other !== thread);
      else await take(batch);
    }
  }
  const totals = threads.map((thread) => thread.result.totals).reduce(sum);
  return { totals, damage: threads[0]?.result.damage ?? [] };
}

function sum(a: ProbeTotals, b: ProbeTotals): ProbeTotals {
  return {
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    filtered: Math.max(a.filtered, b.filtered), // every thread filters all packets
    droppedByKernel: Math.max(a.droppedByKernel, b.droppedByKernel),
    droppedByUs: a.droppedByUs + b.droppedByUs,
    flowsOpened: a.flowsOpened + b.flowsOpened,
    flowsEvicted: a.flowsEvicted + b.flowsEvicted,
    problems: a.problems.map((count, problem) => count + b.problems[problem]!),
  };
}
