import type { OptionTable } from './options.ts';

/** How much memory a command may take for records that it has to hold; `parseMemory` reads it. */
export const MEMORY_OPTION = {
  memory: {
    arity: 'one',
    placeholder: 'SIZE',
    text: "Keep records in about this much memory, such as 2G; the rest waits in temporary files. 640M when not given, or a quarter of the machine's if that is less.",
  },
} as const satisfies OptionTable;
