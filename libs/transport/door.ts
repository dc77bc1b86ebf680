import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import { InputError } from '../core/errors.ts';
import { awaitHello, refusalOf, sendAway, type Caller } from './admission.ts';
import type { Dialect } from './dialect.ts';
import { encodeGreeting } from './greeting.ts';
import type { Refusal } from './handshake.ts';
import type { Peer } from './security.ts';
import { clientFailure, clientOf, serverOptions, type TlsMaterial } from './tls.ts';

export interface DoorOptions {
  /** Source id for the greeting. */
  readonly source: string;
  /** Microseconds since the epoch when the program started. */
  readonly startUs: number;
  /** Microseconds since the epoch, now. */
  readonly nowUs: () => number;
  /** Milliseconds within which a client must have said what it wants. */
  readonly helloMs: number;
  /** Most clients of one address, and of all, that have not said what they want. */
  readonly waitingPerAddressMax: number;
  readonly waitingMax: number;
  /** Languages of other suites that are understood beside ours. */
  readonly dialects: readonly Dialect[];
  /** Certificates; with them TLS is spoken, and nothing else. */
  readonly tls?: TlsMaterial | undefined;
}

/** A client at the door, as far as it is known who that is. */
export type Visitor = Omit<Peer, 'token'>;

type Admit = (socket: Socket, caller: Caller, visitor: Visitor) => void;
/** @param who how the client is called in the log */
type Refused = (who: string, refusal: Refusal, reason: string) => void;

export interface ListenOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Addresses to listen on; all when left out. */
  readonly hosts?: readonly string[];
}

const KEEP_ALIVE_MS = 30_000;

/** Where clients come in: listens, greets them, hears what they want, and sends away who does not say it properly. */
export class Door {
  readonly #options: DoorOptions;
  readonly #admit: Admit;
  readonly #refused: Refused;
  /** Shakes hands with those who came; it does not listen itself. */
  readonly #tls: TlsServer | undefined;
  /** Clients that are still shaking hands, by the ends of their connections. */
  readonly #shaking = new Map<string, Shaking>();
  readonly #listeners: Server[] = [];
  readonly #sockets = new Set<Socket>();
  /** Clients that did not say anything yet, by address. */
  readonly #waiting = new Map<string, number>();
  #waitingCount = 0;

  /**
   * @param admit is given each client with what it said
   * @param refused hears of each client that is sent away
   */
  constructor(options: DoorOptions, admit: Admit, refused: Refused) {
    this.#options = options;
    this.#admit = admit;
    this.#refused = refused;
    this.#tls = options.tls === undefined ? undefined : this.#shaker(options.tls);
  }

  /** From now on clients are shown these certificates; those who are there stay. */
  renew(tls: TlsMaterial): void {
    this.#tls?.setSecureContext(serverOptions(tls, this.#options.helloMs));
  }

  /**
   * @returns where it listens now
   * @throws InputError when an address cannot be had
   */
  async listen({ port, hosts }: ListenOptions): Promise<AddressInfo[]> {
    const addresses: AddressInfo[] = [];
    for (const host of hosts ?? [undefined]) addresses.push(await this.#listenOn(port, host));
    return addresses;
  }

  /** Takes no more clients. */
  close(): void {
    for (const listener of this.#listeners) listener.close();
  }

  /** Cuts who is still there, and resolves when everybody has gone. */
  async clear(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#listeners.map(closed));
  }

  /**
   * Sends a client away with the reason.
   * @param farewell what it is told, when it does not speak our language
   */
  refuse(socket: Socket, refusal: Refusal, reason: string, who = socket.remoteAddress, farewell?: Uint8Array): void {
    this.#refused(who ?? 'unknown', refusal, reason);
    sendAway(socket, farewell ?? refusalOf(refusal, reason));
  }

  async #listenOn(port: number, host: string | undefined): Promise<AddressInfo> {
    const listener = createServer((socket) => this.#came(socket));
    await new Promise<void>((resolve, reject) => {
      listener.once('listening', resolve);
      listener.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(port, host, error)));
      listener.listen(host === undefined ? { port } : { port, host });
    });
    listener.on('error', () => undefined); // one connection that could not be accepted is no reason to end
    this.#listeners.push(listener);
    return listener.address() as AddressInfo;
  }

