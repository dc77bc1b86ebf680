import { constants, createGunzip } from 'node:zlib';
import { ZstdStream } from '../codec/zstd.ts';
import type { ByteSource } from './byte-source.ts';
import type { Packing } from './packing.ts';

/**
 * Packed bytes that are unpacked at once. What a piece with damage holds before the damage may be lost, so pieces begin small
 * and grow to a sixteenth of what came before.
 */
const PIECE_BYTES_MIN = 1 << 9;
const PIECE_BYTES_MAX = 1 << 14;
const UNPACKED_BYTES = 1 << 17;

/** Unpacks one stream. What it yields is overwritten by the next step. */
interface Unpacker {
  /** The checksum at the end comes in a piece of its own, so that a wrong one takes no content with it. */
  readonly trailerBytes: number;
  /** @throws {Error} when the stream is damaged */
  push(piece: Uint8Array): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** @throws {Error} when the stream should go on */
  end(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  close(): void;
}

/** The content of what is packed with gzip (RFC 1952) or zstd (RFC 8878). */
export function unpacked(source: ByteSource, packing: Packing): ByteSource {
  return new UnpackedSource(source, packing === 'gzip' ? new Gunzip() : new Unzstd());
}

/** Everything before damage is given; then `read` throws. */
class UnpackedSource implements ByteSource {
  readonly #source: ByteSource;
  readonly #unpacker: Unpacker;
  readonly #content: AsyncGenerator<Uint8Array, void>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource, unpacker: Unpacker) {
    this.#source = source;
    this.#unpacker = unpacker;
    this.#content = content(source, unpacker);
  }

  async read(into: Uint8Array): Promise<number> {
    while (this.#rest.length === 0) {
      const next = await this.#content.next();
      if (next.done === true) return 0;
      this.#rest = next.value;
    }
    const count = Math.min(into.length, this.#rest.length);
    into.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  close(): Promise<void> {
    this.#unpacker.close();
    return this.#source.close();
  }
}

async function* content(source: ByteSource, unpacker: Unpacker): AsyncGenerator<Uint8Array, void> {
  const packed = new Uint8Array(PIECE_BYTES_MAX);
  let taken = 0;
  let held = 0;
  for (;;) {
    const room = Math.min(Math.max(taken >>> 4, PIECE_BYTES_MIN), PIECE_BYTES_MAX);
    const count = await source.read(packed.subarray(held, room));
    if (count === 0) break;
    taken = Math.min(taken + count, PIECE_BYTES_MAX * 16);
    const end = held + count;
    held = Math.min(end, unpacker.trailerBytes);
    if (end > held) yield* unpacker.push(packed.subarray(0, end - held));
    packed.copyWithin(0, end - held, end);
  }
  if (held > 0) yield* unpacker.push(packed.subarray(0, held));
  yield* unpacker.end();
}

class Unzstd implements Unpacker {
  readonly trailerBytes = 4;
  readonly #stream = new ZstdStream(UNPACKED_BYTES);

  *push(piece: Uint8Array): Generator<Uint8Array> {
    try {
      yield* this.#stream.push(piece);
    } catch (error) {
      throw new Error(`the zstd data is damaged (${(error as Error).message})`, { cause: error });
    }
  }

  end(): Uint8Array[] {
    if (!this.#stream.isComplete) throw new Error('the zstd data is cut');
    return [];
  }

  close(): void {
    // The collector frees what zstd holds.
  }
}

/** Node's stream, a piece at a time. It unpacks in a thread of the pool, several members one after the other. */
class Gunzip implements Unpacker {
  readonly trailerBytes = 8;
  readonly #stream = createGunzip({ chunkSize: UNPACKED_BYTES });
  #content: Uint8Array[] = [];
  #error: NodeJS.ErrnoException | undefined;
  /** It has ended, or was destroyed: it will not call back. */
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor() {
    const over = (): void => {
      this.#isOver = true;
      this.#wake();
    };
    this.#stream.on('data', (bytes: Uint8Array) => this.#content.push(bytes));
    this.#stream.on('error', (error) => (this.#error = error));
    this.#stream.on('end', over);
    this.#stream.on('close', over);
  }

  push(piece: Uint8Array): AsyncGenerator<Uint8Array> {
    return this.#given((done) => this.#stream.write(piece, (error) => error ?? done()));
  }

  end(): AsyncGenerator<Uint8Array> {
    return this.#given(() => this.#stream.end());
  }

  /** What comes out until the step is done, or the stream is over. Zeros may follow the last member; they are no content. */
  async *#given(step: (done: () => void) => void): AsyncGenerator<Uint8Array> {
    if (!this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        step(resolve);
      });
    }
    const given = this.#content;
    this.#content = [];
    yield* given;
    if (this.#error === undefined) return;
    if (this.#error.errno === constants.Z_BUF_ERROR) throw new Error('the gzip data is cut');
    throw new Error(`the gzip data is damaged (${this.#error.message})`, { cause: this.#error });
  }

  close(): void {
    this.#stream.destroy();
  }
}
