import { connect, type Socket } from 'node:net';
import { BatchReader } from '../codec/read.ts';
import { InputError } from '../core/errors.ts';
import { printable } from '../core/sanitize.ts';
import { compileFilter } from '../filter/compile.ts';
import type { Batch } from '../record/batch.ts';
import { isFarewell } from './farewell.ts';
import { GREETING_BYTES, readGreeting, STREAM_VERSION, type GreetingVerdict } from './greeting.ts';
import { answerOf, encodeHello, type Answer } from './handshake.ts';
import { readMessage } from './message.ts';

export interface ConnectOptions {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Program and version, for the server's messages. */
  readonly program: string;
  /** In the language of `libs/filter`; the server applies it to flow records. */
  readonly filter?: string;
  /** Numbers of the stored fields wanted; all when left out. */
  readonly fields?: readonly number[];
  /** Ends the stream quietly. */
  readonly signal?: AbortSignal;
  /** Milliseconds within which the connection must stand and the server must have answered. Default 10,000. */
  readonly answerMs?: number;
}

const ANSWER_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;

/**
 * The records of a server as they come, from now on, beginning with its start record. Ends when the server says farewell or
 * the signal is given. Only what was taken is read on, so a slow taker is a slow reader to the server.
 *
 * The returned iterable throws InputError when the server cannot be reached, refuses, is none of ours, or goes without a
 * farewell.
 * @throws FilterError at once when the filter is not understood
 */
export function connectRecords(options: ConnectOptions): AsyncIterable<Batch> {
  compileFilter(options.filter ?? '');
  return receive(options);
}

async function* receive(options: ConnectOptions): AsyncGenerator<Batch> {
  const { signal } = options;
  if (isAborted(signal)) return;
  const where = options.host.includes(':') ? `[${options.host}]:${options.port}` : `${options.host}:${options.port}`;
  const socket = connect({ host: options.host, port: options.port, noDelay: true });
  const abort = (): void => void socket.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const input = new SocketInput(socket);
    await shakeHands(socket, input, options, where);
    const reader = new BatchReader(input.rest(), { where });
    for await (const batch of reader) {
      if (isFarewell(batch)) return;
      yield batch;
    }
    throw lost(where, reader.damage?.reason ?? 'the server went without a farewell');
  } catch (error) {
    if (isAborted(signal)) return;
    throw explain(where, error);
  } finally {
    signal?.removeEventListener('abort', abort);
    socket.destroy();
  }
}

async function shakeHands(socket: Socket, input: SocketInput, options: ConnectOptions, where: string): Promise<void> {
  const { answerMs = ANSWER_MS, program, filter = '', fields } = options;
  socket.setTimeout(answerMs, () =>
    socket.destroy(new InputError(`${where} does not answer within ${answerMs} ms`, { hint: ANSWER_HINT })),
  );
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const greeting = await input.read((bytes) => {
    const verdict = readGreeting(bytes);
    return verdict.kind === 'incomplete' ? undefined : { value: verdict, end: GREETING_BYTES };
  });
  requirePanoptes(greeting, where);
  socket.write(encodeHello({ version: STREAM_VERSION.major, program, filter, fields }));
  const answer = await input.read((bytes) => {
    const verdict = readMessage(bytes);
    if (verdict.kind === 'incomplete') return undefined;
    return verdict.kind === 'bad'
      ? { value: verdict, end: bytes.length }
      : { value: answerOf(verdict.content), end: verdict.end };
  });
  requireWelcome(answer, where);
  socket.setTimeout(0);
}

function requirePanoptes(greeting: GreetingVerdict | undefined, where: string): void {
  if (greeting === undefined) throw lost(where, 'the server closed before its greeting', ANSWER_HINT);
  switch (greeting.kind) {
    case 'panoptes':
      if (greeting.major === STREAM_VERSION.major) return;
      throw new InputError(
        `${where} speaks version ${greeting.major} of the stream, this program ${STREAM_VERSION.major}`,
        {
          hint: 'Use the same version of Panoptes at both ends.',
        },
      );
    case 'argus':
      throw new InputError(`${where} is a real Argus ${greeting.version} server, which this version cannot read yet`);
    case 'refused':
      throw new InputError(`${where} is a real Argus server and refuses: ${greeting.reason}`);
    case 'foreign':
    case 'incomplete':
      throw new InputError(`${where} is not a server of flow records`, { hint: ANSWER_HINT });
  }
}

function requireWelcome(answer: Answer | { readonly problem: string } | undefined, where: string): void {
  if (answer === undefined) throw lost(where, 'the server closed without an answer');
  if ('problem' in answer) throw new InputError(`${where} answers with ${answer.problem}`);
  if (!answer.ok) throw new InputError(`${where} refuses: ${printable(answer.reason)}`);
}

const ANSWER_HINT = 'Is this the address and port of a probe that serves records (argus -P PORT)?';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'it does not answer',
};

/** What a socket's failure means; anything else comes back as it is. */
function explain(where: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof InputError || !('code' in error)) return error;
  const code = String(error.code);
  const reason = REASONS[code];
  if (reason !== undefined)
    return new InputError(`cannot reach ${where}: ${reason}`, { hint: ANSWER_HINT, cause: error });
  if (LOSSES.has(code)) return lost(where, 'the server broke it off', '', error);
  return 'syscall' in error ? new InputError(`${where}: ${error.message}`, { cause: error }) : error;
}

const LOSSES: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function lost(where: string, reason: string, hint = '', cause?: unknown): InputError {
  return new InputError(`connection to ${where} lost: ${reason}`, { hint, cause });
}

/** What a socket receives: first piece by piece as wanted, then as it comes. */
class SocketInput {
  readonly #chunks: AsyncIterator<Uint8Array, undefined>;
  #held: Uint8Array = new Uint8Array(0);

  constructor(socket: Socket) {
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  }

  /**
   * Asks `parse` about all that has come until it finds a value, of which `end` is the offset behind it.
   * @returns undefined when the other side closes before
   */
  async read<T>(parse: (bytes: Uint8Array) => { value: T; end: number } | undefined): Promise<T | undefined> {
    for (;;) {
      const found = parse(this.#held);
      if (found !== undefined) {
        this.#held = this.#held.subarray(Math.min(found.end, this.#held.length));
        return found.value;
      }
      const next = await this.#chunks.next();
      if (next.done === true) return undefined;
      this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
    }
  }

  async *rest(): AsyncGenerator<Uint8Array> {
    if (this.#held.length > 0) yield this.#held;
    for (;;) {
      const next = await this.#chunks.next();
      if (next.done === true) return;
      yield next.value;
    }
  }
}
