import { InputError } from '../core/errors.ts';

/** Bytes of a file. */
export interface ByteRange {
  readonly start: number;
  /** Just past the last one; `Infinity` for the end of the file. */
  readonly stop: number;
}

/** Frames of a file, one behind the other. */
export interface FrameRun {
  readonly range: ByteRange;
  /** No record in them begins before, microseconds since the epoch. */
  readonly leastUs: number;
}

/** A range is not one of records. @param name of the file */
export const behindTheEnd = (name: string, start: number, bytes: number): InputError =>
  new InputError(`${name} has no byte ${start}, it ends behind ${bytes}`);

/** @param what is in the file: `record`, `frame`. @param around where the last one before `start` begins, and the next one */
export function notABeginning(
  name: string,
  what: string,
  start: number,
  [before, after]: readonly [number, number],
): InputError {
  const hint = `The nearest ones begin at ${before} and ${after}.`;
  return new InputError(`${name}: no ${what} begins at byte ${start}`, { hint });
}
