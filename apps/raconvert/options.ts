import type { Arguments } from '../../libs/cli/options.ts';
import { MEMORY_OPTION } from '../../libs/cli/memory-option.ts';
import { EXPLAIN_OPTION, INPUT_OPTIONS } from '../../libs/cli/record-options.ts';

const { read, recurse, merge, range, time, payload, 'no-config': noConfig } = INPUT_OPTIONS;

export const RACONVERT_OPTIONS = {
  read,
  recurse,
  merge,
  range,
  time,
  payload,
  'no-config': noConfig,
  ...EXPLAIN_OPTION,
  write: {
    short: 'w',
    arity: 'one',
    placeholder: 'FILE',
    text: 'Append the records to this file in our own format, or with argus3:FILE in that of Argus 3; - is standard output.',
    group: 'Output',
  },
  memory: { ...MEMORY_OPTION.memory, text: `With --merge: ${MEMORY_OPTION.memory.text}`, group: 'Input' },
  quiet: { short: 'q', arity: 'none', text: 'Do not say how many records there were.', group: 'Output' },
} as const;

export type RaconvertArguments = Arguments<typeof RACONVERT_OPTIONS>;
