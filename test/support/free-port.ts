import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

export const HOST = '127.0.0.1';

/** Below those that systems give out by themselves, to whoever asks for any port or connects to somewhere. */
const FIRST = 20_000;
const COUNT = 12_000;

const held: Socket[] = [];

/**
 * A TCP port of this machine on which nobody listens. Nobody else gets it while this process runs, whether something listens
 * there or has ended and will come back: the UDP port of the same number is held as a sign to other tests.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + randomInt(COUNT);
    if ((await hold(port)) && (await isFree(port))) return port;
  }
}

/** @returns whether nobody else holds it */
async function hold(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port, address: HOST, exclusive: true });
    await once(socket, 'listening');
    held.push(socket.unref());
    return true;
  } catch {
    socket.close();
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
