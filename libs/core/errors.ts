/**
 * Failures that are part of normal life: a missing file, a wrong word, a foreign format.
 * Only `runMain` in `libs/cli` catches them; anything else is a bug and crashes with its stack.
 */
export class SuiteError extends Error {
  /** Stable machine-readable name of the failure. */
  readonly code: string = 'SUITE';
  /** Process exit status: 1 for "could not do it", 2 for "did not understand you". */
  readonly exitStatus: 1 | 2 = 1;
  /** What the reader can do about it, or an empty string. */
  readonly hint: string;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint ?? '';
  }
}

/** The command line, a filter or a setting holds a word that we do not understand. Exit status 2. */
export class UsageError extends SuiteError {
  override readonly code: string = 'USAGE';
  override readonly exitStatus = 2;
}

/** An input cannot be opened, read, or is not what it should be. Exit status 1. */
export class InputError extends SuiteError {
  override readonly code: string = 'INPUT';
}
