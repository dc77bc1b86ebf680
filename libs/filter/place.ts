import { FilterError } from './errors.ts';

/** A word of a filter and where it stands. */
export interface Place {
  readonly source: string;
  readonly text: string;
  /** Offset in the source, in UTF-16 units. */
  readonly at: number;
}

/** @param offset of the fault within the word */
export function fault(place: Place, problem: string, hint = '', offset = 0): FilterError {
  return new FilterError(place.source, place.at + offset, problem, hint);
}
