import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { printable } from '../core/sanitize.ts';
import type { Batch } from '../record/batch.ts';
import type { Caller } from './admission.ts';
import { Audiences, type Admitted } from './audiences.ts';
import { Door, type DoorOptions, type ListenOptions, type Visitor } from './door.ts';
import { runOverBatch } from './farewell.ts';
import { STREAM_VERSION } from './greeting.ts';
import { acknowledgementOf, encodeAnswer, type Refusal } from './handshake.ts';
import { Lag } from './lag.ts';
import { MessageReader } from './message.ts';
import type { NamedReader } from './named-readers.ts';
import { OwnRuns } from './own-runs.ts';
import { Reader } from './reader.ts';
import { KEEP_DEFAULTS, RecordLog, type KeepOptions } from './record-log.ts';
import type { ServerSecurity } from './security.ts';
import type { ReaderLag, ServerStats } from './server-stats.ts';
import { ThinnedLog } from './thinned-log.ts';
import { Starts } from './starts.ts';

export interface ServerOptions extends Partial<Omit<DoorOptions, 'tls'>> {
  /** Program and version, for messages. */
  readonly program: string;
  readonly source: string;
  readonly startUs: number;
  /** Most readers at once; more are refused with the reason. Default 128. */
  readonly readersMax?: number;
  /** Most bytes that an anonymous reader may be behind. Default 16 MiB. */
  readonly queueBytesMax?: number;
  /** Every how many milliseconds the numbers of filtered-out records are accounted for. Default 1,000. */
  readonly flushMs?: number;
  /** Milliseconds without anything to say after which a heartbeat is sent. Default 5,000. */
  readonly heartbeatMs?: number;
  /** Milliseconds after which a reader that takes nothing is cut. Default 60,000. */
  readonly stallMs?: number;
  /** Who may read what; left out, everybody may read everything. */
  readonly security?: ServerSecurity | undefined;
  /** What is kept for named readers, and where. */
  readonly keep?: Partial<KeepOptions>;
  /** Is told of readers that are refused or cut, and of what cannot be kept. */
  readonly report?: (message: string) => void;
}

const DEFAULTS = {
  readersMax: 128,
  queueBytesMax: 16 * 1024 * 1024,
  flushMs: 1000,
  heartbeatMs: 5000,
  stallMs: 60_000,
  helloMs: 5000,
  waitingPerAddressMax: 64,
  waitingMax: 256,
  dialects: [],
  nowUs: () => Date.now() * 1000,
  report: () => undefined,
  security: undefined,
};

const CLOSE_MS = 2000;
const POLL_MS = 20;
/** Batches after which it is looked what can be let go. */
const TRIM_ENTRIES = 64;

/** Of a server without security. */
const EVERYBODY = { ok: true, who: undefined, filter: '', nameOf: (name: string) => name } as const;

/**
 * Serves records over TCP to any number of readers up to a limit. Anonymous readers begin with the start records and get
 * what is pushed from then on; one that does not keep up loses the oldest, and is told exactly what. For named readers
 * everything is kept until they acknowledge it, within limits. Nobody delays anybody else. Management records reach every
 * reader, whatever its filter.
 */
