import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LinkEvent } from '../../libs/capture/link-event.ts';
import { InputError, UsageError } from '../../libs/core/errors.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { fromMessage, transferred } from '../../libs/record/transfer.ts';
import type { Outcome } from './counting.ts';
import type { LinkUnknown, ProbeOptions, ProbeTotals } from './probe.ts';
import type { ThreadCommand, ThreadInput, ThreadMessage, ThreadOrder } from './thread-messages.ts';

/** Who is told what threads meet. */
export interface ThreadListener {
  readonly linkUnknown?: LinkUnknown;
  readonly link?: (event: LinkEvent) => void;
}

/** One probe thread and the batches that it has handed over. */
class ProbeThread {
  readonly #worker: Worker;
  readonly #exit: Promise<unknown>;
  readonly #batches: Batch[] = [];
  readonly #askers: ((totals: ProbeTotals) => void)[] = [];
  #isOpen = false;
  #wake: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;
  #outcome: Outcome | undefined;

  constructor(order: ThreadOrder, { linkUnknown, link }: ThreadListener) {
    this.#worker = new Worker(new URL('./probe-thread.js', import.meta.url), { workerData: order });
    this.#exit = once(this.#worker, 'exit').catch(() => undefined);
    this.#worker.on('message', (message: ThreadMessage) => {
      if (message === 'open') this.#isOpen = true;
      else if ('batch' in message) this.#batches.push(fromMessage(message.batch));
      else if ('linkUnknown' in message) linkUnknown?.(message.linkUnknown);
      else if ('link' in message) link?.(message.link);
      else if ('report' in message) this.#askers.shift()?.(message.report);
      else if ('failed' in message) this.#failure = { error: failure(message.failed) };
      else this.#end(message);
      this.#wake?.();
    });
    this.#worker.on('error', (error) => {
      this.#failure = { error };
      this.#wake?.();
    });
  }

  #end(outcome: Outcome): void {
    this.#outcome = outcome;
    for (const answer of this.#askers.splice(0)) answer(outcome.totals);
  }

  /** Waits until the thread's inputs are open. @throws what kept them from it */
  async opened(): Promise<void> {
    while (!this.#isOpen && this.#outcome === undefined) await this.#word();
  }

  /** The next batch, or undefined when the thread has ended. */
  async next(): Promise<Batch | undefined> {
    for (;;) {
      const batch = this.#batches.shift();
      if (batch !== undefined) {
        this.#tell('taken');
        return batch;
      }
      if (this.#outcome !== undefined) return undefined;
      await this.#word();
    }
  }

  async #word(): Promise<void> {
    this.#throwFailure();
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  totals(): Promise<ProbeTotals> {
    if (this.#outcome !== undefined) return Promise.resolve(this.#outcome.totals);
    this.#tell('report');
    return new Promise((resolve) => this.#askers.push(resolve));
  }

  /** What it did, once `next` has given undefined. */
  get outcome(): Outcome {
    if (this.#outcome === undefined) throw new Error('the probe thread has not ended');
    return this.#outcome;
  }

  /** Lets the thread use the memory of a batch again; views of it are of no more use. */
  giveBack(batch: Batch): void {
    if (this.#outcome !== undefined) return;
    for (const buffer of transferred(batch)) this.#worker.postMessage(buffer satisfies ThreadCommand, [buffer]);
  }

  stop(): void {
    this.#tell('stop');
  }

  /** When nothing of it is left that could touch memory that is not its own. */
  async exited(): Promise<void> {
    await this.#exit;
  }

  #tell(command: ThreadCommand): void {
    this.#worker.postMessage(command);
  }
}

function failure({ message, hint, exitStatus }: { message: string; hint: string; exitStatus: 1 | 2 }): Error {
  return exitStatus === 2 ? new UsageError(message, { hint }) : new InputError(message, { hint });
}

/**
 * Takes a batch.
 * @param giveBack to be called, if ever, when nobody looks at the batch any more: its memory is used again then
 * @returns undefined when more may come at once, else a promise for that moment
 */
export type TakeBatch = (batch: Batch, giveBack: () => void) => Promise<void> | undefined;

/** Several probes at once, each in a thread and each with its share of the flows. */
export class ProbePool {
  readonly #threads: readonly ProbeThread[];
  readonly #sameInput: boolean;

  /**
   * Starts the threads.
   * @param inputs one for each thread; or one for all, of which each counts its share
   * @param signal tells the threads to end
   */
  constructor(
    options: ProbeOptions,
    inputs: ThreadInput | readonly ThreadInput[],
    count: number,
    signal: AbortSignal,
    listener: ThreadListener = {},
  ) {
    const told = new Set<number>();
    const linkUnknown = (linkType: number): void => {
      if (!told.has(linkType)) listener.linkUnknown?.(linkType);
      told.add(linkType);
    };
    this.#sameInput = !isList(inputs);
    this.#threads = Array.from({ length: count }, (_, index) => {
      const table = { ...options.table, flowIds: { first: index + 1, step: count } };
      const order = isList(inputs)
        ? { options: { ...options, table }, input: inputs[index]! }
        : { options: { ...options, table, shard: { index, count } }, input: inputs };
      return new ProbeThread(order, { ...listener, linkUnknown });
    });
    const stop = (): void => this.#threads.forEach((thread) => thread.stop());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  }

  /** Waits until the inputs of all threads are open. @throws what kept them from it */
  async opened(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.opened()));
  }

  async totals(): Promise<ProbeTotals> {
    return this.#sum(await Promise.all(this.#threads.map((thread) => thread.totals())));
  }

  /** Takes batches round by round, one of each thread, so that the same captures give the same order. */
  async runInRounds(take: TakeBatch): Promise<Outcome> {
    for (let open = [...this.#threads]; open.length > 0;) {
      for (const thread of open) {
        const batch = await thread.next();
        if (batch === undefined) open = open.filter((other) => other !== thread);
        else await take(batch, () => thread.giveBack(batch));
      }
    }
    return this.#outcome();
  }

  /** Takes batches as they come. When it is done the threads are gone. */
  async run(take: TakeBatch): Promise<Outcome> {
    await Promise.all(
      this.#threads.map(async (thread) => {
        for (let next; (next = await thread.next()) !== undefined;) {
          const batch = next;
          await take(batch, () => thread.giveBack(batch));
        }
      }),
    );
    await Promise.all(this.#threads.map((thread) => thread.exited()));
    return this.#outcome();
  }

  #outcome(): Outcome {
    const outcomes = this.#threads.map(({ outcome }) => outcome);
    const damage = new Map(outcomes.flatMap((each) => each.damage).map((each) => [each.name, each]));
    return { totals: this.#sum(outcomes.map(({ totals }) => totals)), damage: [...damage.values()] };
  }

  #sum(totals: readonly ProbeTotals[]): ProbeTotals {
    return totals.reduce((a, b) => sum(a, b, this.#sameInput));
  }
}

function isList(inputs: ThreadInput | readonly ThreadInput[]): inputs is readonly ThreadInput[] {
  return Array.isArray(inputs);
}

/** What two counts of different packets come to. */
export function addTotals(a: ProbeTotals, b: ProbeTotals): ProbeTotals {
  return sum(a, b, false);
}

/** @param sameInput every thread has met all packets of the input, and counted its share */
function sum(a: ProbeTotals, b: ProbeTotals, sameInput: boolean): ProbeTotals {
  const met = (x: number, y: number): number => (x < 0 || y < 0 ? -1 : sameInput ? Math.max(x, y) : x + y);
  return {
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    filtered: met(a.filtered, b.filtered),
    droppedByKernel: met(a.droppedByKernel, b.droppedByKernel),
    droppedByUs: a.droppedByUs + b.droppedByUs,
    droppedByInterface: met(a.droppedByInterface, b.droppedByInterface),
    flowsActive: a.flowsActive + b.flowsActive,
    lastUs: Math.max(a.lastUs, b.lastUs),
    flowsOpened: a.flowsOpened + b.flowsOpened,
    flowsEvicted: a.flowsEvicted + b.flowsEvicted,
    problems: a.problems.map((count, problem) => count + b.problems[problem]!),
  };
}
