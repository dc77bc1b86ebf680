import type { Cluster, GroupRun } from '../../aggregate/cluster.ts';
import type { AggregateOrder, Gathered, GatheredGroups } from './aggregate-thread.ts';
import type { FrameTaker, Scan } from '../scan/scan.ts';
import { openScan } from '../scan/threads-option.ts';

/** With more groups than this, and less than so many records for each, bringing those of all threads together takes as long as one alone. */
const GROUPS_MIN = 32_768;
const RECORDS_A_GROUP = 8;
/** Threads may take this share of the memory before one goes on alone. */
const MEMORY_SHARE = 0.5;

/**
 * Threads that merge the records of files, each those of its windows. What they have come to is taken in once: when records come that
 * are not for them, or when there are too many groups; from then on the command is alone. So the order of the groups is that in which
 * their first records come, however the records were shared out.
 */
export class AggregateScan {
  readonly #cluster: Cluster;
  readonly #memoryBytes: number;
  readonly #scan: Scan<Gathered, GatheredGroups>;
  readonly taker: FrameTaker;
  #hasSent = false;
  /** No thread is to get more. */
  #isOver = false;
  #records = 0;

  /**
   * @param cluster that takes in what the threads have come to
   * @param threads as `--threads` has it
   * @returns undefined where the command is to do without
   */
  static open(
    cluster: Cluster,
    threads: number | undefined,
    memoryBytes: number,
    order: AggregateOrder,
  ): AggregateScan | undefined {
    const taken: { by?: AggregateScan } = {};
    const scan = openScan<Gathered, GatheredGroups>(threads, {
      module: new URL('./aggregate-thread.js', import.meta.url),
      order,
      take: (gathered) => {
        taken.by?.note(gathered);
        return undefined;
      },
    });
    if (scan === undefined) return undefined;
    return (taken.by = new AggregateScan(cluster, memoryBytes, scan));
  }

  private constructor(cluster: Cluster, memoryBytes: number, scan: Scan<Gathered, GatheredGroups>) {
    this.#cluster = cluster;
    this.#memoryBytes = memoryBytes;
    this.#scan = scan;
    const isOver = (): boolean => this.#isOver;
    this.taker = {
      wants: (restMs) => !isOver() && scan.wants(restMs),
      get problems() {
        return scan.problems;
      },
      send: (frame, offset, name) => {
        this.#hasSent = true;
        return scan.send(frame, offset, name);
      },
      endFile: (name) => scan.endFile(name),
      drain: (name) => scan.drain(name),
    };
  }

  private note({ records, groups, bytes }: Gathered): void {
    if (isMany(groups, records) || bytes > this.#memoryBytes * MEMORY_SHARE) this.#isOver = true;
  }

  /** To be called before records are pushed that did not go to threads, with their number, and at the end with 0. */
  async before(records: number): Promise<void> {
    this.#records += records;
    if (this.#hasSent) await this.#collect();
    else if (this.#cluster.isFull || isMany(this.#cluster.count, this.#records)) this.#isOver = true;
  }

  /** Takes in what the threads have come to, in the order of their windows. */
  async #collect(): Promise<void> {
    this.#hasSent = false;
    this.#isOver = true;
    await this.#scan.drain('');
    const all = await this.#scan.rests();
    const runs = all.flatMap(
      ({ starts, groups }, of) =>
      starts.map(([window, from], i): GroupRun & { window: number } => ({ window, of, from, to: starts[i + 1]?.[1] ?? groups })), // prettier-ignore
    );
    this.#cluster.absorb(
      all.map(({ memory }) => memory),
      runs.sort((a, b) => a.window - b.window),
    );
  }

  async close(): Promise<void> {
    await this.#scan.close();
  }
}

const isMany = (groups: number, records: number): boolean => groups > GROUPS_MIN && groups * RECORDS_A_GROUP > records;
