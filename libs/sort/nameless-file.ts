import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SuiteError } from '../core/errors.ts';

/** A temporary file without a name: it goes with the process that made it, however that ends. */
export class NamelessFile implements AsyncDisposable {
  readonly #file: FileHandle;
  #end = 0;

  /** @throws {SuiteError} when there can be none in the folder for temporary files */
  static async create(): Promise<NamelessFile> {
    try {
      const folder = await mkdtemp(join(tmpdir(), 'panoptes-sort-'));
      try {
        const path = join(folder, 'run');
        const file = await open(path, 'w+', 0o600);
        await rm(path);
        return new NamelessFile(file);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    } catch (error) {
      throw cannotKeep(error);
    }
  }

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * @returns where it begins
   * @throws {SuiteError} when the disk is full
   */
  async append(bytes: Uint8Array): Promise<number> {
    const start = this.#end;
    try {
      for (let at = 0; at < bytes.length;)
        at += (await this.#file.write(bytes, at, bytes.length - at, start + at)).bytesWritten;
    } catch (error) {
      throw cannotKeep(error);
    }
    this.#end += bytes.length;
    return start;
  }

  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const { bytesRead } = await this.#file.read(bytes, at, length - at, offset + at);
      if (bytesRead === 0) throw new Error('a run ends early');
      at += bytesRead;
    }
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

function cannotKeep(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  return new SuiteError(`cannot keep records in ${tmpdir()} while sorting: ${error.message}`, {
    cause: error,
    hint: 'Give more with --memory, or name a larger folder in TMPDIR.',
  });
}
