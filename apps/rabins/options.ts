import { AGGREGATE_OPTIONS, AGGREGATE_PRINT_OPTIONS } from '../../libs/cli/aggregate/aggregate-options.ts';
import { AGGREGATE_MODE_WORDS, BIN_MODE_WORDS } from '../../libs/cli/mode-words.ts';
import type { Arguments } from '../../libs/cli/options.ts';
import { EXPLAIN_OPTION, INPUT_OPTIONS, OUTPUT_OPTIONS } from '../../libs/cli/record-options.ts';
import { THREADS_OPTION } from '../../libs/cli/scan/threads-option.ts';

const { write } = OUTPUT_OPTIONS;
const { model, config, memory } = AGGREGATE_OPTIONS;
const { mode, ...print } = AGGREGATE_PRINT_OPTIONS;

export const RABINS_OPTIONS = {
  ...INPUT_OPTIONS,
  ...EXPLAIN_OPTION,
  ...THREADS_OPTION,
  mode: {
    ...mode,
    words: [...mode.words, ...AGGREGATE_MODE_WORDS, ...BIN_MODE_WORDS],
    text:
      'time 10s: bins of this time (s, m, h, d, w, M, y); count 1k, size 10m: bins of so many records or bytes; hard: times are those of the bins; ' +
      `zero: bins without records too; nomodify: records are not divided at the boundaries; nomerge: nor merged. ${mode.text}`,
  },
  model,
  config: { ...config, text: `${config.text} Times of status and idle are passed over: bins have theirs.` },
  hold: {
    short: 'B',
    arity: 'one',
    placeholder: 'TIME',
    text: 'Print a bin when records this much later have come, seconds or 10s, 5m, 1h, instead of at the end.',
    group: 'Aggregation',
  },
  sort: {
    short: 'P',
    arity: 'greedy',
    placeholder: 'FIELD',
    text:
      'Print the records of each bin in the order of these fields, the first one first. Amounts and rates go from the largest down, all others up; ' +
      '+ or - before a field, with commas between several, say otherwise.',
    group: 'Aggregation',
  },
  memory,
  write: {
    ...write,
    text:
      `${write.text} A name with strftime(3) conversions, such as %Y-%m-%d/%H.%M, or with $field is that of a file for each bin of time; ` +
      'folders are made.',
  },
  ...print,
} as const;

export type RabinsArguments = Arguments<typeof RABINS_OPTIONS>;
