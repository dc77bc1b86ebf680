import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { InputError } from '../../libs/core/errors.ts';

/** Where everything is served: on this machine, for this machine. */
export const HOST = '127.0.0.1';
const USUAL_PORT = 5610;

/**
 * So many ports on which nobody listens, all different.
 * @param wanted what the first must be; without it, 5610 or any
 * @throws {InputError} when the wanted port is taken, or all are
 */
export async function freePorts(count: number, wanted: number | undefined): Promise<number[]> {
  const held: Server[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const first = i === 0 ? wanted : undefined;
      const server = (await hold(first ?? USUAL_PORT + i)) ?? (first === undefined ? await hold(0) : undefined);
      if (server !== undefined) held.push(server);
      else if (first === undefined) throw new InputError(`no port of ${HOST} is free`);
      else throw new InputError(`port ${first} of ${HOST} is taken`, { hint: 'Choose another --port.' });
    }
    return held.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** Listens on the port when it can be listened on; 0 stands for any. */
async function hold(port: number): Promise<Server | undefined> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

/** Whether what goes from this machine to itself is seen on an interface. */
export function seesLoopback(device: string): boolean {
  return device === 'any' || networkInterfaces()[device]?.every(({ internal }) => internal) === true;
}
