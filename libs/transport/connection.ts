import { connect, type Socket } from 'node:net';
import { FrameSplitter } from '../codec/split.ts';
import { InputError } from '../core/errors.ts';
import { printable } from '../core/sanitize.ts';
import type { Position } from '../record/ledger.ts';
import type { ForeignServer, Talk } from './foreign-server.ts';
import { GREETING_BYTES, readGreeting, STREAM_VERSION, type GreetingVerdict } from './greeting.ts';
import { answerOf, encodeAcknowledgement, encodeHello, type Answer, type Refusal } from './handshake.ts';
import { readMessage } from './message.ts';
import { connectTls, tlsFailure, type TlsMaterial } from './tls.ts';

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
  /** Under which the server keeps records while this reader is away; left out, it begins with now. */
  readonly name?: string;
  /** What the reader has already. */
  readonly have?: readonly Position[];
  /** The secret that reader and server share. */
  readonly token?: string;
  /** Certificates, asked for anew at each connection; with them TLS is spoken. */
  readonly tls?: (() => Promise<TlsMaterial>) | undefined;
  /** How a real Argus server is read; without it that is an error. */
  readonly foreign?: ForeignServer;
  /** Ends the stream quietly. */
  readonly signal?: AbortSignal;
  /** Milliseconds within which the connection must stand and the server must have answered. Default 10,000. */
  readonly answerMs?: number;
  /** Milliseconds without a byte, heartbeats included, after which the server is taken for dead. Default 30,000. */
  readonly silenceMs?: number;
}

const ANSWER_MS = 10_000;
const SILENCE_MS = 30_000;
/** Of a name with several addresses, each but the last has so long to answer, milliseconds; far ones need more than Node's 250. */
const ATTEMPT_MS = 2000;
/** Acknowledgements wait this long for others, milliseconds. */
const ACKNOWLEDGE_MS = 50;
const KEEP_ALIVE_MS = 30_000;

/** The server sends us away, and says why. */
export class RefusedError extends InputError {
  override readonly code = 'REFUSED';
  readonly refusal: Refusal;

  constructor(message: string, refusal: Refusal) {
    super(message);
    this.refusal = refusal;
  }
}

/** A connection to a server that has let us in. */
export class Connection implements Disposable {
  /** As people write it. */
  readonly where: string;
  readonly #socket: Socket;
  readonly #input: SocketInput;
  readonly #splitter = new FrameSplitter();
  readonly #signal: AbortSignal | undefined;
  readonly #silenceMs: number;
  /** Only then is the server told what is safe. */
  readonly #isNamed: boolean;
  readonly #abort = (): void => void this.#socket.destroy();
  /** Frames that came, that were given out and that are in safe keeping; each with all before it. */
  #came = 0;
  #given = 0;
  #kept = 0;
  #told = 0;
  #timer: NodeJS.Timeout | undefined;
  #foreignGreeting: Uint8Array | undefined;