  #came(socket: Socket): void {
    const { waitingMax, waitingPerAddressMax } = this.#options;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined); // 'close' follows
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const address = socket.remoteAddress ?? '';
    const before = this.#waiting.get(address) ?? 0;
    if (this.#waitingCount >= waitingMax || before >= waitingPerAddressMax) {
      const reason = `${before} clients of this address have not said what they want`;
      if (this.#tls === undefined) {
        this.#greet(socket);
        return this.refuse(socket, 'full', reason);
      }
      this.#refused(address, 'full', reason);
      return void socket.destroy();
    }
    this.#wait(address, 1);
    let waits = true;
    const done = (): void => {
      if (waits) this.#wait(address, -1);
      waits = false;
    };
    socket.once('close', done);
    if (this.#tls === undefined) return this.#hear(socket, undefined, done);
    const key = endsOf(socket);
    const shaking: Shaking = { done, failure: undefined };
    this.#shaking.set(key, shaking);
    socket.once('close', () => {
      if (!this.#shaking.delete(key) || socket.bytesRead === 0) return;
      this.#refused(address, 'tls', shaking.failure ?? 'it went during the TLS handshake');
    });
    this.#tls.emit('connection', socket);
  }

  #shaker(material: TlsMaterial): TlsServer {
    const server = createTlsServer(serverOptions(material, this.#options.helloMs));
    server.on('secureConnection', (socket) => {
      socket.on('error', () => undefined); // 'close' follows
      const key = endsOf(socket);
      const done = this.#shaking.get(key)?.done;
      if (done === undefined) return void socket.destroy(); // it has gone again
      this.#shaking.delete(key);
      const client = material.ca === undefined ? { name: undefined } : clientOf(socket);
      if (!('reason' in client)) return this.#hear(socket, client.name, done);
      done();
      this.#greet(socket);
      this.refuse(socket, 'access', client.reason);
    });
    server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
      const shaking = this.#shaking.get(endsOf(socket));
      if (shaking !== undefined) shaking.failure = clientFailure(error);
      socket.destroy();
    });
    return server;
  }

  /** @param done ends the client's waiting */
  #hear(socket: Socket, certificate: string | undefined, done: () => void): void {
    const visitor = { address: socket.remoteAddress ?? '', certificate };
    this.#greet(socket);
    awaitHello(
      socket,
      this.#options.helloMs,
      this.#options.dialects,
      (caller) => {
        done();
        this.#admit(socket, caller, visitor);
      },
      (refusal, reason, farewell) => {
        done();
        this.refuse(socket, refusal, reason, socket.remoteAddress, farewell);
      },
    );
  }

  #greet(socket: Socket): void {
    const { source, startUs, nowUs } = this.#options;
    socket.write(encodeGreeting({ startUs, nowUs: nowUs(), source }));
  }

  #wait(address: string, more: 1 | -1): void {
    this.#waitingCount += more;
    const count = (this.#waiting.get(address) ?? 0) + more;
    if (count === 0) this.#waiting.delete(address);
    else this.#waiting.set(address, count);
  }
}

interface Shaking {
  /** Ends the client's waiting. */
  readonly done: () => void;
  /** What went wrong. */
  failure: string | undefined;
}

/** A connection by its two ends, which no other open one has. */
function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

async function closed(listener: Server): Promise<void> {
  await new Promise((resolve) => listener.close(resolve));
}

function cannotListen(port: number, host: string | undefined, error: NodeJS.ErrnoException): InputError {
  const where = host === undefined ? `port ${port}` : `${host} port ${port}`;
  const reasons: Partial<Record<string, readonly [reason: string, hint: string]>> = {
    EADDRINUSE: ['another program listens there', 'Choose another port with -P.'],
    EACCES: ['not permitted', 'Ports below 1024 need privileges; choose a higher one with -P.'],
    ENOTFOUND: ['there is no host of that name', 'Give an address of this machine with -B.'],
    EADDRNOTAVAIL: ['this machine has no such address', 'Give one of its own addresses with -B.'],
  };
  const [reason, hint] = reasons[error.code ?? ''] ?? [error.message, ''];
  return new InputError(`cannot listen on ${where}: ${reason}`, { hint, cause: error });
}
