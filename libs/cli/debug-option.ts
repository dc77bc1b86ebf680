import { WITHOUT_EFFECT, type OptionTable } from './options.ts';

/** A letter of all programs of Argus. */
export const DEBUG_OPTION = {
  debug: {
    short: 'D',
    arity: 'one',
    placeholder: 'LEVEL',
    text: 'Understood, since scripts have it; does nothing.',
    group: WITHOUT_EFFECT,
  },
} as const satisfies OptionTable;
