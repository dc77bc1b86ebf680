import { createRequire } from 'node:module';
import { InputError } from './errors.ts';

/** Of what the package koffi offers, what we use. Pointers are `void *` in prototypes, and take typed arrays as they are. */
export interface Koffi {
  load(name: string): KoffiLibrary;
  /** Foreign memory as it is, not a copy; it must outlive the view. */
  view(pointer: bigint, bytes: number): ArrayBuffer;
  /** Where the bytes of a typed array lie; it must be kept as long as the address is used. */
  address(array: ArrayBufferView): bigint;
  /** Of the last call; to be read at once after it. */
  errno(): number;
  readonly os: { readonly errno: Readonly<Record<string, number>> };
}

export interface KoffiLibrary {
  func(prototype: string): (...values: never[]) => unknown;
}

/**
 * @param what needs it, for the message: "capture filters need"
 * @throws {InputError} when it cannot be loaded
 */
export function loadKoffi(what: string): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (error) {
    throw new InputError(`${what} the package koffi, which could not be loaded`, {
      hint: 'Run npm ci, without leaving out optional packages: koffi keeps its binaries there.',
      cause: error,
    });
  }
}
