import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteSource, RawSource } from '../../capture/byte-source.ts';
import { StreamSource } from '../../capture/stream-source.ts';
import { packingOf } from '../../capture/packing.ts';
import { InputError, SuiteError } from '../../core/errors.ts';
import { FileBytes } from './file-bytes.ts';

/** Bytes that are read at a time. */
const CHUNK_BYTES = 1 << 20;
const STDERR_CHARACTERS_MAX = 1000;

/** What is unpacked by a program of the system: first bytes, and the program, which reads standard input when called with `-dc`. */
const PROGRAMS: readonly { readonly magic: readonly number[]; readonly program: string }[] = [
  { magic: [0x42, 0x5a, 0x68], program: 'bzip2' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], program: 'xz' },
  { magic: [0x1f, 0x9d], program: 'gzip' }, // compress
];
const MAGIC_BYTES = 6;

/** Something packed cannot be unpacked, or not to its end. */
export class DamagedContentError extends InputError {
  override readonly code = 'CONTENT';

  /** The same, said of an input. */
  of(name: string): InputError {
    return new InputError(`${name}: ${this.message}`, { hint: this.hint });
  }
}

/** The bytes of an input, unpacked, with a look at the first of them. */
export interface Content {
  /** The first `startBytes` bytes, or all if there are fewer. */
  readonly start: Uint8Array;
  /** All bytes, those of `start` included. Each piece is valid until the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** @param start first bytes of an input */
export function isPacked(start: Uint8Array): boolean {
  return packingOf(start) !== undefined || PROGRAMS.some((one) => one.magic.every((byte, i) => start[i] === byte));
}

/**
 * Unpacks a stream or file by what its first bytes say: gzip, zstd, bzip2, xz, compress, or as it is. `chunks` throws a
 * `DamagedContentError` when what is packed is damaged; what lies before the damage has been given.
 * @throws {Error} when it cannot be read
 */
export async function openContent(input: Readable | FileBytes, startBytes: number): Promise<Content> {
  const packed = input instanceof FileBytes ? input : new StreamSource(input);
  const magic = await packed.peek(MAGIC_BYTES);
  const packing = packingOf(magic);
  const program = PROGRAMS.find((one) => one.magic.every((byte, i) => magic[i] === byte))?.program;
  if (packing !== undefined) {
    const { unpacked } = await import('../../capture/decompress.ts');
    return unpackedContent(pieces(unpacked(packed, packing), false), startBytes);
  }
  if (program === undefined) return plainContent(packed, startBytes);
  return unpackedContent(unpackedBy(program, packed), startBytes);
}

async function plainContent(source: RawSource, startBytes: number): Promise<Content> {
  const start = Uint8Array.from(await source.peek(startBytes));
  return { start, chunks: source instanceof FileBytes ? source.pieces() : pieces(source, true) };
}

async function unpackedContent(chunks: AsyncGenerator<Uint8Array, void>, startBytes: number): Promise<Content> {
  const first: Uint8Array[] = [];
  for (let bytes = 0; bytes < startBytes;) {
    const next = await chunks.next();
    if (next.done === true) break;
    first.push(next.value);
    bytes += next.value.length;
  }
  return { start: Buffer.concat(first).subarray(0, startBytes), chunks: ahead(first, chunks) };
}

/** Gives `first` and then `rest`, of which the next piece is unpacked while the last one is looked at. */
async function* ahead(
  first: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  try {
    let next = rest.next();
    next.catch(() => undefined); // it is met below, behind what came before
    yield* first;
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = rest.next();
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await rest.return();
  }
}

/** @param areReused whether the same memory is given again and again */
async function* pieces(source: ByteSource, areReused: boolean): AsyncGenerator<Uint8Array, void, undefined> {
  const into = new Uint8Array(CHUNK_BYTES);
  try {
    for (;;) {
      const count = await source.read(into);
      if (count === 0) return;
      yield areReused ? into.subarray(0, count) : into.slice(0, count);
    }
  } catch (error) {
    // A failed system call has a code; damage that the decompressor found has none.
    if (error instanceof SuiteError || (error instanceof Error && 'code' in error)) throw error;
    throw new DamagedContentError(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    await source.close();
  }
}

async function* unpackedBy(program: string, packed: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  const { spawn } = await import('node:child_process');
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < STDERR_CHARACTERS_MAX) complaint += text;
  });
  const ended = once(child, 'close').catch((error: unknown) => [error]);
  // What ends the program early also ends its input; that it ended is what counts.
  const fed = pipeline(Readable.from(pieces(packed, false)), child.stdin).catch(() => undefined);
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    await fed;
    const [result] = (await ended) as [unknown];
    if (result instanceof Error) {
      throw new DamagedContentError(`it is packed with ${program}, which is not installed`, {
        hint: `Install ${program}, or unpack the file elsewhere.`,
      });
    }
    if (result !== 0) throw new DamagedContentError(complaint.trim().split('\n')[0] || `${program} failed`);
  } finally {
    child.kill();
  }
}
