import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { RecordServer } from '../../libs/transport/server.ts';
import type { Batch } from '../../libs/record/batch.ts';
import type { Parcel } from './fanout-records.ts';

/** Where a multiplexer gets its records from. */
export interface Feed extends AsyncDisposable {
  readonly port: number;
  /** Waits until the multiplexer is there. */
  connected(): Promise<void>;
  /** Sends a parcel; the caller sees to it that there are not too many under way. */
  send(index: number): void;
  readonly parcels: readonly Parcel[];
}

const HOST = '127.0.0.1';
/** Room for all that is fed at once. */
const FEED_BYTES = 1 << 30;

/** A server as in our probes. */
export async function panoptesFeed(parcels: readonly (Parcel & { readonly batch: Batch })[]): Promise<Feed> {
  const server = new RecordServer({
    program: 'bench',
    source: 'bench',
    startUs: Date.now() * 1000,
    queueBytesMax: FEED_BYTES,
    keep: { memoryBytesMax: FEED_BYTES },
  });
  const [address] = await server.listen({ hosts: [HOST], port: 0 });
  return {
    port: address!.port,
    parcels,
    connected: () => server.whenRead(new AbortController().signal),
    send: (index) => server.forward(parcels[index]!.bytes, parcels[index]!.batch),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** A server that speaks as the original's probe does: a start record, and all the rest when it hears `START: `. */
export async function argusFeed(start: Uint8Array, parcels: readonly Parcel[]): Promise<Feed> {
  let begun: (socket: Socket) => void = () => undefined;
  const whenBegun = new Promise<Socket>((resolve) => (begun = resolve));
  const sockets = new Set<Socket>();
  let reader: Socket | undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(start);
    socket.on('data', (said) => {
      if (said.includes('START')) begun((reader = socket));
    });
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    parcels,
    connected: async () => void (await whenBegun),
    send: (index) => void reader?.write(parcels[index]!.bytes),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
