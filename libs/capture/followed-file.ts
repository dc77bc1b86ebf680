import { stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { RawSource } from './byte-source.ts';

/** How often it is looked whether the file has grown. */
const LOOK_MS = 50;

/** A plain file that is being written: at its end more is waited for. */
export class FollowedFile implements RawSource {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #signal: AbortSignal;
  readonly #closing = new AbortController();
  #position = 0;

  /** @param signal ends it when it aborts, behind what is there by then */
  constructor(file: FileHandle, path: string, signal: AbortSignal) {
    this.#file = file;
    this.#path = path;
    this.#signal = signal;
  }

  /** Waits until there are as many. */
  async peek(count: number): Promise<Uint8Array> {
    const first = new Uint8Array(count);
    for (;;) {
      const { bytesRead } = await this.#file.read(first, 0, count, 0);
      if (bytesRead === count || this.#ends) return first.subarray(0, bytesRead);
      await this.#wait();
    }
  }

  /** @throws {Error} when the file has become shorter, or another one has its name */
  async read(into: Uint8Array): Promise<number> {
    for (;;) {
      const ends = this.#ends;
      const { bytesRead } = await this.#file.read(into, 0, into.length, this.#position);
      this.#position += bytesRead;
      if (bytesRead > 0 || ends) return bytesRead;
      await this.#checkSame();
      await this.#wait();
    }
  }

  get #ends(): boolean {
    return this.#signal.aborted || this.#closing.signal.aborted;
  }

  async #checkSame(): Promise<void> {
    const own = await this.#file.stat();
    if (own.size < this.#position) throw new Error('it was cut while it was followed');
    const named = await stat(this.#path).catch(() => undefined);
    if (named !== undefined && (named.ino !== own.ino || named.dev !== own.dev)) {
      throw new Error('another file has taken its name');
    }
  }

  async #wait(): Promise<void> {
    const signal = AbortSignal.any([this.#signal, this.#closing.signal]);
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#file.close();
  }
}
