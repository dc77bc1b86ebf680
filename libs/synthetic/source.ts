import { setTimeout as delay } from 'node:timers/promises';
import { nowUs as clockUs } from '../core/clock.ts';
import { BATCH_PACKETS_MAX, emptyBatch, type PacketBatch, type PacketSource } from '../capture/source.ts';
import { Frame, type PacketStream } from './frame.ts';

const BATCH_MS = 20;
const ETHERNET = 1;
/** Bytes kept of each packet: all, on a link of 1,500. */
const SNAP_BYTES = 1600;

/** Plays a stream of packets as if they came from an interface, each at its time. */
export class SyntheticSource implements PacketSource {
  readonly name = 'synthetic';
  readonly live = true;
  readonly damage = null;
  readonly counters = { received: 0, filtered: 0, droppedByKernel: 0, droppedByInterface: 0, droppedByUs: 0 };
  /** Bytes kept of each packet at most. */
  readonly snapBytes = SNAP_BYTES;
  readonly #stream: PacketStream;
  readonly #nowUs: () => number;
  readonly #batch: PacketBatch;
  readonly #frame: Frame;
  readonly #startUs: number;
  readonly #closing = new AbortController();

  /** @param nowUs the clock, in whole µs since the epoch; the stream begins now */
  constructor(stream: PacketStream, nowUs: () => number = clockUs) {
    const view = new DataView(new ArrayBuffer(BATCH_PACKETS_MAX * SNAP_BYTES));
    this.#stream = stream;
    this.#nowUs = nowUs;
    this.#batch = emptyBatch(view);
    this.#frame = new Frame(view, SNAP_BYTES);
    this.#startUs = nowUs();
  }

  /** What is due by now, after 20 ms or, when it is behind, at once. */
  async next(): Promise<PacketBatch | null> {
    if (this.#batch.count < BATCH_PACKETS_MAX) await this.#pause();
    if (this.#closing.signal.aborted || this.#stream.dueUs === Infinity) return null;
    this.#fill(this.#nowUs() - this.#startUs);
    return this.#batch;
  }

  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }

  async #pause(): Promise<void> {
    try {
      await delay(BATCH_MS, undefined, { signal: this.#closing.signal });
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error;
    }
  }

  #fill(elapsedUs: number): void {
    const batch = this.#batch;
    const frame = this.#frame;
    let count = 0;
    while (count < BATCH_PACKETS_MAX && this.#stream.dueUs <= elapsedUs) {
      batch.timeUs[count] = this.#startUs + this.#stream.dueUs;
      frame.offset = count * SNAP_BYTES;
      this.#stream.write(frame);
      batch.offset[count] = frame.offset;
      batch.captured[count] = frame.capturedBytes;
      batch.wire[count] = frame.wireBytes;
      batch.linkType[count] = ETHERNET;
      count += 1;
    }
    batch.count = count;
    this.counters.received += count;
  }
}
