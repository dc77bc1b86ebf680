import { MEMORY_OPTION } from '../../libs/cli/memory-option.ts';
import type { Arguments } from '../../libs/cli/options.ts';
import { EXPLAIN_OPTION, INPUT_OPTIONS, OUTPUT_OPTIONS, PRINT_OPTIONS } from '../../libs/cli/record-options.ts';
import { THREADS_OPTION } from '../../libs/cli/scan/threads-option.ts';

export const RA_OPTIONS = {
  ...INPUT_OPTIONS,
  ...EXPLAIN_OPTION,
  memory: { ...MEMORY_OPTION.memory, text: `With --merge: ${MEMORY_OPTION.memory.text}`, group: 'Input' },
  ...THREADS_OPTION,
  ...OUTPUT_OPTIONS,
  ...PRINT_OPTIONS,
} as const;

export type RaArguments = Arguments<typeof RA_OPTIONS>;
