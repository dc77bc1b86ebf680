import { promises as fs } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { ByteRange } from '../../archive/byte-range.ts';
import type { RawSource } from '../../capture/byte-source.ts';

/** Bytes read at a time: records of Argus are looked at together as far as they come together. */
const PIECE_BYTES = 1 << 22;

/** A plain file from its beginning, of which the next piece is read while the last one is looked at. */
export class FileBytes implements RawSource {
  readonly #file: FileHandle;
  readonly #signal: AbortSignal;
  readonly #pieceBytes: number;
  /** Bytes that it had when it was opened. */
  readonly size: number;
  #position = 0;
  /** Where the bytes end that are wanted. */
  #stop = Infinity;

  /** @param signal lets reading fail once it has aborted */
  static async open(path: string, signal: AbortSignal): Promise<FileBytes> {
    const file = await fs.open(path, 'r');
    const { size } = await file.stat();
    return new FileBytes(file, signal, size);
  }

  private constructor(file: FileHandle, signal: AbortSignal, size: number) {
    this.#file = file;
    this.#signal = signal;
    this.size = size;
    this.#pieceBytes = Math.min(Math.max(size, 1), PIECE_BYTES);
  }

  async peek(count: number): Promise<Uint8Array> {
    const first = new Uint8Array(count);
    let end = 0;
    while (end < count) {
      const { bytesRead } = await this.#file.read(first, end, count - end, end);
      if (bytesRead === 0) break;
      end += bytesRead;
    }
    return first.subarray(0, end);
  }

  /** For those who look at it without moving on. */
  get fd(): number {
    return this.#file.fd;
  }

  /** Lets these bytes be all that is read; to be called before anything is. */
  within({ start, stop }: ByteRange): void {
    this.#position = start;
    this.#stop = stop;
  }

  async read(into: Uint8Array): Promise<number> {
    this.#signal.throwIfAborted();
    const count = Math.min(into.length, this.#stop - this.#position);
    const { bytesRead } = await this.#file.read(into, 0, count, this.#position);
    this.#position += bytesRead;
    return bytesRead;
  }

  /** All of it. Each piece is valid until the next one is asked for. */
  async *pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    const buffers = [new Uint8Array(this.#pieceBytes), new Uint8Array(this.#pieceBytes)] as const;
    let reading = this.read(buffers[0]);
    try {
      for (let turn = 0; ; turn ^= 1) {
        const count = await reading;
        if (count === 0) return;
        reading = this.read(buffers[turn === 0 ? 1 : 0]);
        reading.catch(() => undefined); // it is met in the next turn
        yield buffers[turn === 0 ? 0 : 1].subarray(0, count);
      }
    } finally {
      await reading.catch(() => undefined);
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
