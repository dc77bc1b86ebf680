import type { Writable } from 'node:stream';
import { SuiteError } from '../core/errors.ts';
import { watchReader } from './stalled-reader.ts';
import { systemReason } from './system-error.ts';

/** Nobody reads the output any more (`… | head`). The command ends, quietly. */
export class OutputClosedError extends SuiteError {
  override readonly code = 'OUTPUT_CLOSED';
}

/** Standard output that waits for its reader and notices when the reader has gone. */
export class Output {
  /** Aborts when nothing more can be written. */
  readonly closed: AbortSignal;
  readonly #stream: Writable;
  readonly #beforeTerminal: () => void;
  readonly #closing = new AbortController();
  #failure: SuiteError | undefined;
  #wake: (() => void)[] = [];

  /**
   * @param beforeTerminal is called before anything is written that people look at directly
   * @param stop when it aborts, a reader that takes nothing is waited for no longer than `STALLED_MS`
   */
  constructor(stream: Writable, beforeTerminal: () => void = () => undefined, stop?: AbortSignal) {
    this.#beforeTerminal = beforeTerminal;
    this.#stream = stream;
    this.closed = this.#closing.signal;
    stream.on('error', (error: NodeJS.ErrnoException) => this.#fail(error));
    stream.on('drain', () => this.#wakeAll());
    if (stop === undefined) return;
    const message = 'cannot write to standard output: whoever reads it takes nothing';
    watchReader(stream, stop, () => this.#end(new SuiteError(message)));
  }

  /** Whether people look at it directly. */
  get isTerminal(): boolean {
    return 'isTTY' in this.#stream && this.#stream.isTTY === true;
  }

  /** Whether the system has all that was written, so that its memory may be used again; never where it is passed on inside the process. */
  get isSpent(): boolean {
    return 'fd' in this.#stream && this.#stream.writableLength === 0;
  }

  /**
   * Hands over `data`, of which the caller must not reuse the memory.
   * @returns undefined when more may be written at once, else a promise for that moment
   * @throws {SuiteError} when the output is closed or failed
   */
  write(data: string | Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.isTerminal) this.#beforeTerminal();
    if (this.#stream.write(data)) return undefined;
    return this.#woken();
  }

  /** Resolves when everything has left the process, or cannot any more, with what keeps it from that. */
  async flush(): Promise<SuiteError | undefined> {
    if (this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.closed.addEventListener('abort', () => resolve());
        this.#stream.write('', () => resolve());
      });
    }
    return this.#failure;
  }

  async #woken(): Promise<void> {
    await new Promise<void>((resolve) => this.#wake.push(resolve));
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(error: NodeJS.ErrnoException): void {
    const closed = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'ECONNRESET';
    this.#end(
      closed
        ? new OutputClosedError('standard output is closed')
        : new SuiteError(`cannot write to standard output: ${systemReason(error) ?? error.message}`),
    );
  }

  #end(failure: SuiteError): void {
    this.#failure ??= failure;
    this.#closing.abort();
    this.#wakeAll();
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
