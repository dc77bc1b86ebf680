import { AGGREGATE_OPTIONS, AGGREGATE_PRINT_OPTIONS } from '../../libs/cli/aggregate/aggregate-options.ts';
import type { Arguments } from '../../libs/cli/options.ts';
import { AGGREGATE_MODE_WORDS, FILE_MODE_WORDS } from '../../libs/cli/mode-words.ts';
import { EXPLAIN_OPTION, INPUT_OPTIONS, OUTPUT_OPTIONS } from '../../libs/cli/record-options.ts';
import { THREADS_OPTION } from '../../libs/cli/scan/threads-option.ts';

const { write } = OUTPUT_OPTIONS;
const { mode, ...print } = AGGREGATE_PRINT_OPTIONS;

export const RACLUSTER_OPTIONS = {
  ...INPUT_OPTIONS,
  ...EXPLAIN_OPTION,
  ...THREADS_OPTION,
  ...AGGREGATE_OPTIONS,
  mode: {
    ...mode,
    words: [...mode.words, ...AGGREGATE_MODE_WORDS, ...FILE_MODE_WORDS],
    text: `${mode.text} ind: records of each file apart; replace: each file is replaced by what it became.`,
  },
  write,
  ...print,
} as const;

export type RaclusterArguments = Arguments<typeof RACLUSTER_OPTIONS>;
