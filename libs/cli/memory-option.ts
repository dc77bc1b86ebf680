import type { OptionTable } from './options.ts';

/** How much memory a command may take for records that it has to hold; `parseMemory` reads it. */
export const MEMORY_OPTION = {
  memory: {
    arity: 'one',
    placeholder: 'SIZE',
    text: "Keep records in about this much memory, such as 512M; the rest waits in temporary files. A quarter of the machine's when not given.",
  },
} as const satisfies OptionTable;
