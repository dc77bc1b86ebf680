import type { Batch } from '../record/batch.ts';

/** What is said to a server before its records come. */
export interface Talk {
  /** As people write it. */
  readonly where: string;
  send(text: string): void;
  /** @returns the next `bytes` bytes, undefined when the server closes before */
  receive(bytes: number): Promise<Uint8Array | undefined>;
}

/** How servers of another suite, which greet on the same port as ours, are asked and read. */
export interface ForeignServer {
  /**
   * Asks for records.
   * @param greeting the bytes with which it greeted
   * @param filter in the language of `libs/filter`. What the server makes of it is up to it, as long as it sends at least
   *   what the filter selects; the caller applies it again
   * @throws RefusedError with `filter` when it is to be asked again without one; InputError when it cannot be read
   */
  ask(talk: Talk, greeting: Uint8Array, filter: string): Promise<void>;
  /**
   * The records of one connection.
   * @param chunks the greeting and what came after the asking
   * @param where as `Talk` has it
   * @throws InputError at what is no record
   */
  read(chunks: AsyncIterable<Uint8Array>, where: string): AsyncIterable<Batch>;
}
