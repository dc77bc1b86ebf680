import { nowUs } from '../../libs/core/clock.ts';
import { version } from '../../libs/cli/version.ts';
import type { Batch, Origin } from '../../libs/record/batch.ts';
import { managementBatch, type ManagementReport } from '../../libs/record/management.ts';
import type { Outputs } from './outputs.ts';

/** The records of one origin on their way to the outputs: numbers them, and knows when the outputs take no more. */
export class OriginRecords {
  readonly origin: Origin;
  readonly #outputs: Outputs;
  #next = 0;
  #room: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(origin: Origin, outputs: Outputs) {
    this.origin = origin;
    this.#outputs = outputs;
  }

  /** Records made so far, management records included. */
  get count(): number {
    return this.#next;
  }

  /**
   * Waits while the outputs take no more.
   * @throws what an `offer` met with
   */
  async ready(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    while (this.#room !== undefined) {
      const room = this.#room;
      await room;
      if (this.#room === room) this.#room = undefined;
    }
  }

  /**
   * @param giveBack called when no output looks at the batch any more
   * @returns undefined when more may come at once, else a promise for that moment
   */
  push(batch: Batch, giveBack?: () => void): Promise<void> | undefined {
    const numbered = { ...batch, origin: this.origin, first: this.#next };
    this.#next += batch.rows;
    this.#room = this.#outputs.push(numbered, giveBack) ?? this.#room;
    return this.#room;
  }

  /** As `push`, for who cannot wait or take an error; `ready` tells both. */
  offer(batch: Batch): void {
    try {
      void this.push(batch);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  /** Adds a management record. @param cause one of `CAUSE` */
  async manage(cause: number, values: ManagementReport['values']): Promise<void> {
    const timeUs = nowUs();
    const durationNs = Math.max(0, timeUs - this.origin.run) * 1000;
    const said = { cause, timeUs, durationNs, values: { mversion: `argus ${version()}`, ...values } };
    await this.push(managementBatch(this.origin, 0, said));
  }
}