  private constructor(socket: Socket, { host, port, signal, name = '', silenceMs = SILENCE_MS }: ConnectOptions) {
    this.#isNamed = name !== '';
    this.where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    this.#socket = socket;
    socket.on('error', () => undefined); // whoever reads hears of it; nobody may be reading
    this.#input = new SocketInput(socket);
    this.#signal = signal;
    this.#silenceMs = silenceMs;
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** @throws InputError when the server cannot be reached, refuses, or is none of ours */
  static async open(options: ConnectOptions): Promise<Connection> {
    const { host, port, tls, answerMs = ANSWER_MS } = options;
    const material = await tls?.();
    const socket =
      material === undefined
        ? connect({ host, port, noDelay: true, allowHalfOpen: true, autoSelectFamilyAttemptTimeout: ATTEMPT_MS })
        : connectTls(host, port, material, ATTEMPT_MS);
    const connection = new Connection(socket, options);
    const late = (): InputError =>
      new InputError(`${connection.where} does not answer within ${answerMs} ms`, { hint: ANSWER_HINT });
    const cancel = afterReading(answerMs, () => socket.destroy(late()));
    try {
      connection.#foreignGreeting = await shakeHands(connection.#socket, connection.#input, options, connection.where);
      return connection;
    } catch (error) {
      connection[Symbol.dispose]();
      throw explain(connection.where, error);
    } finally {
      cancel();
    }
  }

  /** The server is of another suite: it sends no frames but `chunks`. */
  get isForeign(): boolean {
    return this.#foreignGreeting !== undefined;
  }

  /**
   * What a foreign server sends, its greeting first. Such a server may have nothing to say for long; that its host is there
   * the kernel asks.
   * @throws InputError when the connection breaks
   */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let chunk = this.#foreignGreeting; chunk !== undefined; chunk = await this.#input.next()) yield chunk;
    } catch (error) {
      throw explain(this.where, error);
    }
  }

  /**
   * The frames as they come, each in memory of its own. Only what was taken is read on, so a slow taker is a slow reader to
   * the server. Ends when the connection does.
   * @throws InputError when it breaks, or what comes is no frame
   */
  async *frames(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const chunk = await this.#next();
        if (chunk === undefined) break;
        for (const frame of this.#splitter.push(chunk)) {
          this.#came += 1;
          yield frame.slice();
        }
        if (this.#splitter.damage !== undefined) break;
      }
      const damage = this.#splitter.end();
      if (damage !== undefined) throw lost(this.where, damage.reason);
    } catch (error) {
      throw explain(this.where, error);
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    const silence = (): InputError => lost(this.where, `the server was silent for ${this.#silenceMs} ms`);
    const cancel = afterReading(this.#silenceMs, () => this.#socket.destroy(silence()));
    try {
      return await this.#input.next();
    } finally {
      cancel();
    }
  }

  /** The frame that came last is given to somebody who says when he has it safe. @returns its number */
  give(): number {
    return (this.#given = this.#came);
  }

  /** Frame `number` and all before it are safe. */
  acknowledge(number: number): void {
    this.#kept = Math.max(this.#kept, number);
    if (this.#isNamed) this.#timer ??= setTimeout(() => this.#tell(), ACKNOWLEDGE_MS);
  }

  /** The frame that came last was for nobody. */
  pass(): void {
    if (this.#kept >= this.#given) this.acknowledge(this.#kept);
  }

  /** Waits until all that was given is safe, and tells the server; no longer than `ms`. */
  async settle(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (this.#isNamed && this.#kept < this.#given && performance.now() < until && this.#signal?.aborted !== true)
      await new Promise((resolve) => setTimeout(resolve, ACKNOWLEDGE_MS));
    this.#tell();
  }

  [Symbol.dispose](): void {
    this.#tell();
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#socket.destroySoon();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const frames = this.#kept >= this.#given ? this.#came : this.#kept;
    if (!this.#isNamed || frames === this.#told || this.#socket.destroyed) return;
    this.#told = frames;
    this.#socket.write(encodeAcknowledgement(frames));
  }
}

/**
 * Calls `act` after a time. Where the process itself stood still meanwhile, what came is read before, and may cancel it.
 * @returns cancels it
 */
function afterReading(ms: number, act: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => (immediate = setImmediate(act)), ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}

/** @returns the greeting of a foreign server that was asked for records, undefined for one of ours */
async function shakeHands(
  socket: Socket,
  input: SocketInput,
  options: ConnectOptions,
  where: string,
): Promise<Uint8Array | undefined> {
  const { foreign, filter = '' } = options;
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const greeting = await input.read((bytes) => {
    const verdict = readGreeting(bytes);
    if (verdict.kind === 'incomplete') return undefined;
    return { value: { verdict, bytes: bytes.slice(0, GREETING_BYTES) }, end: GREETING_BYTES };
  });
  const isForeign = greeting?.verdict.kind === 'argus' && foreign !== undefined;
  if (isForeign) await foreign.ask(talkOf(socket, input, where), greeting.bytes, filter);
  else {
    requirePanoptes(greeting?.verdict, where);
    await sayHello(socket, input, options, where);
  }
  return isForeign ? greeting.bytes : undefined;
}

function talkOf(socket: Socket, input: SocketInput, where: string): Talk {
  return {
    where,
    send: (text) => void socket.write(text, 'latin1'),
    receive: (count) =>
      input.read((bytes) => (bytes.length < count ? undefined : { value: bytes.slice(0, count), end: count })),
  };
}

async function sayHello(socket: Socket, input: SocketInput, options: ConnectOptions, where: string): Promise<void> {
  const { program, filter = '', fields, name = '', have = [], token = '' } = options;
  socket.write(encodeHello({ version: STREAM_VERSION.major, program, filter, fields, name, have, token }));
  const answer = await input.read((bytes) => {
    const verdict = readMessage(bytes);
    if (verdict.kind === 'incomplete') return undefined;
    return verdict.kind === 'bad'
      ? { value: verdict, end: bytes.length }
      : { value: answerOf(verdict.content), end: verdict.end };
  });
  requireWelcome(answer, where);
}

function requirePanoptes(greeting: GreetingVerdict | undefined, where: string): void {
  if (greeting === undefined)
    throw lost(
      where,
      'the server closed before its greeting',
      'If it speaks TLS, write argus-tls://HOST; an old argus closes like this on addresses that hosts.deny names.',
    );
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
      throw new InputError(`${where} is a real Argus ${greeting.version} server, which this program does not read`);
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
  if (!answer.ok) throw new RefusedError(`${where} refuses: ${printable(answer.reason)}`, answer.refusal);
}

const ANSWER_HINT = 'Is this the address and port of a probe that serves records (argus -P PORT)?';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'it does not answer',
  EACCES: 'this machine does not let us go there',
  EPERM: 'this machine does not let us go there',
  EADDRNOTAVAIL: 'this machine has no address from which to go there',
};

/** What a socket's failure means; anything else comes back as it is. */
function explain(where: string, error: unknown): unknown {
  if (error instanceof AggregateError) return explain(where, mostTelling(error.errors)); // of a name with several addresses
  if (!(error instanceof Error) || error instanceof InputError || !('code' in error)) return error;
  const code = String(error.code);
  const tls = tlsFailure(error);
  if (tls !== undefined)
    return new InputError(`cannot read ${where} by TLS: ${tls.reason}`, { hint: tls.hint, cause: error });
  const reason = REASONS[code];
  if (reason !== undefined)
    return new InputError(`cannot reach ${where}: ${reason}`, { hint: ANSWER_HINT, cause: error });
  if (LOSSES.has(code)) return lost(where, 'the server broke it off', '', error);
  return 'syscall' in error ? new InputError(`${where}: ${error.message}`, { cause: error }) : error;
}

/** That of an address which did not answer, rather than of one that cannot be reached from here at all. */
function mostTelling(errors: readonly unknown[]): unknown {
  const ofCode = (code: string): unknown => errors.find((error) => error instanceof Error && 'code' in error && error.code === code); // prettier-ignore
  return ofCode('ECONNREFUSED') ?? ofCode('ETIMEDOUT') ?? errors[0];
}

const LOSSES: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

export function lost(where: string, reason: string, hint = '', cause?: unknown): InputError {
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

  /** What came next; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#held.length === 0) return (await this.#chunks.next()).value;
    const held = this.#held;
    this.#held = new Uint8Array(0);
    return held;
  }
}
