import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { nowUs } from '../core/clock.ts';
import type { RingSource } from './ring-source.ts';
import { BATCH_PACKETS_MAX, emptyBatch, type PacketBatch, type PacketSource, type SourceCounters, type SourceDamage } from './source.ts'; // prettier-ignore
import { syscalls } from './syscalls.ts';

const BLOCK_BYTES = 4 << 20;
const WAIT_MS = 20;
/** While packets wait for whether others come before them. */
const LOOK_AGAIN_MS = 2;

/** Up to here a loop copies faster than what needs a view of the packet first. */
const LOOP_BYTES_MAX = 128;

/** One of the sources, and what it has handed over. */
interface Lane {
  readonly source: RingSource;
  batch: PacketBatch | undefined;
  /** Of the batch's view. */
  bytes: Uint8Array | undefined;
  at: number;
  /** It has nothing to show in this call of `next`. */
  isBare: boolean;
}

/**
 * The packets of several rings in the order of time, for interfaces whose traffic belongs together. A packet is handed over
 * when every ring has shown a later one, or has had time to show an earlier one.
 */
export class MergedSource implements PacketSource {
  readonly name: string;
  readonly live = true;
  readonly delayUs: number;
  readonly #lanes: readonly Lane[];
  readonly #bytes = new Uint8Array(BLOCK_BYTES);
  readonly #batch = emptyBatch(new DataView(this.#bytes.buffer));
  #end = 0;
  #polledMs = 0;
  /** Packets are there, but others may still come before them. */
  #isWaiting = false;

  constructor(sources: readonly RingSource[]) {
    this.name = sources.map(({ name }) => name).join(' ');
    this.#lanes = sources.map((source) => ({ source, batch: undefined, bytes: undefined, at: 0, isBare: false }));
    this.delayUs = 2 * Math.max(...sources.map(({ delayUs }) => delayUs));
  }

  get counters(): SourceCounters {
    const sum = (count: (counters: Readonly<SourceCounters>) => number): number =>
      this.#lanes.reduce((total, { source }) => total + count(source.counters), 0);
    const known = this.#lanes.every(({ source }) => source.counters.droppedByInterface >= 0);
    return {
      received: sum((c) => c.received),
      filtered: sum((c) => c.filtered),
      droppedByKernel: sum((c) => c.droppedByKernel),
      droppedByInterface: known ? sum((c) => c.droppedByInterface) : -1,
      droppedByUs: sum((c) => c.droppedByUs),
    };
  }

  get damage(): SourceDamage | null {
    return this.#lanes.map(({ source }) => source.damage).find((damage) => damage !== null) ?? null;
  }

  clockUs(): number {
    return nowUs() - this.delayUs;
  }

  async next(): Promise<PacketBatch | null> {
    if (this.#isWaiting) await delay(LOOK_AGAIN_MS);
    else await turn();
    if (performance.now() - this.#polledMs >= WAIT_MS) this.#poll(0); // there may be no pause to do it in
    const batch = this.#batch;
    batch.count = 0;
    this.#end = 0;
    // Read before the rings are: what they do not show now is later than this.
    const shownUs = nowUs() - this.delayUs / 2;
    for (const lane of this.#lanes) lane.isBare = false;
    let isFull = false;
    for (let lane; !isFull && (lane = this.#earliest(shownUs)) !== undefined;) {
      isFull = !this.#hasRoom(lane);
      if (!isFull) this.#copy(lane);
    }
    const hasMore = this.#lanes.some((lane) => lane.batch !== undefined);
    this.#isWaiting = hasMore && !isFull;
    if (batch.count > 0 || hasMore) return batch;
    if (this.#lanes.every(({ source }) => source.ended)) return null;
    this.#poll(WAIT_MS);
    return batch;
  }

  /** Waits for packets, and hears what happened to the interfaces. */
  #poll(timeoutMs: number): void {
    const open = this.#lanes.filter(({ source }) => !source.ended).map(({ source }) => source);
    const fds = open.map(({ descriptor }) => descriptor);
    const happened = syscalls().poll(fds, timeoutMs);
    open.forEach((source, i) => source.trouble(happened[i]!));
    this.#polledMs = performance.now();
  }

  /** The lane whose packet is the next in time, if it is certain. */
  #earliest(shownUs: number): Lane | undefined {
    let first: Lane | undefined;
    let isAnyBare = false;
    for (const lane of this.#lanes) {
      this.#fill(lane);
      if (lane.batch === undefined) isAnyBare ||= !lane.source.ended;
      else if (first === undefined || isEarlier(lane, first)) first = lane;
    }
    if (first?.batch === undefined) return undefined;
    return isAnyBare && first.batch.timeUs[first.at]! > shownUs ? undefined : first;
  }

  #fill(lane: Lane): void {
    if (lane.batch !== undefined && lane.at < lane.batch.count) return;
    if (lane.isBare) return;
    const batch = lane.source.ended ? undefined : lane.source.take();
    lane.batch = batch === undefined || batch.count === 0 ? undefined : batch;
    lane.isBare = lane.batch === undefined;
    lane.at = 0;
    if (lane.batch === undefined || lane.bytes?.buffer === lane.batch.view.buffer) return;
    const { buffer, byteOffset, byteLength } = lane.batch.view;
    lane.bytes = new Uint8Array(buffer, byteOffset, byteLength);
  }

  #hasRoom({ batch, at }: Lane): boolean {
    return this.#batch.count < BATCH_PACKETS_MAX && this.#end + batch!.captured[at]! <= BLOCK_BYTES;
  }

  #copy(lane: Lane): void {
    const from = lane.batch!;
    const i = lane.at++;
    const to = this.#batch;
    const k = to.count++;
    const captured = from.captured[i]!;
    copyBytes(lane.bytes!, from.offset[i]!, captured, this.#bytes, this.#end);
    to.timeUs[k] = from.timeUs[i]!;
    to.timeNs[k] = from.timeNs[i]!;
    to.offset[k] = this.#end;
    to.captured[k] = captured;
    to.wire[k] = from.wire[i]!;
    to.linkType[k] = from.linkType[i]!;
    this.#end += captured;
  }

  stop(): void {
    for (const { source } of this.#lanes) source.stop();
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(({ source }) => source.close()));
  }
}

function copyBytes(from: Uint8Array, start: number, count: number, to: Uint8Array, at: number): void {
  if (count > LOOP_BYTES_MAX) to.set(from.subarray(start, start + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
}

function isEarlier(a: Lane, b: Lane): boolean {
  const difference = a.batch!.timeUs[a.at]! - b.batch!.timeUs[b.at]!;
  return difference < 0 || (difference === 0 && a.batch!.timeNs[a.at]! < b.batch!.timeNs[b.at]!);
}
