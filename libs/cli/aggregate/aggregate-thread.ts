import { workerData } from 'node:worker_threads';
import { BinCluster } from '../../aggregate/bin-cluster.ts';
import { Cluster, type ClusterMemory } from '../../aggregate/cluster.ts';
import type { ClusterOptions } from '../../aggregate/cluster-options.ts';
import { buffersOf } from '../../aggregate/groups.ts';
import { parseModel, type ModelOptions } from '../../aggregate/model.ts';
import { FLOW_BATCH, type Batch } from '../../record/batch.ts';
import { Room } from '../../codec/room.ts';
import { ALL_ROWS } from '../../record/select.ts';
import type { Span } from '../../time/span.ts';
import { SelectedRows, type SelectedOrder } from '../scan/selected-rows.ts';
import { serveScan, type ScanWork } from '../scan/serve.ts';

/** What the threads that merge records are told. */
export interface AggregateOrder {
  readonly selected: SelectedOrder;
  /** Words of `-m`. */
  readonly words: readonly string[];
  readonly modelOptions: ModelOptions;
  readonly cluster: Pick<ClusterOptions, 'fields' | 'preserves' | 'reports' | 'oneWay'>;
  /** Undefined where records are merged whatever their time. */
  readonly bins: { readonly span: Span; readonly whole: boolean } | undefined;
}

/** What a thread has come to, behind each window. */
export interface Gathered {
  readonly records: number;
  readonly groups: number;
  readonly bytes: number;
}

export interface GatheredGroups {
  readonly memory: ClusterMemory;
  readonly groups: number;
  /** The windows, ascending, and the first group that began in each. */
  readonly starts: readonly (readonly [window: number, group: number])[];
}

/** Merges the records of its windows. */
class Gatherer implements ScanWork<Gathered, GatheredGroups> {
  readonly decoding: ScanWork<Gathered>['decoding'];
  readonly #selected: SelectedRows;
  readonly #cluster: Cluster;
  readonly #push: (batch: Batch, rows: Uint32Array, count: number) => void;
  readonly #starts: [window: number, group: number][] = [];
  #records = 0;

  constructor(selected: SelectedRows, { words, modelOptions, cluster, bins }: AggregateOrder) {
    this.decoding = { ...selected.decoding, room: new Room() };
    this.#selected = selected;
    // What is too much for the memory is told by the main thread, which then goes on alone.
    const options = { ...cluster, model: parseModel(words, modelOptions), memoryBytes: Infinity };
    const binned = bins === undefined ? undefined : new BinCluster(bins.span, bins.whole, options);
    const gathering = binned?.cluster ?? new Cluster(options);
    this.#cluster = gathering;
    this.#push = (batch, rows, count) => (binned ?? gathering).push(batch, rows, count);
  }

  push(batch: Batch, window: number): void {
    const count = this.#selected.take(batch);
    if (count === 0 || batch.kind !== FLOW_BATCH) return;
    if (this.#starts.at(-1)?.[0] !== window) this.#starts.push([window, this.#cluster.count]);
    this.#push(batch, count === batch.rows ? ALL_ROWS : this.#selected.rows, count);
    this.#records += count;
  }

  result(): { result: Gathered; transfer: ArrayBuffer[] } {
    const { count: groups, bytes } = this.#cluster;
    return { result: { records: this.#records, groups, bytes }, transfer: [] };
  }

  rest(): { result: GatheredGroups; transfer: ArrayBuffer[] } {
    const groups = this.#cluster.count;
    const memory = this.#cluster.give();
    return { result: { memory, groups, starts: this.#starts }, transfer: [memory.keys.buffer, ...buffersOf(memory.groups)] }; // prettier-ignore
  }
}

async function gathererOf(order: AggregateOrder): Promise<Gatherer> {
  return new Gatherer(await SelectedRows.open(order.selected), order);
}

serveScan(gathererOf(workerData as AggregateOrder));
