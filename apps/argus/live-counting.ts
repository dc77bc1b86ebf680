import type { Counting, Outcome } from './counting.ts';
import type { InterfaceGroup } from './interfaces.ts';
import type { OriginRecords } from './origin-records.ts';
import { ProbePool, type ThreadListener } from './probe-pool.ts';
import type { ProbeOptions, ProbeTotals } from './probe.ts';

/** How packets of interfaces are had. */
export interface LiveSettings {
  readonly capture: 'cap';
  readonly filter: string;
  /** Threads that share the packets of each interface; one with `cap`. */
  readonly workers: number;
}

/** Counts the packets of a group of interfaces, in one thread or in several, each with a flow table of its own. */
export class LiveCounting implements Counting {
  readonly records: OriginRecords;
  readonly input: string;
  readonly capture: 'cap';
  readonly #group: InterfaceGroup;
  readonly #settings: LiveSettings;
  readonly #options: ProbeOptions;
  readonly #listener: ThreadListener;
  readonly #signal: AbortSignal;
  #pool: ProbePool;

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
    const inputs = [{ kind: 'cap', devices: this.#group.interfaces, filter: this.#settings.filter } as const];
    return new ProbePool(this.#options, inputs, inputs.length, this.#signal, this.#listener);
  }

  totals(): Promise<ProbeTotals> {
    return this.#pool.totals();
  }

  finish(): Promise<Outcome> {
    return this.#pool.run((batch) => this.records.push(batch));
  }
}
