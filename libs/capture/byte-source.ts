import { open as openDescriptor } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { InputError } from '../core/errors.ts';
import { PACKED_MAGIC_BYTES, packingOf } from './packing.ts';

/** Bytes in their order, from a file, a pipe or a decompressor. One call of `read` at a time. */
export interface ByteSource {
  /**
   * Reads at least one byte into `into`, at most its length.
   * @returns how many; 0 at the end
   * @throws {Error} when there is no more because of damage; what lies before it has been given
   */
  read(into: Uint8Array): Promise<number>;
  /** Also ends a `read` that waits. */
  close(): Promise<void>;
}

/** A source whose first bytes can be looked at. */
export interface RawSource extends ByteSource {
  /** The first `count` bytes, or all if there are fewer, without taking them. */
  peek(count: number): Promise<Uint8Array>;
}

/**
 * Opens a file or pipe, or `stdin` for the path `-`. What is packed with gzip or zstd, by its first bytes, is unpacked.
 * @param signal ends a stream when it aborts, as if there were no more; a file, which keeps nobody waiting, goes on
 * @param follows whether more is waited for at the end of a plain file, until the signal aborts
 * @throws {InputError} when it cannot be opened or read
 */
export async function openBytes(
  path: string,
  stdin: Readable,
  signal: AbortSignal,
  follows = false,
): Promise<ByteSource> {
  let source: RawSource | undefined;
  try {
    source = path === '-' ? new StreamSource(stdin, signal) : await openPath(path, signal, follows);
    const packing = packingOf(await source.peek(PACKED_MAGIC_BYTES));
    if (packing === undefined) return source;
    if (follows) throw new InputError(`${path}: what is compressed cannot be followed`);
    const { unpacked } = await import('./decompress.ts');
    return unpacked(source, packing);
  } catch (error) {
    await source?.close();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new InputError(`${path}: ${REASONS[code] ?? message}`, { cause: error });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  EMFILE: 'too many open files',
};

async function openPath(path: string, signal: AbortSignal, follows: boolean): Promise<RawSource> {
  const kind = await stat(path);
  if (kind.isFIFO()) {
    // A read in the thread pool would keep the process from ending until something is written to the pipe.
    const { Socket } = await import('node:net');
    const fd = await promisify(openDescriptor)(path, 'r');
    return new StreamSource(new Socket({ fd, readable: true, writable: false }), signal);
  }
  const file = await open(path, 'r');
  if (kind.isFile() && follows) {
    const { FollowedFile } = await import('./followed-file.ts');
    return new FollowedFile(file, path, signal);
  }
  return kind.isFile() || kind.isDirectory() ? new FileSource(file) : new StreamSource(file.createReadStream(), signal);
}

/** A plain file, read from its beginning. */
class FileSource implements RawSource {
  readonly #file: FileHandle;
  #position = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async peek(count: number): Promise<Uint8Array> {
    const first = new Uint8Array(count);
    const { bytesRead } = await this.#file.read(first, 0, count, 0);
    return first.subarray(0, bytesRead);
  }

  async read(into: Uint8Array): Promise<number> {
    const { bytesRead } = await this.#file.read(into, 0, into.length, this.#position);
    this.#position += bytesRead;
    return bytesRead;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

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
