/** Whole frames of one file for a thread to work on. The memory is transferred, and comes back with the answer. */
export interface WindowOrder {
  readonly kind: 'window';
  /** Windows of a command are numbered from 0 in the order in which they are read. */
  readonly number: number;
  readonly memory: ArrayBuffer;
  /** Offset behind each frame; the first one begins at 0. */
  readonly ends: readonly number[];
}

/** Everything has been sent: a thread gives out, piece by piece, what it has gathered. */
export interface RestOrder {
  readonly kind: 'rest';
}

export type ThreadOrder = WindowOrder | RestOrder;

/** Of one window. */
export interface WindowAnswer {
  readonly kind: 'window';
  readonly memory: ArrayBuffer;
  readonly result: unknown;
  /** Frames that could not be decoded, by problem. */
  readonly problems: readonly (readonly [problem: string, count: number])[];
}

/** The next piece of what a thread has gathered; `done` when there is no more. */
export interface RestAnswer {
  readonly kind: 'rest';
  readonly done: boolean;
  readonly result: unknown;
}

/** The thread has loaded what it needs. */
export interface ReadyNotice {
  readonly kind: 'ready';
}

export type ThreadAnswer = WindowAnswer | RestAnswer;
export type ThreadMessage = ThreadAnswer | ReadyNotice;
