import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { openPipe } from '../core/open-pipe.ts';
import type { ByteSource, RawSource } from './byte-source.ts';
import { NoCaptureError } from './capture-failure.ts';
import { PACKED_MAGIC_BYTES, packingOf } from './packing.ts';
import { StreamSource } from './stream-source.ts';

/**
 * Opens a file or pipe, or `stdin` for the path `-`. What is packed with gzip or zstd, by its first bytes, is unpacked.
 * @param signal ends a stream when it aborts, as if there were no more; a file, which keeps nobody waiting, goes on
 * @param follows whether more is waited for at the end of a plain file, until the signal aborts
 * @throws {NoCaptureError} when it cannot be opened or read
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
    if (follows) throw new NoCaptureError(path, 'what is compressed cannot be followed');
    const { unpacked } = await import('./decompress.ts');
    return unpacked(source, packing);
  } catch (error) {
    await source?.close();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof NoCaptureError) throw error;
    throw new NoCaptureError(path, REASONS[code] ?? message, error);
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
  if (kind.isFIFO()) return new StreamSource(await openPipe(path), signal);
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
