/** Whole frames of one file for a thread to work on. The memory is transferred, and comes back with the answer. */
export interface WindowOrder {
  readonly kind: 'window';
  /** Windows of a command are numbered from 0 in the order in which they are read. */
  readonly number: number;
  readonly memory: ArrayBuffer;
  /** Offset behind each frame; the first one begins at 0. */
  readonly ends: readonly number[];
  /** Where each of them begins in its file. */
  readonly offsets: readonly number[];
}

/** Asks a thread for what it has gathered from all of its windows. */
export interface RestOrder {
  readonly kind: 'rest';
}

/** Is answered as soon as the thread has loaded what it needs. */
export interface ReadyOrder {
  readonly kind: 'ready';
}

export type ThreadOrder = WindowOrder | RestOrder | ReadyOrder;

/** Of one window. */
export interface WindowAnswer {
  readonly memory: ArrayBuffer;
  readonly result: unknown;
  /** Frames that could not be decoded, by problem. */
  readonly problems: readonly (readonly [problem: string, count: number])[];
}
