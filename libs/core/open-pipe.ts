import { constants, openSync } from 'node:fs';
import type { Readable } from 'node:stream';

/**
 * Opens a named pipe to read it. As a socket one without a writer can be waited for, and given up; to open or to read it in the thread
 * pool would keep the process from ending until somebody writes to it.
 * @throws errors of the system
 */
export async function openPipe(path: string): Promise<Readable> {
  const { Socket } = await import('node:net');
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
}
