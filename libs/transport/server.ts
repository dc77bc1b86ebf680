import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { encodeBatch } from '../codec/encode.ts';
import { InputError, SuiteError } from '../core/errors.ts';
import type { Batch } from '../record/batch.ts';
import { awaitHello, sendAway } from './admission.ts';
import { encodeGreeting, STREAM_VERSION } from './greeting.ts';
import { farewellBatch } from './farewell.ts';
import { encodeAnswer, type Hello, type Refusal } from './handshake.ts';
import type { QueuedFrame } from './queue.ts';
import { Reader } from './reader.ts';
import { Wish } from './wish.ts';

export interface ServerOptions {
  /** Program and version, for messages. */
  readonly program: string;
  /** Source id for the greeting. */
  readonly source: string;
  /** Microseconds since the epoch when the program started. */
  readonly startUs: number;
  /** Most readers at once; more are refused with the reason. Default 128. */
  readonly readersMax?: number;
  /** Most bytes that wait for one reader; a single larger frame still goes through. Default 16 MiB. */
  readonly queueBytesMax?: number;
  /** Milliseconds within which a client must have said what it wants. Default 5,000. */
  readonly helloMs?: number;
  /** Every how many milliseconds the numbers of filtered-out records are accounted for. Default 1,000. */
  readonly flushMs?: number;
  /** Microseconds since the epoch; default the system's clock. */
  readonly nowUs?: () => number;
}

export interface ServerStats {
  /** Readers connected now. */
  readonly readers: number;
  /** Clients sent away since the start: too many, silent, not understood. */
  readonly refused: number;
  /** Records and bytes that wait for readers. */
  readonly queuedRecords: number;
  readonly queuedBytes: number;
  /** Records that readers missed since the start because they did not keep up, counted once for every such reader. */
  readonly dropped: number;
}

export interface ListenOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Addresses to listen on; all when left out. */
  readonly hosts?: readonly string[];
}

/** Connections beyond `readersMax` that may stand in the door at once. */
const DOOR_MAX = 64;
const READERS_MAX = 128;
const QUEUE_BYTES_MAX = 16 * 1024 * 1024;
const HELLO_MS = 5000;
const FLUSH_MS = 1000;
const CLOSE_MS = 2000;
const KEEP_ALIVE_MS = 30_000;

interface Audience {
  readonly wish: Wish;
  readonly readers: Set<Reader>;
}

/**
 * Serves records over TCP to any number of readers up to a limit. Readers begin with the start record and then get what is
 * pushed from then on. Each has a queue of its own: one that does not keep up delays nobody, loses what does not fit, and
 * is told exactly which record numbers that were. Management records reach every reader, whatever its filter.
 */
