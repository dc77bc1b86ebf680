import { decodeFrame } from '../codec/decode.ts';
import { encodeBatch } from '../codec/encode.ts';
import { HEADER_BYTES, readHeader } from '../codec/format.ts';
import type { Batch } from '../record/batch.ts';
import { mergeBatches } from '../record/reblock.ts';
import type { Block } from './sorted-rows.ts';
import { NamelessFile } from './nameless-file.ts';

interface StoredBlock {
  readonly offset: number;
  /** Lengths of the frames, one for each batch; owners follow them. */
  readonly frames: readonly number[];
  readonly rows: number;
}

/** A file of sorted records. */
export class RunFile implements AsyncDisposable {
  readonly #file: NamelessFile;
  readonly #blocks: StoredBlock[] = [];

  /** @throws {SuiteError} when there can be no file in the folder for temporary ones */
  static async create(): Promise<RunFile> {
    return new RunFile(await NamelessFile.create());
  }

  private constructor(file: NamelessFile) {
    this.#file = file;
  }

  /** @throws {SuiteError} when the disk is full */
  async append({ batches, owners, rows }: Block): Promise<void> {
    const frames = batches.map((batch) => encodeBatch(batch));
    const tail = owners === undefined ? [] : [Buffer.from(owners.buffer, owners.byteOffset, owners.byteLength)];
    const offset = await this.#file.append(Buffer.concat([...frames, ...tail]));
    this.#blocks.push({ offset, frames: frames.map(({ length }) => length), rows });
  }

  async *blocks(): AsyncGenerator<Block> {
    for (const { offset, frames, rows } of this.#blocks) {
      const framesBytes = frames.reduce((sum, bytes) => sum + bytes, 0);
      const bytes = await this.#file.read(offset, framesBytes + (frames.length > 1 ? 2 * rows : 0));
      let at = 0;
      const batches = frames.map((length) => wholeBatch(bytes.subarray(at, (at += length))));
      const owners = frames.length > 1 ? new Uint16Array(bytes.buffer.slice(framesBytes)) : undefined;
      yield { batches, owners, rows };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
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
