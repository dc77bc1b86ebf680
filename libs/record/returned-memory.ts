import type { Batch } from './batch.ts';

/**
 * Memory of batches on its way back to those who made them in another thread. With such a way back batches may lie in memory that all
 * threads share, so that neither is it moved from one to the other, nor is it garbage in the end.
 */
export class ReturnedMemory {
  /** Of batches that may be looked at, in their order. */
  readonly #held: ArrayBufferLike[] = [];
  readonly #buffers: SharedArrayBuffer[] = [];

  /** Takes the next batch. @param held so many of the batches taken last may be looked at; the others no more */
  give({ buffer }: Batch, held: number): void {
    this.#held.push(buffer);
    while (this.#held.length > held) {
      const returned = this.#held.shift();
      if (returned instanceof SharedArrayBuffer) this.#buffers.push(returned);
    }
  }

  /** All that has come back since the last time. */
  take(): SharedArrayBuffer[] {
    return this.#buffers.splice(0);
  }
}
