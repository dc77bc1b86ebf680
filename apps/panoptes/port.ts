import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { InputError } from '../../libs/core/errors.ts';

/** Where records are served: on this machine, for this machine. */
export const HOST = '127.0.0.1';
const USUAL_PORT = 5610;

/**
 * A port on which nobody listens.
 * @param wanted the port that it must be; without it, 5610 or any
 * @param spoken a port that is promised to somebody else
 * @throws {InputError} when the wanted port is taken, or all are
 */
export async function freePort(wanted: number | undefined, spoken = 0): Promise<number> {
  if (wanted === undefined) {
    const usual = spoken === USUAL_PORT ? undefined : await tryPort(USUAL_PORT);
    const any = usual ?? (await tryPort(0));
    if (any === undefined) throw new InputError(`no port of ${HOST} is free`);
    return any === spoken ? freePort(undefined, spoken) : any;
  }
  const port = await tryPort(wanted);
  if (port === undefined)
    throw new InputError(`port ${wanted} of ${HOST} is taken`, { hint: 'Choose another --port.' });
  return port;
}

/** The port when it can be listened on; 0 stands for any. */
async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

/** Whether what goes from this machine to itself is seen on an interface. */
export function seesLoopback(device: string): boolean {
  return device === 'any' || networkInterfaces()[device]?.every(({ internal }) => internal) === true;
}
