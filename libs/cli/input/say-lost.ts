import type { Batch } from '../../record/batch.ts';
import type { Context } from '../command.ts';

/** Tells people which records a gap is of; nothing where it is of none. */
export function sayLost({ origin, first, covers }: Batch, { warn }: Pick<Context, 'warn'>): void {
  if (covers > 0) warn(`records ${first} to ${first + covers - 1} of probe ${origin.source} were lost on their way`);
}
