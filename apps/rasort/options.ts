import { MEMORY_OPTION } from '../../libs/cli/memory-option.ts';
import type { Arguments } from '../../libs/cli/options.ts';
import { EXPLAIN_OPTION, INPUT_OPTIONS, OUTPUT_OPTIONS, PRINT_OPTIONS } from '../../libs/cli/record-options.ts';
import { THREADS_OPTION } from '../../libs/cli/scan/threads-option.ts';

export const RASORT_OPTIONS = {
  sort: {
    short: 'm',
    arity: 'greedy',
    placeholder: 'FIELD',
    text:
      'Sort by these fields, the first one first. Amounts and rates are sorted from the largest down, all others up; + or - before a field, ' +
      'with commas between several (-m -dur,+saddr/16), say otherwise. ADDRESS/BITS compares networks. Default: stime.',
    group: 'Sorting',
  },
  memory: { ...MEMORY_OPTION.memory, group: 'Sorting' },
  ...INPUT_OPTIONS,
  ...EXPLAIN_OPTION,
  ...THREADS_OPTION,
  range: {
    ...INPUT_OPTIONS.range,
    text:
      'Of the sorted records, take only N (the first ones), A-B, or A+N (from A to A+N). After i it is of those that come in, ' +
      'before they are sorted.',
  },
  ...OUTPUT_OPTIONS,
  ...PRINT_OPTIONS,
  mode: {
    ...PRINT_OPTIONS.mode,
    words: [...PRINT_OPTIONS.mode.words, 'replace'],
    text: `${PRINT_OPTIONS.mode.text} replace: sort each file that is read in its place.`,
  },
} as const;

export type RasortArguments = Arguments<typeof RASORT_OPTIONS>;