export class RecordServer {
  readonly #options: Required<Omit<ServerOptions, 'keep'>>;
  readonly #door: Door;
  readonly #log: RecordLog;
  readonly #runs: OwnRuns;
  readonly #audiences = new Audiences();
  readonly #readers = new Set<Reader>();
  readonly #starts = new Starts();
  readonly #refusedBy: Partial<Record<Refusal, number>> = {};
  readonly #lag = new Lag();
  /** Of what anybody can cause who reaches the port. */
  readonly #strangers: ThinnedLog;
  #cut = 0;
  /** Of readers that have gone. */
  #droppedBefore = 0;
  #sentBefore = 0;
  #untrimmed = 0;
  #flushTimer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor({ keep, ...options }: ServerOptions) {
    this.#options = { ...DEFAULTS, ...options };
    const { report } = this.#options;
    this.#strangers = new ThinnedLog(report);
    const keeping = { ...KEEP_DEFAULTS, ...keep };
    this.#log = new RecordLog(keeping, report, (position, entry) => {
      for (const reader of this.#readers) reader.miss(position, entry);
    });
    this.#runs = new OwnRuns(keeping.directory);
    this.#door = new Door(
      { ...this.#options, tls: this.#options.security?.tls },
      (socket, caller, visitor) => this.#admit(socket, caller, visitor),
      (who, refusal, reason) => this.#refused(who, refusal, reason),
    );
    for (const origin of this.#runs.killed()) {
      report(`the run of ${origin.source} that began at ${new Date(origin.run / 1000).toISOString()} was killed; what it had not sent or kept is lost`); // prettier-ignore
      this.#log.append(runOverBatch(origin));
    }
  }

  /**
   * @returns where it listens now
   * @throws InputError when an address cannot be had
   */
  async listen(where: ListenOptions): Promise<AddressInfo[]> {
    const { flushMs, heartbeatMs } = this.#options;
    const addresses = await this.#door.listen(where);
    this.#flushTimer ??= setInterval(() => this.#flush(), Math.min(flushMs, heartbeatMs)).unref();
    return addresses;
  }

  get stats(): ServerStats {
    let [queuedBytes, queuedRecords, dropped, sent] = [0, 0, this.#droppedBefore, this.#sentBefore];
    for (const reader of this.#readers) {
      queuedBytes += reader.queuedBytes;
      queuedRecords += reader.queuedRecords;
      dropped += reader.dropped;
      sent += reader.sentRecords;
    }
    const refused = Object.values(this.#refusedBy).reduce((sum, count) => sum + count, 0);
    const { spoolBytes, givenUp, named } = this.#log;
    return {
      readers: this.#readers.size,
      named: named.size,
      refused,
      refusedBy: this.#refusedBy,
      cut: this.#cut,
      queuedRecords,
      queuedBytes,
      dropped: dropped + givenUp,
      givenUp,
      sent,
      logBytes: this.#log.meter.bytes,
      spoolBytes,
      lags: this.#lags(),
    };
  }

  #lags(): ReaderLag[] {
    const connected = this.#connected();
    const now = performance.now();
    return [...this.#log.named].map((reader) => ({
      name: reader.name,
      connected: connected.has(reader),
      seconds: this.#lag.of(reader.acked, now) / 1000,
    }));
  }

  #connected(): ReadonlySet<NamedReader | undefined> {
    return new Set([...this.#readers].map(({ named }) => named));
  }

  /** Position behind what was pushed last. */
  get pushed(): number {
    return this.#log.end;
  }

  /** Below this position batches are not looked at any more, but only the frames that were made of them. */
  get settled(): number {
    return this.#log.settled;
  }

  /** Below this position all is in safe keeping: with its readers, or on disk. */
  get safe(): number {
    return this.#log.safe;
  }

  /** The directory of what it keeps is called so by now, since all paths begin at another folder. */
  moveState(directory: string): void {
    this.#log.moveTo(directory);
    this.#runs.moveTo(directory);
  }

  /** Waits for the first reader. */
  async whenRead(signal: AbortSignal): Promise<void> {
    while (this.#readers.size === 0 && !signal.aborted) await delay(POLL_MS);
  }

  /** Waits while the log has no room for more without something being given up. */
  async whenRoom(signal: AbortSignal): Promise<void> {
    while (this.stats.queuedBytes > this.#options.queueBytesMax / 2 && !signal.aborted) await delay(POLL_MS);
  }

  /** A management record with which anonymous readers begin, one for each origin; at its first call, everybody gets it now. */
  setStart(batch: Batch): void {
    if (this.#starts.has(batch.origin)) this.#starts.note(batch);
    else this.push(batch);
  }

  /** Offers a batch of this program's own to every reader; never waits. */
  push(batch: Batch): void {
    if (this.#runs.note(batch)) this.#saveRuns();
    this.#starts.note(batch);
    this.#log.append(batch);
    this.#wake();
  }

  /**
   * Offers what came from elsewhere, as it came.
   * @param frame whole, its checksum right, in memory of its own
   * @param batch what it holds
   */
  forward(frame: Uint8Array, batch: Batch): void {
    this.#starts.note(batch);
    if (this.#log.appendFrame(frame) === undefined) this.#wake();
  }

  /** Takes up what security says by now. Readers that are connected stay; who comes is shown new certificates. */
  renewSecurity(): void {
    const tls = this.#options.security?.tls;
    if (tls !== undefined) this.#door.renew(tls);
  }

  /**
   * Takes no more readers, sends what waits and a farewell, cuts who takes nothing for `patienceMs` or not everything within ten
   * times that, and puts on disk what named readers do not have.
   */
  async close(patienceMs = CLOSE_MS): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearInterval(this.#flushTimer);
    this.#door.close();
    await Promise.all([...this.#readers].map((reader) => reader.end('the server ends', patienceMs)));
    await this.#door.clear();
    this.#strangers.close();
    this.#log.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #wake(): void {
    for (const reader of this.#readers) {
      reader.catchUp();
      reader.pump();
    }
    this.#untrimmed += 1;
    if (this.#untrimmed >= TRIM_ENTRIES) this.#trim();
  }

  #trim(): void {
    this.#untrimmed = 0;
    let cursor = this.#log.end;
    for (const reader of this.#readers) cursor = Math.min(cursor, reader.cursor);
    this.#log.trim(cursor);
  }

  #admit(socket: Socket, { hello: said, rest, dialect }: Caller, visitor: Visitor): void {
    const { readersMax, queueBytesMax, program, security } = this.#options;
    const { major } = STREAM_VERSION;
    const verdict = security?.judge({ ...visitor, token: said.token }) ?? EVERYBODY;
    const refuse = (refusal: Refusal, reason: string): void =>
      this.#door.refuse(socket, refusal, reason, verdict.who, dialect?.refusal(refusal));
    if (!verdict.ok) return refuse('access', verdict.reason);
    const hello = { ...said, name: verdict.nameOf(said.name), confinement: verdict.filter, dialect };
    if (hello.version !== major)
      return refuse('version', `this server speaks version ${major} of the stream, not ${hello.version}`);
    if (this.#closing) return refuse('closing', 'the server is ending');
    if (hello.name !== '') this.#replace(hello.name);
    if (this.#readers.size >= readersMax) return refuse('full', `all ${readersMax} places for readers are taken`);
    const wish = this.#audiences.join(hello);
    if (typeof wish === 'string') return refuse('filter', wish);
    const named = hello.name === '' ? undefined : this.#meet(hello.name);
    if (hello.name !== '' && named === undefined) {
      this.#audiences.leave(hello);
      return refuse('full', 'records are kept for too many readers already');
    }

    const { have } = hello;
    const reader = new Reader(socket, { log: this.#log, wish, named, have, lagBytesMax: queueBytesMax });
    this.#readers.add(reader);
    socket.once('close', () => this.#gone(hello, reader));
    if (dialect === undefined) {
      this.#listenTo(socket, reader, rest);
      reader.send(encodeAnswer({ ok: true, program }));
      if (named === undefined) for (const frame of this.#starts.frames()) reader.sendFrame(frame);
    } else socket.on('data', (chunk) => dialect.hear(chunk).kind === 'leave' && socket.end());
    reader.pump();
  }

  /** A name has one connection; of two, the older one is likely to be dead. */
  #replace(name: string): void {
    for (const reader of this.#readers) if (reader.named?.name === name) this.#cutOff(reader, `${name} connected anew`);
  }

  #meet(name: string): NamedReader | undefined {
    const isFirst = this.#log.named.size === 0;
    const connected = this.#connected();
    const named = this.#log.meet(name, (reader) => connected.has(reader));
    if (isFirst) this.#saveRuns();
    return named;
  }

  #saveRuns(): void {
    if (this.#log.named.size > 0) this.#log.attempt('runs', () => this.#runs.save());
  }

  /** What named readers have, and nothing else, is to be heard from readers. */
  #listenTo(socket: Socket, reader: Reader, rest: Uint8Array): void {
    const messages = new MessageReader();
    const onData = (chunk: Uint8Array): void => {
      for (const message of messages.push(chunk)) {
        const frames = message.kind === 'message' ? acknowledgementOf(message.content) : undefined;
        const problem = message.kind === 'bad' ? message.problem : frames === undefined ? 'a message that is none' : '';
        if (problem !== '') return this.#cutOff(reader, `it sent ${problem}`);
        if (!reader.acknowledge(frames!)) return this.#cutOff(reader, 'it acknowledged what it was never sent');
      }
    };
    socket.on('data', onData);
    if (rest.length > 0) onData(rest);
  }

  #gone(hello: Admitted, reader: Reader): void {
    this.#droppedBefore += reader.dropped;
    this.#sentBefore += reader.sentRecords;
    this.#readers.delete(reader);
    this.#audiences.leave(hello);
  }

  #cutOff(reader: Reader, reason: string): void {
    this.#cut += 1;
    this.#strangers.say(`cut ${reader.address}`, `reader ${reader.who} cut: ${printable(reason)}`, performance.now());
    reader.cut(reason);
  }

  #refused(who: string, refusal: Refusal, reason: string): void {
    this.#refusedBy[refusal] = (this.#refusedBy[refusal] ?? 0) + 1;
    const [first = ''] = reason.split('\n');
    this.#strangers.say(
      `${refusal} ${who}`,
      `client ${printable(who)} refused: ${printable(first)}`,
      performance.now(),
    );
  }

  #flush(): void {
    const { heartbeatMs, stallMs } = this.#options;
    const now = performance.now();
    for (const reader of this.#readers) {
      const { waitingSinceMs } = reader;
      if (waitingSinceMs !== undefined && now - waitingSinceMs > stallMs)
        this.#cutOff(reader, `it took nothing for ${Math.round(stallMs / 1000)} s`);
      else reader.flush(heartbeatMs);
    }
    const connected = this.#connected();
    for (const name of this.#log.named.forgetOld((reader) => connected.has(reader)))
      this.#options.report(`reader ${name} stayed away; nothing is kept for it any more`);
    this.#trim();
    this.#lag.note(this.#log.end, now);
    this.#strangers.flush(now);
    this.#log.sync();
    this.#saveRuns();
  }
}
