import type { PacketBatch, PacketSource } from '../../libs/capture/source.ts';
import { SuiteError } from '../../libs/core/errors.ts';
import { GROUP_PACKETS, PacketGroup } from '../../libs/flow/packet-group.ts';
import { BatchReporter } from '../../libs/flow/report.ts';
import { FlowTable } from '../../libs/flow/table.ts';
import type { FlowTableOptions } from '../../libs/flow/table-options.ts';
import { decodePacket } from '../../libs/packet/decode.ts';
import { PROBLEM, PROBLEM_NAMES } from '../../libs/packet/problems.ts';
import type { Batch, Origin } from '../../libs/record/batch.ts';
import { shardOf } from './shard.ts';

/** A file that begins this much before the last packet of the one before it, or this much after it, has nothing to do with it. */
const FILES_OVERLAP_US = 1_000_000;
const FILES_PAUSE_US = 60_000_000;

export interface ProbeOptions {
  readonly origin: Origin;
  readonly table: FlowTableOptions;
  /** Records per batch at most. */
  readonly rowsMax: number;
  /** Numbers of the first and last packet to count, from 1; a last of -1 is the last there is. */
  readonly packets: { readonly first: number; readonly last: number };
  /** Bytes of each packet that are looked at. */
  readonly snaplen: number;
  /** Records wait this long at most for others to share their batch, milliseconds; 0 is until the batch is full. */
  readonly flushMs: number;
  /** This probe counts the packets that `shardOf` gives it, one of several over the same sources. */
  readonly shard: { readonly index: number; readonly count: number };
}

/** Hears of link types that nobody can decode, of each one once. */
export type LinkUnknown = (linkType: number) => void;

/** What a probe has done; all since it began. */
export interface ProbeTotals {
  packets: number;
  bytes: number;
  filtered: number;
  /** Packets that the kernel dropped; -1 where that cannot be known. */
  droppedByKernel: number;
  /** Packets that the interface dropped; -1 where that cannot be known. */
  droppedByInterface: number;
  droppedByUs: number;
  /** Flows in the table now. */
  flowsActive: number;
  /** Time of the last packet, microseconds since the epoch; 0 before the first. */
  lastUs: number;
  flowsOpened: number;
  flowsEvicted: number;
  /** Packets by number of the problem that stopped their decoding (`PROBLEM_NAMES`). */
  problems: Float64Array;
}

/** @throws {SuiteError} when there is not enough memory */
function openTable(options: FlowTableOptions, reporter: BatchReporter): FlowTable {
  try {
    return new FlowTable(options, reporter);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const hint = 'Allow fewer with --flows, or more memory.';
    throw new SuiteError(`not enough memory for ${options.flowsMax} flows`, { hint, cause: error });
  }
}

/** The pipeline of one probe: packets of its sources → headers → flows → batches of records. */
export class Probe {
  readonly #options: ProbeOptions;
  readonly #linkUnknown: LinkUnknown;
  readonly #unknownLinks = new Set<number>();
  readonly #table: FlowTable;
  readonly #reporter: BatchReporter;
  readonly #group = new PacketGroup();
  readonly #problems = new Float64Array(PROBLEM_NAMES.length);
  readonly #lastPacket: number;
  #packets = 0;
  /** Time of the last packet, microseconds; NaN before the first. */
  #lastUs = Number.NaN;
  #bytes = 0;
  readonly #sources: PacketSource[] = [];

  /**
   * @param emit takes each batch as soon as it is made; record numbers are those of this probe
   * @param allocate gives batches their buffers, see `BatchBuilder`
   * @throws {SuiteError} when there is not enough memory for its flows
   */
  constructor(
    options: ProbeOptions,
    emit: (batch: Batch) => void,
    linkUnknown: LinkUnknown = () => undefined,
    allocate?: (bytes: number) => ArrayBuffer,
  ) {
    this.#options = options;
    this.#linkUnknown = linkUnknown;
    this.#lastPacket = options.packets.last === -1 ? Infinity : options.packets.last;
    this.#reporter = new BatchReporter(options.origin, { next: 0 }, options.rowsMax, emit, allocate);
    this.#table = openTable(options.table, this.#reporter);
  }

