import { constants, openSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { IndexWriter } from '../../archive/index-writer.ts';
import { SuiteError } from '../../core/errors.ts';
import type { Output } from '../output.ts';
import { watchReader } from '../stalled-reader.ts';
import { systemReason } from '../system-error.ts';
import { WRITE_FORMATS, type WriteFormat } from './write-formats.ts';

/** Where whole frames go. */
export interface RecordTarget {
  write(frame: Uint8Array): Promise<void> | undefined;
  /** Writes what stands behind all frames, where nothing failed. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Told when the end of a file had to be repaired, and what had no place in it. */
export interface SinkListeners {
  readonly warn: (message: string) => void;
  readonly info: (message: string) => void;
  /**
   * Until it aborts, a pipe that nobody reads is waited for, when it is opened; without it that is a failure. From then on a reader
   * that takes nothing is not waited for for ever.
   */
  readonly signal?: AbortSignal;
}

/** Whoever is writing a file right now has gone on after this time. */
const STILL_WRITING_MS = 100;
/** How often it is looked whether somebody reads a pipe by now. */
const READER_LOOK_MS = 100;

class NobodyReadsError extends SuiteError {}

/** Standard output. */
export class StreamTarget implements RecordTarget {
  readonly #stdout: Output;

  constructor(stdout: Output) {
    this.#stdout = stdout;
  }

  write(frame: Uint8Array): Promise<void> | undefined {
    return this.#stdout.write(frame);
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A file, which ends with an index of its frames where it may. */
export class FileTarget implements RecordTarget {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #index: IndexWriter | undefined;

  /** @param index of a file that may end with one */
  constructor(file: FileHandle, path: string, index: IndexWriter | undefined) {
    this.#file = file;
    this.#path = path;
    this.#index = index;
  }

  async write(frame: Uint8Array): Promise<void> {
    this.#index?.add(frame);
    await this.#append(frame);
  }

  async finish(): Promise<void> {
    const frame = this.#index?.frame();
    if (frame !== undefined) await this.#append(frame);
  }

  async #append(frame: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < frame.length;) at += (await this.#file.write(frame, at)).bytesWritten;
    } catch (error) {
      throw cannotWrite(this.#path, error);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** A named pipe. To write to it in the thread pool would keep the process from ending while its reader takes nothing. */
class PipeTarget implements RecordTarget {
  readonly #socket: Socket;
  readonly #path: string;
  #failure: unknown;

  /** @param stop when it aborts, a reader that takes nothing is waited for no longer than `STALLED_MS` */
  constructor(socket: Socket, path: string, stop: AbortSignal | undefined) {
    this.#socket = socket;
    this.#path = path;
    socket.on('error', () => undefined); // the write that it comes of tells it
    const stalled = (): void => {
      this.#failure ??= new SuiteError(`cannot write ${path}: whoever reads it takes nothing`);
      socket.destroy();
    };
    if (stop !== undefined) watchReader(socket, stop, stalled);
  }

  async write(frame: Uint8Array): Promise<void> {
    if (this.#failure === undefined) {
      const error = await new Promise((resolve) => this.#socket.write(frame, resolve));
      if (error) this.#failure ??= cannotWrite(this.#path, error);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.#failure === undefined) await new Promise<void>((resolve) => this.#socket.end(() => resolve()));
    this.#socket.destroy();
  }
}

/**
 * Opens a file, or a pipe, for which a reader is waited for as the listeners say.
 * @throws {SuiteError} when it cannot be opened, or holds something else than such records
 */
export async function openWhenRead(path: string, format: WriteFormat, listeners: SinkListeners): Promise<RecordTarget> {
  const { info, signal } = listeners;
  for (let isTold = false; ; isTold = true) {
    try {
      return await openFile(path, format, listeners);
    } catch (error) {
      if (!(error instanceof NobodyReadsError) || signal === undefined || signal.aborted) throw error;
      if (!isTold) info(`nobody reads the pipe ${path}; somebody is waited for`);
      await delay(READER_LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/**
 * Opens a file to go on behind the last whole frame in it.
 * @throws {SuiteError} when it cannot be opened, or holds something else than such records; of a pipe that nobody reads too
 */
export async function openFile(
  path: string,
  format: WriteFormat,
  { warn, signal }: SinkListeners,
): Promise<RecordTarget> {
  let file: FileHandle | undefined;
  try {
    const existing = await stat(path).catch(() => undefined);
    if (existing?.isFIFO() === true) return new PipeTarget(await openPipe(path), path, signal);
    const isPlain = existing === undefined || existing.isFile();
    file = await open(path, isPlain ? 'a+' : 'a');
    if (isPlain) await mendTail(file, path, format, warn);
    const index = isPlain && format.frames ? new IndexWriter((await file.stat()).size) : undefined;
    return new FileTarget(file, path, index);
  } catch (error) {
    await file?.close();
    throw cannotWrite(path, error);
  }
}

/** To open a pipe that nobody reads would take until somebody does, whatever happens meanwhile. @throws {NobodyReadsError} */
async function openPipe(path: string): Promise<Socket> {
  const { Socket: PipeEnd } = await import('node:net');
  try {
    const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    return new PipeEnd({ fd, readable: false, writable: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENXIO')) throw error;
    throw new NobodyReadsError(`nobody reads the pipe ${path}`, { cause: error });
  }
}

/** Takes away a frame that a crash cut, since nothing behind it could be read. */
async function mendTail(
  file: FileHandle,
  path: string,
  format: WriteFormat,
  warn: SinkListeners['warn'],
): Promise<void> {
  const tail = format.tailOf(file.fd);
  if (tail.kind === 'whole') return;
  if (tail.kind === 'foreign') {
    const held = Object.values(WRITE_FORMATS).find((one) => one.tailOf(file.fd).kind !== 'foreign');
    const where = tail.offset === 0 ? `does not hold ${format.holds}` : `is damaged at byte ${tail.offset}`;
    throw new SuiteError(`${path} ${held === undefined ? where : `holds ${held.holds}`}; nothing was written to it`, {
      hint: held === undefined ? 'Name another file, or move it away.' : `Name another file, or go on in it with -w ${held.prefix}${path}.`, // prettier-ignore
    });
  }
  const { size } = await file.stat();
  await delay(STILL_WRITING_MS);
  if ((await file.stat()).size !== size) {
    throw new SuiteError(`${path} is being written by another program`, { hint: 'Name another file.' });
  }
  await file.truncate(tail.offset);
  warn(`${path} ended within a frame, of which ${size - tail.offset} bytes were removed at byte ${tail.offset}`);
}

/** Anything but a failed system call comes back as it is. */
function cannotWrite(path: string, error: unknown): unknown {
  const reason = systemReason(error);
  return reason === undefined ? error : new SuiteError(`cannot write ${path}: ${reason}`, { cause: error });
}
