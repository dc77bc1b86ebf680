import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Batch } from '../record/batch.ts';
import { Losses } from './losses.ts';
import { FrameQueue, type QueuedFrame } from './queue.ts';

/** Bytes handed to the socket ahead of what the kernel has taken; the rest waits in the reader's own queue. */
const SOCKET_BYTES_MAX = 256 * 1024;

/**
 * One connected reader: its socket, its bounded queue and what it lost. A full queue drops whole batches until half of it
 * is free again; then gap batches say exactly which record numbers are missing, and the stream goes on.
 */
export class Reader {
  readonly #socket: Socket;
  readonly #queue: FrameQueue;
  readonly #encode: (batch: Batch) => Uint8Array;
  readonly #losses = new Losses();
  #dropped = 0;
  #waiting = false;
  #onEmpty: (() => void) | undefined;

  /** @param encode for gap batches */
  constructor(socket: Socket, queueBytesMax: number, encode: (batch: Batch) => Uint8Array) {
    this.#socket = socket;
    this.#queue = new FrameQueue(queueBytesMax);
    this.#encode = encode;
    socket.on('drain', () => {
      this.#waiting = false;
      this.#pump();
    });
  }

  /** Records that were dropped because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  get queuedRecords(): number {
    return this.#queue.records;
  }

  get queuedBytes(): number {
    return this.#queue.bytes + this.#socket.writableLength;
  }

  /** True while batches are dropped, so that nobody need encode one for this reader. */
  get behind(): boolean {
    return !this.#losses.none;
  }

  /** Queues a batch's frame, or drops the batch and notes its record numbers. */
  offer(batch: Batch, frame: QueuedFrame): void {
    if (this.behind || !this.#queue.offer(frame)) this.drop(batch);
    else this.#pump();
  }

  drop(batch: Batch): void {
    this.#dropped += batch.rows;
    if (!this.#losses.note(batch)) this.#socket.destroy();
  }

  /** Queues what is small and must arrive, however full the queue is. */
  send(bytes: Uint8Array): void {
    this.#queue.add({ bytes, records: 0 });
    this.#pump();
  }

  /** Says what was lost, sends what waits and then `farewell`, and ends; after `timeoutMs` it is cut. */
  async end(farewell: Uint8Array, timeoutMs: number): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#sayLosses();
    this.send(farewell);
    const closed = once(socket, 'close');
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    this.#onEmpty = () => socket.end();
    this.#pump();
    await closed;
    clearTimeout(timer);
  }

  #pump(): void {
    const socket = this.#socket;
    if (this.#waiting || socket.destroyed) return;
    socket.cork();
    while (socket.writableLength < SOCKET_BYTES_MAX) {
      if (this.behind && this.#queue.bytes * 2 <= this.#queue.bytesMax) this.#sayLosses();
      const bytes = this.#queue.take();
      if (bytes === undefined) break;
      socket.write(bytes);
    }
    socket.uncork();
    this.#waiting = socket.writableNeedDrain;
    if (this.#queue.bytes === 0) this.#onEmpty?.();
  }

  #sayLosses(): void {
    for (const gap of this.#losses.take()) this.#queue.add({ bytes: this.#encode(gap), records: 0 });
  }
}
