import { residentBytes } from '../../libs/core/memory.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import type { ManagementReport } from '../../libs/record/management.ts';
import type { Counting } from './counting.ts';
import type { Outputs } from './outputs.ts';
import { countedProblems } from './problems.ts';
import type { ProbeTotals } from './probe.ts';

type Values = ManagementReport['values'];

/** How packets are had, in the words of management records. */
const CAPTURE_WORDS = {
  file: 'file',
  ring: 'ring',
  cap: 'cap (times and losses are not exact)',
} as const satisfies Record<Counting['capture'], string>;

/** Status records come at least this far apart, seconds. */
const EVERY_SECONDS_MIN = 0.1;

/** This machine's clock against its steady one when the program began, milliseconds. */
const clockAtStartMs = Date.now() - performance.now();

/** What stands in the management records of one input, the first of which tells what is read and how. */
export function startValues({ input, capture }: Pick<Counting, 'input' | 'capture'>): Values {
  return { minput: input.slice(0, 255), mcapture: CAPTURE_WORDS[capture] };
}

/** The account of the run up to now. */
export function managementValues(counting: Counting, totals: ProbeTotals, outputs: Outputs): Values {
  const problems = countedProblems(totals.problems);
  const stats = outputs.serverStats;
  const memory = residentBytes();
  const isLive = counting.capture !== 'file';
  return {
    ...startValues(counting),
    mpkts: totals.packets,
    mbytes: totals.bytes,
    ...known('mkdrops', totals.droppedByKernel),
    ...known('midrops', totals.droppedByInterface),
    mdrops: totals.droppedByUs,
    mfiltered: totals.filtered,
    mbad: problems.reduce((sum, { packets }) => sum + packets, 0),
    mflows: totals.flowsActive,
    mopened: totals.flowsOpened,
    mevicted: totals.flowsEvicted,
    mrecords: counting.records.count,
    ...(stats === undefined
      ? {}
      : { mreaders: stats.readers, mqueued: stats.queuedRecords, mqbytes: stats.queuedBytes }),
    mlost: (stats?.dropped ?? 0) + outputs.lost,
    mwlost: outputs.lost,
    ...(memory === undefined ? {} : { mmemory: memory }),
    ...(isLive && totals.lastUs > 0 ? { mclock: Date.now() * 1000 - totals.lastUs } : {}),
    mdrift: Math.round((Date.now() - performance.now() - clockAtStartMs) * 1000),
    ...(problems.length === 0
      ? {}
      : { mproblems: problems.map(({ name, packets }) => `${name}=${packets}`).join(', ') }),
  };
}

/** @param value negative where it cannot be known */
function known(name: keyof Values, value: number): Values {
  return value < 0 ? {} : { [name]: value };
}

/** Adds a status record to each input's records every so often. */
export class ManagementTimer {
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #report: () => Promise<void>;
  #running: Promise<void> | undefined;
  #failure: unknown;

  /** @param seconds between two records; 0 is never */
  constructor(counting: Counting, outputs: Outputs, seconds: number) {
    this.#report = async () => {
      const totals = await counting.totals();
      await counting.records.manage(CAUSE.status, managementValues(counting, totals, outputs));
    };
    if (seconds > 0) this.#timer = setInterval(() => this.#due(), Math.max(seconds, EVERY_SECONDS_MIN) * 1000);
  }

  /** A record that is still on its way when the next is due stands for both. */
  #due(): void {
    this.#running ??= this.#report()
      .catch((error: unknown) => (this.#failure ??= error))
      .then(() => (this.#running = undefined));
  }

  /**
   * No more of them; the one that is on its way has been pushed when this resolves.
   * @throws what kept a record from its way
   */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }
}
