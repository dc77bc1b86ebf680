import { WITHOUT_EFFECT, type OptionTable } from './options.ts';

/** What all programs of Argus have. */
export const DEBUG_OPTION = {
  debug: {
    short: 'D',
    arity: 'one',
    placeholder: 'LEVEL',
    text: 'Understood, since scripts have it; does nothing.',
    group: WITHOUT_EFFECT,
  },
} as const satisfies OptionTable;

/** What those have that take filters of records. */
export const OPTIMIZER_OPTION = {
  'no-optimizer': {
    short: 'O',
    arity: 'none',
    text: 'Understood, since scripts have it; does nothing.',
    group: WITHOUT_EFFECT,
  },
} as const satisfies OptionTable;
