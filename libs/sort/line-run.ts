import { lineBlock, type LineBlock } from './line-block.ts';
import { NamelessFile } from './nameless-file.ts';

interface StoredBlock {
  readonly offset: number;
  readonly rows: number;
  /** Words of each line. */
  readonly keys: number;
  readonly textBytes: number;
}

/** A file of sorted lines: of each block the ends, the keys one after the other, the text. */
export class LineRun implements AsyncDisposable {
  readonly #file: NamelessFile;
  readonly #blocks: StoredBlock[] = [];

  /** @throws {SuiteError} when there can be no file in the folder for temporary ones */
  static async create(): Promise<LineRun> {
    return new LineRun(await NamelessFile.create());
  }

  private constructor(file: NamelessFile) {
    this.#file = file;
  }

  /** @throws {SuiteError} when the disk is full */
  async append({ ends, keys, text }: LineBlock): Promise<void> {
    const words = [ends, ...keys].map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength));
    const offset = await this.#file.append(Buffer.concat([...words, text]));
    this.#blocks.push({ offset, rows: ends.length, keys: keys.length, textBytes: text.length });
  }

  async *blocks(): AsyncGenerator<LineBlock> {
    for (const { offset, rows, keys, textBytes } of this.#blocks) {
      const { buffer } = await this.#file.read(offset, 4 * rows * (1 + keys) + textBytes);
      const words = (at: number): Uint32Array => new Uint32Array(buffer, 4 * rows * at, rows);
      const text = new Uint8Array(buffer, 4 * rows * (1 + keys), textBytes);
      yield lineBlock(
        { text, ends: words(0) },
        Array.from({ length: keys }, (_, key) => words(1 + key)),
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}
