import type { Merger } from '../../aggregate/clusters.ts';
import type { Context } from '../command.ts';

/** What merging could not keep. */
export type Merged = Pick<Merger, 'unknownColumns' | 'isOver'>;

/** Says what merging could not keep. @returns the exit status */
export function sayMerged({ unknownColumns, isOver }: Merged, { warn }: Pick<Context, 'warn'>): number {
  if (unknownColumns > 0) warn('fields of a later version were left out, since how they merge is not known');
  if (isOver)
    warn(`counts of some records are larger than ${2 ** 32 - 1}, the most that one can hold, and stay at that`);
  return isOver ? 1 : 0;
}
