import { MODE_WORDS } from '../../libs/cli/mode-words.ts';
import { MEMORY_OPTION } from '../../libs/cli/memory-option.ts';
import type { Arguments } from '../../libs/cli/options.ts';
import { EXPLAIN_OPTION, INPUT_OPTIONS, PRINT_OPTIONS } from '../../libs/cli/record-options.ts';
import { THREADS_OPTION } from '../../libs/cli/scan/threads-option.ts';

export const RACOUNT_OPTIONS = {
  ...INPUT_OPTIONS,
  ...EXPLAIN_OPTION,
  ...THREADS_OPTION,
  mode: {
    ...PRINT_OPTIONS.mode,
    words: ['proto', 'addr', ...MODE_WORDS],
    text: 'proto: also by protocol; addr: also how many addresses of each sort there are; json: as one JSON object; man or noman: with or without management records.',
    group: 'Counting',
  },
  'show-filter': PRINT_OPTIONS['show-filter'],
  numeric: { ...PRINT_OPTIONS.numeric, text: '-nn: protocols by their numbers.', group: 'Counting' },
  memory: {
    ...MEMORY_OPTION.memory,
    text: "Tell addresses apart in about this much memory, such as 512M; beyond it counts are too low, which is said. A quarter of the machine's when not given.",
    group: 'Counting',
  },
} as const;

export type RacountArguments = Arguments<typeof RACOUNT_OPTIONS>;
