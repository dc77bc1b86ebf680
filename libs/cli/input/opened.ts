import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { ByteRange } from '../../archive/byte-range.ts';
import type { Chunk } from '../../codec/read.ts';
import { openPipe } from '../../core/open-pipe.ts';
import type { Progress } from '../progress.ts';
import { chooseBytes, noRanges } from './choose-bytes.ts';
import { FileBytes } from './file-bytes.ts';
import { isPipe, isPlainFile } from './pipes.ts';
import { START_BYTES, type ReadSettings } from './record-formats.ts';
import { openContent, type Content } from './unpack.ts';

/** Bytes read from a file at a time. */
const CHUNK_BYTES = 1 << 20;

/** What was opened: bytes of any format, or the frames of a file of ours. */
export type Opened = (Content | { readonly start: Uint8Array; readonly frames: AsyncIterable<Chunk> }) &
  Pick<ReadSettings, 'skippedBytes' | 'fileBytes' | 'scan' | 'first'>;

/**
 * Opens what is no file of ours.
 * @param range of which only the records are wanted
 * @param opened is told of a stream, which must be destroyed at the end
 * @throws {InputError} where the range cannot be, and errors of the system
 */
export async function openForeign(
  path: string,
  range: ByteRange | undefined,
  signal: AbortSignal,
  opened: (stream: Readable) => void,
): Promise<Opened> {
  if (await isPlainFile(path)) {
    const file = await FileBytes.open(path, signal);
    const first = range === undefined ? undefined : await chooseBytes(file, range, path);
    const skippedBytes = (): number => range?.start ?? 0;
    return { ...(await openContent(file, START_BYTES)), skippedBytes, fileBytes: file.size, first };
  }
  if (range !== undefined) throw noRanges(path);
  const stream = (await isPipe(path)) ? await openPipe(path) : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  opened(stream);
  return openContent(stream, START_BYTES);
}

/** The same chunks; progress is told of them, and of what was passed over between them. */
export async function* countBytes<C extends Chunk>(
  chunks: AsyncIterable<C>,
  progress: Progress,
  skippedBytes = (): number => 0,
): AsyncGenerator<C> {
  let skipped = 0;
  for await (const chunk of chunks) {
    const bytes = chunk instanceof Uint8Array ? chunk.length : chunk.bytesRead;
    progress.addBytes(bytes + skippedBytes() - skipped);
    skipped = skippedBytes();
    yield chunk;
  }
}
