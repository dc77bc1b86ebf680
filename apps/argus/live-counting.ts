import { setTimeout as delay } from 'node:timers/promises';
import { NotPermittedError } from '../../libs/capture/capture-failure.ts';
import { closeRing, openRings, type RingHandle, type RingOptions } from '../../libs/capture/ring-socket.ts';
import { SuiteError } from '../../libs/core/errors.ts';
import type { Counting, Outcome } from './counting.ts';
import type { InterfaceGroup } from './interfaces.ts';
import type { OriginRecords } from './origin-records.ts';
import { addTotals, ProbePool, type ThreadListener } from './probe-pool.ts';
import type { ProbeOptions, ProbeTotals } from './probe.ts';
import type { Damage } from './sources.ts';
import type { LiveInput } from './thread-messages.ts';

/** How packets of interfaces are had. */
export interface LiveSettings {
  readonly capture: 'ring' | 'cap';
  readonly filter: string;
  readonly ring: RingOptions;
  /** Threads that share the packets of an interface; interfaces that belong together have one. */
  readonly workers: number;
}

/** How often it is tried to open an interface again that went away under several threads. */
const RETRY_MS = 1000;

/** Inputs of the threads of one pool, and the rings to close behind them. */
interface Opened {
  readonly inputs: readonly LiveInput[];
  readonly rings: readonly RingHandle[];
}

/**
 * Rings are opened in the main thread, because descriptors and mappings belong to the process, in the order that their
 * sharing of packets needs; they are closed when the threads that read them have gone.
 * @throws {SuiteError} when an interface cannot be captured on
 */
function open({ interfaces }: InterfaceGroup, { capture, filter, ring, workers }: LiveSettings): Opened {
  if (capture === 'cap') return { inputs: [{ kind: 'cap', devices: interfaces, filter }], rings: [] };
  const threads = interfaces.length === 1 ? workers : 1;
  const rings: RingHandle[][] = [];
  try {
    for (const device of interfaces) rings.push(openRings(device, filter, ring, threads));
  } catch (error) {
    rings.flat().forEach(closeRing);
    throw error;
  }
  const inputs = Array.from({ length: threads }, (_, worker) => {
    return { kind: 'ring', rings: rings.map((ofInterface) => ofInterface[worker]!) } as const;
  });
  return { inputs, rings: rings.flat() };
}

/** Counts the packets of a group of interfaces, in one thread or in several, each with a flow table of its own. */
export class LiveCounting implements Counting {
  readonly records: OriginRecords;
  readonly input: string;
  readonly capture: 'ring' | 'cap';
  readonly #group: InterfaceGroup;
  readonly #settings: LiveSettings;
  readonly #options: ProbeOptions;
  readonly #listener: ThreadListener;
  readonly #signal: AbortSignal;
  #opened: Opened;
  #pool: ProbePool;
  /** What pools counted that have ended. */
  #before: ProbeTotals | undefined;

  private constructor(
    group: InterfaceGroup,
    settings: LiveSettings,
    options: ProbeOptions,
    records: OriginRecords,
    listener: ThreadListener,
    signal: AbortSignal,
  ) {
    this.#group = group;
    this.#settings = settings;
    this.#options = options;
    this.#listener = listener;
    this.#signal = signal;
    this.records = records;
    this.input = group.interfaces.join(' ');
    this.capture = settings.capture;
    this.#opened = open(group, settings);
    this.#pool = this.#start();
  }

  /**
   * Opens the interfaces; packets are taken from now on.
   * @throws {SuiteError} when one cannot be captured on
   */
  static async open(
    group: InterfaceGroup,
    settings: LiveSettings,
    options: ProbeOptions,
    records: OriginRecords,
    listener: ThreadListener,
    signal: AbortSignal,
  ): Promise<LiveCounting> {
    const counting = new LiveCounting(group, settings, options, records, listener, signal);
    await counting.#pool.opened();
    return counting;
  }

  #start(): ProbePool {
    return new ProbePool(this.#options, this.#opened.inputs, this.#opened.inputs.length, this.#signal, this.#listener);
  }

  async totals(): Promise<ProbeTotals> {
    return this.#withBefore(await this.#pool.totals());
  }

  #withBefore(totals: ProbeTotals): ProbeTotals {
    return this.#before === undefined ? totals : addTotals(this.#before, totals);
  }

  /** An interface that is gone is waited for. */
  async finish(): Promise<Outcome> {
    for (;;) {
      const { totals, damage } = await this.#pool.run((batch, giveBack) => this.records.push(batch, giveBack));
      this.#opened.rings.forEach(closeRing);
      const outcome = { totals: this.#withBefore(totals), damage };
      if (damage.length === 0 || this.capture === 'cap') return outcome;
      this.#before = outcome.totals;
      const opened = await this.#reopen(damage);
      if (opened === undefined) return outcome;
      this.#opened = opened;
      this.#pool = this.#start();
    }
  }

  /** @returns undefined when the command is told to stop */
  async #reopen(damage: readonly Damage[]): Promise<Opened | undefined> {
    while (!this.#signal.aborted) {
      await delay(RETRY_MS, undefined, { signal: this.#signal }).catch(() => undefined);
      if (this.#signal.aborted) return undefined;
      try {
        const opened = open(this.#group, this.#settings);
        for (const { name } of damage) this.#listener.link?.({ device: name, state: 'back' });
        return opened;
      } catch (error) {
        // After giving up its rights the probe cannot open what shared its packets among threads.
        if (error instanceof NotPermittedError || !(error instanceof SuiteError)) throw error;
        // else it is not there yet, as was said
      }
    }
    return undefined;
  }
}
