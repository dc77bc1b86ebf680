import { setTimeout as delay } from 'node:timers/promises';
import { version } from '../../libs/cli/version.ts';
import { InputError } from '../../libs/core/errors.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { connectRecords } from '../../libs/transport/client.ts';
import type { Child } from './child.ts';
import { HOST } from './port.ts';

const RETRY_MS = 50;
const START_MS_MAX = 10_000;

/** A reader of our own: it knows when a probe serves its records, and when it last had one. */
export class Watch {
  /** When the last flow record came, or when the probe was ready; of `performance.now`. */
  lastRecordMs = performance.now();
  /** Whether any flow record came. */
  hasSeenRecords = false;
  readonly #port: number;
  readonly #probe: Child;
  readonly #signal: AbortSignal;
  #markReady: (isReady: boolean) => void = () => undefined;

  constructor(probe: Child, port: number, signal: AbortSignal) {
    this.#probe = probe;
    this.#port = port;
    this.#signal = signal;
  }

  /** Whether the probe came to serve its records; false when it ended before, or took too long. */
  async ready(): Promise<boolean> {
    const ready = new Promise<boolean>((resolve) => (this.#markReady = resolve));
    void this.#follow();
    return ready;
  }

  async #follow(): Promise<void> {
    const startedMs = performance.now();
    while (this.#probe.isRunning && !this.#signal.aborted && performance.now() - startedMs < START_MS_MAX) {
      if (await this.#read()) break;
      await delay(RETRY_MS);
    }
    this.#markReady(false);
  }

  /** Takes records until there are no more. False when the probe did not serve any yet. */
  async #read(): Promise<boolean> {
    let isConnected = false;
    try {
      const program = `panoptes ${version()}`;
      const batches = connectRecords({ host: HOST, port: this.#port, program, signal: this.#signal });
      for await (const batch of batches) {
        isConnected = true;
        if (batch.kind === FLOW_BATCH && batch.rows > 0) {
          this.lastRecordMs = performance.now();
          this.hasSeenRecords = true;
        }
        this.#markReady(true);
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
    return isConnected;
  }
}
