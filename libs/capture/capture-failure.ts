import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { InputError } from '../core/errors.ts';

/** What a file holds is no capture, or cannot be had. */
export class NoCaptureError extends InputError {
  /** What is wrong with it, to stand behind its name. */
  readonly reason: string;

  constructor(name: string, reason: string, cause?: unknown) {
    super(`${name}: ${reason}`, { cause });
    this.reason = reason;
  }
}

/** Without the right to capture. */
export class NotPermittedError extends InputError {
  override readonly code = 'NOT_PERMITTED';
}

export function notPermitted(device: string, cause?: unknown): NotPermittedError {
  return new NotPermittedError(`${device}: not permitted to capture`, {
    hint: 'Run as root, or give the program CAP_NET_RAW and CAP_NET_ADMIN.',
    cause,
  });
}

/** No interface of that name. */
export function noSuchInterface(device: string): InputError {
  return new InputError(`${device}: no such interface`, { hint: `There are: ${interfaceNames().join(' ')}` });
}

function interfaceNames(): string[] {
  try {
    return readdirSync('/sys/class/net').sort();
  } catch {
    return Object.keys(networkInterfaces()).sort();
  }
}
