import type { PacketBatch, PacketSource } from '../../libs/capture/source.ts';
import { BatchReporter, type RecordNumbers } from '../../libs/flow/report.ts';
import { FlowTable, type FlowTableOptions } from '../../libs/flow/table.ts';
import { decodePacket } from '../../libs/packet/decode.ts';
import { Headers } from '../../libs/packet/headers.ts';
import { PROBLEM_NAMES } from '../../libs/packet/problems.ts';
import type { Batch, Origin } from '../../libs/record/batch.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { managementBatch } from '../../libs/record/management.ts';

export interface ProbeOptions {
  readonly origin: Origin;
  readonly table: FlowTableOptions;
  /** Records per batch at most. */
  readonly rowsMax: number;
  /** Numbers of the first and last packet to count, from 1. */
  readonly packets: { readonly first: number; readonly last: number };
  /** Program and version, for the management records. */
  readonly version: string;
}

/** The pipeline of one probe: packets of its sources → headers → flows → batches of records. */
export class Probe {
  readonly #options: ProbeOptions;
  readonly #emit: (batch: Batch) => void;
  readonly #numbers: RecordNumbers = { next: 0 };
  readonly #table: FlowTable;
  readonly #reporter: BatchReporter;
  readonly #headers = new Headers();
  readonly #problems = new Float64Array(PROBLEM_NAMES.length);
  #packets = 0;
  #bytes = 0;
  /** Counters of the sources that have ended. */
  readonly #ended = { filtered: 0, droppedByKernel: 0, droppedByUs: 0 };

  /** @param emit takes each batch as soon as it is made */
  constructor(options: ProbeOptions, emit: (batch: Batch) => void) {
    this.#options = options;
    this.#emit = emit;
    this.#reporter = new BatchReporter(options.origin, this.#numbers, options.rowsMax, emit);
    this.#table = new FlowTable(options.table, this.#reporter);
  }

  /** The management record that comes before all others. */
  start(input: string): void {
    this.#manage(CAUSE.start, { minput: input, mversion: this.#options.version });
  }

  /** Counts the packets of `source` until it ends or the signal aborts. */
  async read(source: PacketSource, signal: AbortSignal): Promise<void> {
    const { last } = this.#options.packets;
    while (!signal.aborted && this.#packets < last) {
      const batch = await source.next();
      if (batch === null) break;
      this.#count(batch);
      if (source.live) {
        this.#table.advance(Date.now() * 1000);
        this.#reporter.flush();
      }
    }
    this.#ended.filtered += source.counters.filtered;
    this.#ended.droppedByKernel += Math.max(0, source.counters.droppedByKernel);
    this.#ended.droppedByUs += source.counters.droppedByUs ?? 0;
  }

  /** Reports every open flow, and then how it all went. */
  stop(): void {
    this.#table.flush();
    this.#reporter.flush();
    let bad = 0;
    const named: string[] = [];
    for (let problem = 1; problem < this.#problems.length; problem++) {
      const count = this.#problems[problem]!;
      if (count === 0) continue;
      bad += count;
      named.push(`${PROBLEM_NAMES[problem]}=${count}`);
    }
    this.#manage(CAUSE.stop, {
      mpkts: this.#table.counters.packets,
      mbytes: this.#bytes,
      mkdrops: this.#ended.droppedByKernel,
      mdrops: this.#ended.droppedByUs,
      mfiltered: this.#ended.filtered,
      mbad: bad,
      mflows: this.#table.counters.opened,
      mevicted: this.#table.counters.evicted,
      mrecords: this.#numbers.next,
      mmemory: process.memoryUsage.rss(),
      mversion: this.#options.version,
      ...(named.length === 0 ? {} : { mproblems: named.join(' ') }),
    });
  }

  #manage(cause: number, values: Parameters<typeof managementBatch>[2]['values']): void {
    const timeUs = Date.now() * 1000;
    const durationNs = Math.max(0, timeUs - this.#options.origin.run) * 1000;
    this.#emit(managementBatch(this.#options.origin, this.#numbers.next++, { cause, timeUs, durationNs, values }));
  }

  #count(batch: PacketBatch): void {
    const { first, last } = this.#options.packets;
    const headers = this.#headers;
    const table = this.#table;
    const { view, offset, captured, wire, timeUs, timeNs, linkType } = batch;
    for (let i = 0; i < batch.count; i++) {
      const number = ++this.#packets;
      if (number < first || number > last) continue;
      const start = offset[i]!;
      decodePacket(view, start, start + captured[i]!, wire[i]!, linkType[i]!, headers);
      if (headers.problem !== 0) this.#problems[headers.problem]! += 1;
      this.#bytes += wire[i]!;
      table.add(headers, timeUs[i]!, timeNs[i]!, wire[i]!, linkType[i]!, view);
    }
  }
}
