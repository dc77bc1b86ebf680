import { open, type FileHandle } from 'node:fs/promises';

/** Files that are open at once. */
const OPEN_MAX = 64;

/** A file that is written from its start to its end, and may be closed in between. */
export interface PooledFile {
  readonly path: string;
  /** Where the next byte goes. What a failed write left behind it is written over. */
  offset: number;
}

/** Keeps the files open that were written last. */
export class FilePool {
  readonly #max: number;
  /** Least recently used first. */
  readonly #open = new Map<PooledFile, FileHandle>();

  constructor(max = OPEN_MAX) {
    this.#max = max;
  }

  get open(): number {
    return this.#open.size;
  }

  /** @throws errors of the system, with the path; the file is as before then, and the same may be written again */
  async write(file: PooledFile, bytes: Uint8Array): Promise<void> {
    await this.#use(file, async (handle) => {
      let at = 0;
      while (at < bytes.length) at += (await handle.write(bytes, at, bytes.length - at, file.offset + at)).bytesWritten;
    });
    file.offset += bytes.length;
  }

  /**
   * Cuts off what is behind the end, waits until all is on the disk, and closes the file.
   * @throws errors of the system, with the path
   */
  async finish(file: PooledFile): Promise<void> {
    await this.#use(file, async (handle) => {
      await handle.truncate(file.offset);
      await handle.sync();
    });
    await this.close(file);
  }

  /** What fails with an open file has no path in Node's error, unlike what fails to open one. */
  async #use(file: PooledFile, action: (handle: FileHandle) => Promise<void>): Promise<void> {
    const handle = await this.#handleOf(file);
    try {
      await action(handle);
    } catch (error) {
      throw error instanceof Error ? Object.assign(error, { path: file.path }) : error;
    }
  }

  async close(file: PooledFile): Promise<void> {
    const handle = this.#open.get(file);
    this.#open.delete(file);
    await handle?.close();
  }

  async closeAll(): Promise<void> {
    for (const file of this.#open.keys()) await this.close(file);
  }

  async #handleOf(file: PooledFile): Promise<FileHandle> {
    let handle = this.#open.get(file);
    if (handle === undefined) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined && this.#open.size >= this.#max) await this.close(oldest);
      handle = await open(file.path, file.offset === 0 ? 'w' : 'r+', 0o666);
    }
    this.#open.delete(file);
    this.#open.set(file, handle);
    return handle;
  }
}
