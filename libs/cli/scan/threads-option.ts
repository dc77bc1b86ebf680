import { availableParallelism } from 'node:os';
import type { OptionTable } from '../options.ts';
import { Scan, type ScanSettings } from './scan.ts';

export const THREADS_MAX = 64;
const USUAL_MAX = 4;

export const THREADS_OPTION = {
  threads: {
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: THREADS_MAX, integer: true },
    text: `Let this many threads read files, 1 for none; when not given, where that takes long, as many as the machine has processors, at most ${USUAL_MAX}.`,
    group: 'Input',
  },
} as const satisfies OptionTable;

/** How many threads a command line asks for. @param threads as `--threads` has it */
export function threadsOf(threads: number | undefined): number {
  return threads ?? Math.min(availableParallelism(), USUAL_MAX);
}

/**
 * The threads that a command line asks for.
 * @param threads as `--threads` has it
 * @returns undefined where it is to do without
 */
export function openScan<Result, Rest = never>(
  threads: number | undefined,
  settings: Omit<ScanSettings<Result>, 'threads' | 'atOnce'>,
): Scan<Result, Rest> | undefined {
  const count = threadsOf(threads);
  if (count < 2) return undefined;
  return new Scan({ ...settings, threads: count, atOnce: threads !== undefined });
}
