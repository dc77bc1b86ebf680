import { version } from '../../libs/cli/version.ts';
import { nowUs } from '../../libs/core/clock.ts';
import { residentBytes } from '../../libs/core/memory.ts';
import type { Batch, Origin } from '../../libs/record/batch.ts';
import { managementBatch, type ManagementReport } from '../../libs/record/management.ts';
import type { Relay } from './relay.ts';

/** This machine's clock against its steady one when the program began, milliseconds. */
const clockAtStartMs = Date.now() - performance.now();

/** The multiplexer's own management records, which are an origin like any other. */
export class OwnRecords {
  readonly #origin: Origin;
  readonly #input: string;
  #next = 0;

  /** @param input what is read, for people */
  constructor(origin: Origin, input: string) {
    this.#origin = origin;
    this.#input = input.slice(0, 255);
  }

  /** @param cause one of `CAUSE` */
  next(cause: number, relay: Relay): Batch {
    const timeUs = nowUs();
    const durationNs = Math.max(0, timeUs - this.#origin.run) * 1000;
    const stats = relay.serverStats;
    const memory = residentBytes();
    const values: ManagementReport['values'] = {
      mversion: `radium ${version()}`,
      minput: this.#input,
      mrecords: relay.records,
      mlost: (stats?.dropped ?? 0) + relay.unwritten,
      mwlost: relay.unwritten,
      mdrift: Math.round((Date.now() - performance.now() - clockAtStartMs) * 1000),
      ...(stats === undefined
        ? {}
        : { mreaders: stats.readers, mqueued: stats.queuedRecords, mqbytes: stats.queuedBytes }),
      ...(memory === undefined ? {} : { mmemory: memory }),
    };
    return managementBatch(this.#origin, this.#next++, { cause, timeUs, durationNs, values });
  }
}
