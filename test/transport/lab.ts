import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { Batch, Origin } from '../../libs/record/batch.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { managementBatch } from '../../libs/record/management.ts';
import { connectRecords } from '../../libs/transport/client.ts';
import type { ConnectOptions } from '../../libs/transport/connection.ts';
import { encodeHello } from '../../libs/transport/handshake.ts';
import { readMessage } from '../../libs/transport/message.ts';
import { RecordServer, type ServerOptions } from '../../libs/transport/server.ts';
import { batchOf } from '../support/batches.ts';

export const HOST = '127.0.0.1';
export const ORIGIN: Origin = { source: '192.0.2.1', run: 1_700_000_000_000_000 };

/** The first record of every probe; record number 0. */
export const START: Batch = managementBatch(ORIGIN, 0, {
  cause: CAUSE.start,
  timeUs: ORIGIN.run,
  durationNs: 0,
  values: { mversion: 'test' },
});

/** A server that greets readers with `START`. @param port 0 is any; of one that comes again it is from `freePort` */
export async function startServer(
  options: Partial<ServerOptions> = {},
  port = 0,
): Promise<{ server: RecordServer; port: number } & AsyncDisposable> {
  const server = new RecordServer({ program: 'argus test', source: ORIGIN.source, startUs: ORIGIN.run, ...options });
  server.setStart(START);
  const [address] = await server.listen({ hosts: [HOST], port });
  return { server, port: address!.port, [Symbol.asyncDispose]: () => server.close(200) };
}

/** The port of a server that answers every connection with `greet`. */
export async function startForeign(
  greet: (socket: Socket) => void,
): Promise<{ port: number; listener: Server } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    greet(socket);
  });
  listener.listen(0, HOST);
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    listener,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** A stream of which nothing has been asked yet. */
export function unread(port: number, options: Partial<ConnectOptions> = {}): AsyncIterator<Batch> {
  return connectRecords({ host: HOST, port, program: 'ra test', ...options })[Symbol.asyncIterator]();
}

/** A reader that has been admitted: it already got `START`. */
export async function admitted(port: number, options: Partial<ConnectOptions> = {}): Promise<AsyncIterator<Batch>> {
  const batches = unread(port, options);
  await batches.next();
  return batches;
}

/** Batches until `enough` of them say so, or the stream ends. */
export async function collect(
  batches: AsyncIterator<Batch>,
  enough: (batch: Batch) => boolean = () => false,
): Promise<Batch[]> {
  const collected: Batch[] = [];
  for (;;) {
    const next = await batches.next();
    if (next.done === true) return collected;
    collected.push(next.value);
    if (enough(next.value)) return collected;
  }
}

/** Flow records whose payload does not compress: about `rows` × 1 KiB on the wire. */
export function bulkyFlows(rows: number, first: number): Batch {
  const payload = Array.from({ length: rows }, () => randomBytes(1024) as Uint8Array);
  return batchOf(rows, { suser: payload }, { first, origin: ORIGIN });
}

/** Flow records of the protocols given. */
export function flows(protocols: readonly number[], first: number): Batch {
  return batchOf(protocols.length, { ipproto: protocols }, { first, origin: ORIGIN });
}

/** A connection by hand: sends `bytes` after the greeting and gives all that comes until the server closes. */
export async function converse(port: number, bytes: Uint8Array | undefined): Promise<Buffer> {
  const socket = connect({ host: HOST, port });
  const received: Buffer[] = [];
  if (bytes !== undefined) socket.write(bytes);
  for await (const chunk of socket) received.push(chunk as Buffer);
  return Buffer.concat(received);
}

/** The refusal at the end of a conversation. */
export function refusalIn(received: Uint8Array): { refusal: unknown; reason: string } {
  const verdict = readMessage(received.subarray(128));
  if (verdict.kind !== 'message') throw new Error(`no answer: ${verdict.kind}`);
  return { refusal: verdict.content.get('refusal'), reason: String(verdict.content.get('reason')) };
}

export const hello = (change: Partial<Parameters<typeof encodeHello>[0]> = {}): Uint8Array =>
  encodeHello({
    version: 1,
    program: 'ra test',
    filter: '',
    fields: undefined,
    name: '',
    have: [],
    token: '',
    ...change,
  });
