import { AnsweringThread, leastBusy } from '../../core/answering-thread.ts';
import type { Batch } from '../../record/batch.ts';
import { toMessage, transferred, type BatchMessage } from '../../record/transfer.ts';
import type { Modes } from '../modes.ts';
import type { PrintArguments } from './printer.ts';

/** What threads make of batches: frames of our own format, or lines of text. */
export type OutputOrder =
  { readonly kind: 'encode' } | { readonly kind: 'print'; readonly args: PrintArguments; readonly modes: Modes };

/** Batches whose bytes have not been taken, at most. */
const WAITING_MAX = 8;

/** Is given the bytes of each batch, in the order in which the batches came. */
export type TakeBytes = (bytes: Uint8Array<ArrayBuffer>, rows: number) => Promise<void> | undefined;

/** Has threads make bytes of batches, and brings them in order. */
export class OutputThreads {
  readonly #threads: readonly AnsweringThread<BatchMessage, Uint8Array<ArrayBuffer>>[];
  readonly #take: TakeBytes;
  /** One for each batch whose bytes have not been taken, the oldest first. */
  readonly #waiting: Promise<void>[] = [];
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(order: OutputOrder, threads: number, take: TakeBytes) {
    const module = new URL('./output-thread.js', import.meta.url);
    this.#threads = Array.from({ length: threads }, () => new AnsweringThread(module, order));
    this.#take = take;
  }

  /**
   * @param batch is not there any more after this
   * @returns undefined when more may come at once, else a promise for that moment
   * @throws what went wrong with one before
   */
  push(batch: Batch): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    const { rows } = batch;
    const bytes = leastBusy(this.#threads).ask(toMessage(batch), transferred(batch));
    const taken = this.#last.then(() => this.#takeNext(bytes, rows));
    this.#last = taken;
    this.#waiting.push(taken);
    return this.#waiting.length > WAITING_MAX ? this.#waiting[0] : undefined;
  }

  async #takeNext(bytes: Promise<Uint8Array<ArrayBuffer>>, rows: number): Promise<void> {
    try {
      const made = await bytes;
      if (this.#failure === undefined) await this.#take(made, rows);
    } catch (error) {
      this.#failure ??= { error };
    }
    void this.#waiting.shift();
  }

  /** Resolves when all bytes have been taken. @throws what went wrong */
  async drain(): Promise<void> {
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}
