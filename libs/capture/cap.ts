import { createRequire } from 'node:module';
import { InputError } from '../core/errors.ts';

/** What we use of the package `cap` 0.2.1, which has no types. It is optional, and works in a process's main thread only. */
interface CapPackage {
  readonly Cap: {
    new (): CapHandle;
  };
}

/**
 * A capture. It must not be collected before the process ends, not even when closed: libuv's list of handles leads through
 * it. So must the buffer given to `open`, as long as the capture is open.
 */
export interface CapHandle {
  /**
   * Starts to capture, in promiscuous mode, at most 65,535 bytes of each packet.
   * @param packet takes the bytes of each packet in turn
   * @returns a word for the link type
   * @throws {Error} in libpcap's words
   */
  open(device: string, filter: string, bufferBytes: number, packet: Buffer): string;
  on(event: 'packet', listener: (bytes: number, isTruncated: boolean) => void): void;
  close(): void;
}

function loadCap(): CapPackage {
  return createRequire(import.meta.url)('cap') as CapPackage;
}

/** @throws {Error} where the package is not there or cannot be loaded */
export function newCap(): CapHandle {
  return new (loadCap().Cap)();
}

/** Why live capture does not work without the package. */
export function missingCap(cause: unknown): InputError {
  return new InputError('live capture needs the package cap, which could not be built or loaded', {
    hint: 'Install libpcap with its headers (on Debian: apt-get install libpcap-dev) and run: npm ci',
    cause,
  });
}
