import { open, type FileHandle } from 'node:fs/promises';
import { Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DecompressStream } from 'zstd-napi';
import { InputError } from '../core/errors.ts';

/** Bytes in their order, from a file, a pipe or a decompressor. One call at a time. */
export interface ByteSource {
  /**
   * Reads at least one byte into `into`, at most its length.
   * @returns how many; 0 at the end
   */
  read(into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

const MAGIC_BYTES = 4;

/**
 * Opens a file, or `stdin` for the path `-`. What is compressed with gzip or zstd, by its first bytes, is decompressed.
 * @throws {InputError} when the file cannot be opened or read
 */
export async function openBytes(path: string, stdin: Readable): Promise<ByteSource> {
  if (path === '-') return decompressed(new StreamSource(stdin));
  try {
    const file = await open(path, 'r');
    if (!(await file.stat()).isFile()) return await decompressed(new StreamSource(file.createReadStream()));
    const first = Buffer.alloc(MAGIC_BYTES);
    await file.read(first, 0, MAGIC_BYTES, 0);
    const transform = decompressorFor(first);
    if (transform === undefined) return new FileSource(file);
    return new StreamSource(file.createReadStream({ start: 0, highWaterMark: 1 << 20 }).pipe(transform));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new InputError(`${path}: ${REASONS[code] ?? message}`, { cause: error });
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
};

function decompressorFor(first: Uint8Array): Transform | undefined {
  if (first[0] === 0x1f && first[1] === 0x8b) return createGunzip({ chunkSize: 1 << 18 });
  if (first[0] === 0x28 && first[1] === 0xb5 && first[2] === 0x2f && first[3] === 0xfd) return new DecompressStream();
  return undefined;
}

async function decompressed(source: StreamSource): Promise<ByteSource> {
  const first = await source.peek(MAGIC_BYTES);
  const transform = decompressorFor(first);
  if (transform === undefined) return source;
  const input = Readable.from(source.chunks(), { objectMode: false });
  input.on('error', (error) => transform.destroy(error));
  return new StreamSource(input.pipe(transform));
}

/** A plain file, read from its beginning. */
class FileSource implements ByteSource {
  readonly #file: FileHandle;
  #position = 0;

  constructor(file: FileHandle) {
    this.#file = file;
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

/** A stream: standard input, or what a decompressor gives. */
class StreamSource implements ByteSource {
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  }

  async read(into: Uint8Array): Promise<number> {
    if (this.#rest.length === 0 && !(await this.#more())) return 0;
    const count = Math.min(into.length, this.#rest.length);
    into.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  /** The first `count` bytes, or all if there are fewer, without taking them. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#rest.length < count && (await this.#more()));
    return this.#rest.subarray(0, count);
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    while (this.#rest.length > 0 || (await this.#more())) {
      const chunk = this.#rest;
      this.#rest = new Uint8Array(0);
      yield chunk;
    }
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      if (next.value.length === 0) continue;
      this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
      return true;
    }
  }

  async close(): Promise<void> {
    this.#stream.destroy();
    await this.#chunks.return?.();
  }
}
