import { rmSync } from 'node:fs';
import { InputError } from './errors.ts';

/** Times that it is tried when others are about to do so, too, and milliseconds to wait for one of them. */
const ATTEMPTS = 100;
const PAUSE_MS = 10;

/** How the file of a name shows whose it is. */
export interface Claim {
  /** Puts this process's file there, at once and whole; fails with EEXIST when there is one. */
  readonly take: (path: string) => void;
  /** The process that the file there belongs to and that is running; undefined when there is none. */
  readonly holder: (path: string) => number | undefined;
}

/**
 * Takes a name that one process at a time may have. What a process left that is no more is replaced.
 * @returns the process that has it; undefined when it is this one by now
 * @throws {InputError} when others take and leave it again and again, errors of the system
 */
export function claimName(path: string, claim: Claim): number | undefined {
  for (let attempt = 1; !hasTaken(path, claim); attempt++) {
    const holder = holderIfAny(path, claim);
    if (holder !== undefined) return holder;
    if (attempt > ATTEMPTS) throw new InputError(`others write ${path}, too`);
    removeStale(path, claim);
  }
  return undefined;
}

/** One process at a time does this, and looks again: else it could remove the file of another that has just replaced the stale one. */
function removeStale(path: string, claim: Claim): void {
  const turn = `${path}.replacing`;
  if (!hasTaken(turn, claim)) {
    if (holderIfAny(turn, claim) === undefined)
      rmSync(turn, { force: true }); // of one that was killed meanwhile
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    return;
  }
  try {
    if (holderIfAny(path, claim) === undefined) rmSync(path, { force: true });
  } finally {
    rmSync(turn, { force: true });
  }
}

function hasTaken(path: string, { take }: Claim): boolean {
  try {
    take(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function holderIfAny(path: string, { holder }: Claim): number | undefined {
  try {
    return holder(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined; // it has gone meanwhile
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
