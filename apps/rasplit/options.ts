import { EXPLAIN_OPTION, INPUT_OPTIONS, PRINT_OPTIONS } from '../../libs/cli/record-options.ts';
import { SPLIT_OPTIONS } from '../../libs/cli/split/split-options.ts';

export const RASPLIT_OPTIONS = {
  ...INPUT_OPTIONS,
  ...EXPLAIN_OPTION,
  'show-filter': { ...PRINT_OPTIONS['show-filter'], group: 'Input' },
  ...SPLIT_OPTIONS,
} as const;