  /**
   * Counts the packets of `source` until it ends or the signal aborts. Live sources may be read side by side.
   * @param ready is awaited before each batch of packets, for those who take the records to catch up
   */
  async read(source: PacketSource, signal: AbortSignal, ready: () => Promise<void> | undefined): Promise<void> {
    this.#sources.push(source);
    const { flushMs } = this.#options;
    const tick = (): void => {
      if (source.clockUs !== undefined) this.#table.advance(source.clockUs());
      this.#reporter.flush();
    };
    const ticking = flushMs > 0 ? setInterval(tick, flushMs) : undefined;
    const stop = (): void => source.stop?.();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    let isFirst = true;
    try {
      while ((!signal.aborted || source.stop !== undefined) && this.#packets < this.#lastPacket) {
        const batch = await source.next();
        if (batch === null) break;
        if (isFirst && !source.live) this.#startFile(batch);
        isFirst = false;
        this.#count(batch);
        if (source.live && source.clockUs !== undefined) this.#table.advance(source.clockUs());
        await ready();
      }
    } finally {
      clearInterval(ticking);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Flows go on from one file into the next only where that goes on in time. */
  #startFile(batch: PacketBatch): void {
    if (batch.count === 0) return;
    const pauseUs = batch.timeUs[0]! - this.#lastUs;
    if (pauseUs < -FILES_OVERLAP_US || pauseUs > FILES_PAUSE_US) this.#table.flush();
  }

  /** Reports every open flow. */
  flush(): void {
    this.#table.flush();
    this.#reporter.flush();
  }

  totals(): ProbeTotals {
    const sum = (value: (counters: PacketSource['counters']) => number): number =>
      this.#sources.reduce((total, { counters }) => total + value(counters), 0);
    const known = (value: (counters: PacketSource['counters']) => number): number =>
      this.#sources.some(({ counters }) => value(counters) < 0) ? -1 : sum(value);
    return {
      packets: this.#table.counters.packets,
      bytes: this.#bytes,
      filtered: sum((c) => c.filtered),
      droppedByKernel: known((c) => c.droppedByKernel),
      droppedByInterface: known((c) => c.droppedByInterface),
      droppedByUs: sum((c) => c.droppedByUs),
      flowsActive: this.#table.flows,
      lastUs: Number.isNaN(this.#lastUs) ? 0 : this.#lastUs,
      flowsOpened: this.#table.counters.opened,
      flowsEvicted: this.#table.counters.evicted,
      problems: this.#problems,
    };
  }

  #countProblem(problem: number, linkType: number): void {
    this.#problems[problem]! += 1;
    if (problem !== PROBLEM.linkUnknown || this.#unknownLinks.has(linkType)) return;
    this.#unknownLinks.add(linkType);
    this.#linkUnknown(linkType);
  }

  #count(batch: PacketBatch): void {
    const { count, timeUs } = batch;
    if (count === 0) return;
    for (let from = 0; from < count; from += GROUP_PACKETS) {
      this.#countGroup(batch, from, Math.min(from + GROUP_PACKETS, count));
    }
    this.#lastUs = timeUs[count - 1]!;
    this.#table.advance(timeUs[count - 1]!);
  }

  /** A function of its own, and not the body of a loop that is optimised while it runs, only to be given up at its end. */
  #countGroup(batch: PacketBatch, from: number, end: number): void {
    const { packets, snaplen, shard } = this.#options;
    const group = this.#group;
    const { view, offset, captured, wire, timeUs, timeNs, linkType } = batch;
    group.view = view;
    let filled = 0;
    for (let i = from; i < end; i++) {
      const number = ++this.#packets;
      if (number < packets.first || number > this.#lastPacket) continue;
      const start = offset[i]!;
      const headers = group.headers[filled]!;
      decodePacket(view, start, start + Math.min(captured[i]!, snaplen), wire[i]!, linkType[i]!, headers);
      if (shard.count > 1 && shardOf(headers, shard.count) !== shard.index) {
        // The clock runs for packets that another probe counts, too.
        if (!this.#table.isTick(timeUs[i]!)) continue;
        group.count = filled;
        this.#table.add(group);
        this.#table.advance(timeUs[i]!);
        filled = 0;
        continue;
      }
      if (headers.problem !== 0) this.#countProblem(headers.problem, linkType[i]!);
      this.#bytes += wire[i]!;
      group.timeUs[filled] = timeUs[i]!;
      group.timeNs[filled] = timeNs[i]!;
      group.wire[filled] = wire[i]!;
      group.linkType[filled] = linkType[i]!;
      filled += 1;
    }
    group.count = filled;
    this.#table.add(group);
  }
}
