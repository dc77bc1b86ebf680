import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFrame } from '../codec/decode.ts';
import { encodeBatch } from '../codec/encode.ts';
import { HEADER_BYTES, readHeader } from '../codec/format.ts';
import { SuiteError } from '../core/errors.ts';
import type { Batch } from '../record/batch.ts';
import { mergeBatches } from '../record/reblock.ts';
import type { Block } from './sorted-rows.ts';

interface StoredBlock {
  readonly offset: number;
  /** Lengths of the frames, one for each batch; owners follow them. */
  readonly frames: readonly number[];
  readonly rows: number;
}

/** A file of sorted records without a name: it goes with the process that made it, however that ends. */
export class RunFile implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #blocks: StoredBlock[] = [];
  #end = 0;

  /** @throws {SuiteError} when there can be no file in the folder for temporary ones */
  static async create(): Promise<RunFile> {
    try {
      const folder = await mkdtemp(join(tmpdir(), 'panoptes-sort-'));
      try {
        const path = join(folder, 'run');
        const file = await open(path, 'w+', 0o600);
        await rm(path);
        return new RunFile(file);
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

  get bytes(): number {
    return this.#end;
  }

  /** @throws {SuiteError} when the disk is full */
  async append({ batches, owners, rows }: Block): Promise<void> {
    const frames = batches.map((batch) => encodeBatch(batch));
    const tail = owners === undefined ? [] : [Buffer.from(owners.buffer, owners.byteOffset, owners.byteLength)];
    const bytes = Buffer.concat([...frames, ...tail]);
    try {
      for (let at = 0; at < bytes.length;)
        at += (await this.#file.write(bytes, at, bytes.length - at, this.#end + at)).bytesWritten;
    } catch (error) {
      throw cannotKeep(error);
    }
    this.#blocks.push({ offset: this.#end, frames: frames.map(({ length }) => length), rows });
    this.#end += bytes.length;
  }

  async *blocks(): AsyncGenerator<Block> {
    for (const { offset, frames, rows } of this.#blocks) {
      const framesBytes = frames.reduce((sum, bytes) => sum + bytes, 0);
      const bytes = await this.#read(offset, framesBytes + (frames.length > 1 ? 2 * rows : 0));
      let at = 0;
      const batches = frames.map((length) => wholeBatch(bytes.subarray(at, (at += length))));
      const owners = frames.length > 1 ? new Uint16Array(bytes.buffer.slice(framesBytes)) : undefined;
      yield { batches, owners, rows };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const { bytesRead } = await this.#file.read(bytes, at, length - at, offset + at);
      if (bytesRead === 0) throw new Error('a run ends early');
      at += bytesRead;
    }
    return bytes;
  }
}

/** Very large batches are several frames. */
function wholeBatch(bytes: Uint8Array): Batch {
  const parts: Batch[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + HEADER_BYTES + readHeader(bytes, at).bodyBytes;
    const decoded = decodeFrame(bytes.subarray(at, end));
    if ('problem' in decoded) throw new Error(`a run is damaged: ${decoded.problem}`);
    parts.push(decoded.batch);
    at = end;
  }
  return parts.length === 1 ? parts[0]! : mergeBatches(parts);
}

function cannotKeep(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  return new SuiteError(`cannot keep records in ${tmpdir()} while sorting: ${error.message}`, {
    cause: error,
    hint: 'Give more with --memory, or name a larger folder in TMPDIR.',
  });
}