export class RecordServer {
  readonly #options: Required<ServerOptions>;
  readonly #listeners: Server[] = [];
  readonly #sockets = new Set<Socket>();
  /** Readers by what they asked for. */
  readonly #audiences = new Map<string, Audience>();
  #readers = 0;
  #refused = 0;
  /** Records dropped by readers that have gone. */
  #droppedBefore = 0;
  /** The start record of each origin. */
  readonly #starts = new Map<string, QueuedFrame>();
  #flushTimer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: ServerOptions) {
    this.#options = {
      readersMax: READERS_MAX,
      queueBytesMax: QUEUE_BYTES_MAX,
      helloMs: HELLO_MS,
      flushMs: FLUSH_MS,
      nowUs: () => Date.now() * 1000,
      ...options,
    };
  }

  /**
   * @returns where it listens now
   * @throws InputError when an address cannot be had
   */
  async listen({ port, hosts }: ListenOptions): Promise<AddressInfo[]> {
    const addresses: AddressInfo[] = [];
    for (const host of hosts ?? [undefined]) addresses.push(await this.#listenOn(port, host));
    this.#flushTimer ??= setInterval(() => this.#flush(), this.#options.flushMs).unref();
    return addresses;
  }

  get stats(): ServerStats {
    let [queuedRecords, queuedBytes, dropped] = [0, 0, this.#droppedBefore];
    for (const { readers } of this.#audiences.values())
      for (const reader of readers) {
        queuedRecords += reader.queuedRecords;
        queuedBytes += reader.queuedBytes;
        dropped += reader.dropped;
      }
    return { readers: this.#readers, refused: this.#refused, queuedRecords, queuedBytes, dropped };
  }

  /** A management record with which every reader begins, one for each origin; at its first call, readers that came earlier get it now. */
  setStart(batch: Batch): void {
    const { source, run } = batch.origin;
    const key = `${source} ${run}`;
    const isFirst = !this.#starts.has(key);
    this.#starts.set(key, frameOf(batch));
    if (isFirst) this.push(batch);
  }

  /** Offers a batch to every reader; never waits. It is encoded once for all readers that asked alike. */
  push(batch: Batch): void {
    const frames = new Map<Batch, QueuedFrame>();
    for (const audience of this.#audiences.values())
      for (const wanted of audience.wish.apply(batch)) deliver(wanted, audience.readers, frames);
  }

  /**
   * Takes no more readers, sends what waits and a farewell, and cuts who has not taken it all after `timeoutMs`.
   */
  async close(timeoutMs = CLOSE_MS): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearInterval(this.#flushTimer);
    this.#flush();
    const closed = this.#listeners.map((listener) => new Promise((resolve) => listener.close(resolve)));
    const farewell = encodeBatch(farewellBatch({ source: this.#options.source, run: this.#options.startUs }));
    const readers = [...this.#audiences.values()].flatMap((audience) => [...audience.readers]);
    await Promise.all(readers.map((reader) => reader.end(farewell, timeoutMs)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #listenOn(port: number, host: string | undefined): Promise<AddressInfo> {
    const listener = createServer((socket) => this.#connected(socket));
    await new Promise<void>((resolve, reject) => {
      listener.once('listening', resolve);
      listener.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(port, host, error)));
      listener.listen(host === undefined ? { port } : { port, host });
    });
    listener.on('error', () => undefined); // one connection that could not be accepted is no reason to end
    this.#listeners.push(listener);
    return listener.address() as AddressInfo;
  }

  #connected(socket: Socket): void {
    const { readersMax, helloMs, source, startUs, nowUs } = this.#options;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined); // 'close' follows
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.write(encodeGreeting({ startUs, nowUs: nowUs(), source }));
    if (this.#closing) this.#refuse(socket, 'closing', 'the server is ending');
    else if (this.#sockets.size > readersMax + DOOR_MAX) this.#refuse(socket, 'full', tooMany(readersMax));
    else
      awaitHello(
        socket,
        helloMs,
        (hello) => this.#admit(socket, hello),
        (refusal, reason) => this.#refuse(socket, refusal, reason),
      );
  }

  #admit(socket: Socket, hello: Hello): void {
    const { readersMax, queueBytesMax, program } = this.#options;
    const { major } = STREAM_VERSION;
    if (hello.version !== major)
      return this.#refuse(socket, 'version', `this server speaks version ${major} of the stream, not ${hello.version}`);
    if (this.#closing) return this.#refuse(socket, 'closing', 'the server is ending');
    if (this.#readers >= readersMax) return this.#refuse(socket, 'full', tooMany(readersMax));
    const audience = this.#audienceFor(hello);
    if (typeof audience === 'string') return this.#refuse(socket, 'filter', audience);

    const reader = new Reader(socket, queueBytesMax, encodeBatch);
    this.#readers += 1;
    audience.readers.add(reader);
    socket.once('close', () => this.#gone(hello, audience, reader));
    reader.send(encodeAnswer({ ok: true, program }));
    for (const { bytes } of this.#starts.values()) reader.send(bytes);
  }

  /** The readers with the same wish, or why the wish is not understood. */
  #audienceFor({ filter, fields }: Hello): Audience | string {
    const key = Wish.key(filter, fields);
    const known = this.#audiences.get(key);
    if (known !== undefined) return known;
    try {
      const audience = { wish: new Wish(filter, fields), readers: new Set<Reader>() };
      this.#audiences.set(key, audience);
      return audience;
    } catch (error) {
      if (error instanceof SuiteError) return error.hint === '' ? error.message : `${error.message}\n${error.hint}`;
      throw error;
    }
  }

  #gone({ filter, fields }: Hello, audience: Audience, reader: Reader): void {
    this.#readers -= 1;
    this.#droppedBefore += reader.dropped;
    audience.readers.delete(reader);
    if (audience.readers.size === 0) this.#audiences.delete(Wish.key(filter, fields));
  }

  #refuse(socket: Socket, refusal: Refusal, reason: string): void {
    this.#refused += 1;
    sendAway(socket, refusal, reason);
  }

  #flush(): void {
    for (const { wish, readers } of this.#audiences.values())
      for (const batch of wish.flush()) deliver(batch, readers, new Map());
  }
}

/** @param frames those already encoded; an encoded batch is added */
function deliver(batch: Batch, readers: ReadonlySet<Reader>, frames: Map<Batch, QueuedFrame>): void {
  for (const reader of readers) {
    if (reader.behind) {
      reader.drop(batch);
      continue;
    }
    let frame = frames.get(batch);
    if (frame === undefined) frames.set(batch, (frame = frameOf(batch)));
    reader.offer(batch, frame);
  }
}

function frameOf(batch: Batch): QueuedFrame {
  return { bytes: encodeBatch(batch), records: batch.rows };
}

function tooMany(readersMax: number): string {
  return `all ${readersMax} places for readers are taken`;
}

function cannotListen(port: number, host: string | undefined, error: NodeJS.ErrnoException): InputError {
  const where = host === undefined ? `port ${port}` : `${host} port ${port}`;
  const reasons: Partial<Record<string, readonly [reason: string, hint: string]>> = {
    EADDRINUSE: ['another program listens there', 'Choose another port with -P.'],
    EACCES: ['not permitted', 'Ports below 1024 need privileges; choose a higher one with -P.'],
    EADDRNOTAVAIL: ['this machine has no such address', 'Give one of its own addresses with -B.'],
  };
  const [reason, hint] = reasons[error.code ?? ''] ?? [error.message, ''];
  return new InputError(`cannot listen on ${where}: ${reason}`, { hint, cause: error });
}
