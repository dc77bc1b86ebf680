import type { Readable } from 'node:stream';
import type { RawSource } from './byte-source.ts';

/** A stream, such as standard input. */
export class StreamSource implements RawSource {
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => void this.#stream.destroy();
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: Readable, signal?: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort);
    if (signal?.aborted === true) this.#abort();
    this.#chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  }

  async read(into: Uint8Array): Promise<number> {
    if (this.#rest.length === 0 && !(await this.#more())) return 0;
    const count = Math.min(into.length, this.#rest.length);
    into.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  async peek(count: number): Promise<Uint8Array> {
    while (this.#rest.length < count && (await this.#more()));
    return this.#rest.subarray(0, count);
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const next = await this.#next();
      if (next.done === true) return false;
      if (next.value.length === 0) continue;
      this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
      return true;
    }
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      if (this.#signal?.aborted === true) return { done: true, value: undefined };
      throw error;
    }
  }

  close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#stream.destroy();
    return Promise.resolve();
  }
}
