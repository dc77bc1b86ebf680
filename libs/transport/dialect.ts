import type { Batch } from '../record/batch.ts';
import type { Refusal } from './handshake.ts';

/** What a client of another suite said before records flow, and what comes of it. */
export type DialectStep =
  /** It wants some records only, in the language of `libs/filter`; it waits for the answer. */
  | { readonly kind: 'filter'; readonly filter: string; readonly answer: Uint8Array }
  /** Records may come. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'leave' }
  /** It is sent away with these last bytes. */
  | { readonly kind: 'refuse'; readonly refusal: Refusal; readonly reason: string; readonly answer: Uint8Array };

/**
 * A language of another suite, whose clients come to the same port: they take our greeting for one of theirs. Its records
 * have no numbers, so that nothing can be said of those that are missing.
 */
export interface Dialect {
  /** Of the suite, for messages. */
  readonly name: string;
  /** Whether a client speaks it that begins with these bytes; undefined when more must be heard. */
  begins(start: Uint8Array): boolean | undefined;
  /** @param said what came at once, which is one command */
  hear(said: Uint8Array): DialectStep;
  /** What a client is told that is sent away. */
  refusal(refusal: Refusal): Uint8Array;
  /** Makes what writes batches for clients that asked alike; no bytes for a batch that it has no words for. */
  encoder(): (batch: Batch) => Uint8Array;
}
