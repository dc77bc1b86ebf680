import type { Context } from '../../libs/cli/command.ts';
import { explain, showFilter } from '../../libs/cli/listings.ts';
import type { Arguments } from '../../libs/cli/options.ts';
import { splitInputs } from '../../libs/cli/split/split-inputs.ts';
import { planSplit } from '../../libs/cli/split/split-plan.ts';
import type { RASPLIT_OPTIONS } from './options.ts';

/** How long records of a live stream are waited for behind the newest, microseconds. */
const LIVE_HOLD_US = 15e6;

/**
 * Of records that are there all files stay open to the end, so that records find theirs in whatever order they come. Those of a
 * stream have none.
 * @returns the exit status
 */
export function splitFiles(args: Arguments<typeof RASPLIT_OPTIONS>, context: Context): Promise<number> {
  if (args['show-filter']) return showFilter(args, context);
  if (args.explain) return explain(args, context, { fields: undefined, readsAll: true });
  const done = (): Promise<void> => Promise.resolve();
  return splitInputs(args, context, {
    plan: planSplit(args),
    holdUs: args.server.length > 0 ? LIVE_HOLD_US : undefined,
    sorts: false,
    appends: true,
    observer: { finishing: done, finished: done },
  });
}
