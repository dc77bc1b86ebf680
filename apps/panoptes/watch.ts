import { setTimeout as delay } from 'node:timers/promises';
import { version } from '../../libs/cli/version.ts';
import { InputError } from '../../libs/core/errors.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { connectRecords } from '../../libs/transport/client.ts';
import { HOST } from './ports.ts';

const RETRY_MS = 50;

/** A reader of our own: it knows from which probes records come, and when the last one did. */
export class Watch {
  /** When the last flow record came, or when this began to wait for one; of `performance.now`. */
  lastRecordMs = performance.now();
  /** Source ids of the probes whose records come, be it of themselves alone. */
  readonly sources = new Set<string>();

  /** Follows the multiplexer from when it serves records to when it ends. */
  constructor(port: number, signal: AbortSignal) {
    void this.#follow(port, signal);
  }

  async #follow(port: number, signal: AbortSignal): Promise<void> {
    const program = `panoptes ${version()}`;
    while (!signal.aborted) {
      try {
        for await (const batch of connectRecords({ host: HOST, port, program, signal })) {
          this.sources.add(batch.origin.source);
          if (batch.kind === FLOW_BATCH && batch.rows > 0) this.lastRecordMs = performance.now();
        }
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
      await delay(RETRY_MS);
    }
  }
}

/** How many readers the multiplexer has, as its metrics say; 0 while it does not answer. */
export async function readersAt(metricsPort: number): Promise<number> {
  try {
    const page = await fetch(`http://${HOST}:${metricsPort}/metrics`, { signal: AbortSignal.timeout(1000) });
    return Number(/^panoptes_readers(?:\{[^}]*\})? (\d+)/m.exec(await page.text())?.[1] ?? 0);
  } catch {
    return 0;
  }
}
