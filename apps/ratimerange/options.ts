import type { Arguments } from '../../libs/cli/options.ts';
import { EXPLAIN_OPTION, INPUT_OPTIONS, PRINT_OPTIONS } from '../../libs/cli/record-options.ts';

export const RATIMERANGE_OPTIONS = {
  ...INPUT_OPTIONS,
  ...EXPLAIN_OPTION,
  mode: {
    ...PRINT_OPTIONS.mode,
    words: ['json', 'man', 'noman'],
    text: 'json: as one JSON object; man or noman: with or without management records.',
  },
  'show-filter': PRINT_OPTIONS['show-filter'],
  precision: PRINT_OPTIONS.precision,
  unix: PRINT_OPTIONS.unix,
} as const;

export type RatimerangeArguments = Arguments<typeof RATIMERANGE_OPTIONS>;
