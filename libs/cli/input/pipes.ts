import { constants, openSync, promises as fs } from 'node:fs';
import type { Readable } from 'node:stream';

/** Pipes and devices keep their readers waiting. */
export async function isPlainFile(path: string): Promise<boolean> {
  const found = await fs.stat(path).catch(() => undefined); // opening it says what is wrong
  return found?.isFile() === true;
}

export async function isPipe(path: string): Promise<boolean> {
  const found = await fs.stat(path).catch(() => undefined);
  return found?.isFIFO() === true;
}

/** As a socket a pipe without a writer can be waited for, and given up; as a file it blocks the process to its end. */
export async function openPipe(path: string): Promise<Readable> {
  const { Socket } = await import('node:net');
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
}
