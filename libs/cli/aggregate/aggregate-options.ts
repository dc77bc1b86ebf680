import { MEMORY_OPTION } from '../memory-option.ts';
import type { OptionTable } from '../options.ts';
import { PRINT_OPTIONS } from '../record-options.ts';

/** How the commands that merge records are told how. */
export const AGGREGATE_OPTIONS = {
  model: {
    short: 'm',
    arity: 'greedy',
    placeholder: 'KEY',
    text:
      'Merge records that agree in these fields: any of --list-fields, addresses with a mask (saddr/16), none (all become one), matrix (pairs of ' +
      'hosts), macmatrix, addr, mac, port (for both sides of each record). Without it: srcid proto saddr sport daddr dport.',
    group: 'Aggregation',
  },
  config: {
    short: 'f',
    arity: 'one',
    placeholder: 'FILE',
    text: 'Merge by the lines of this file, each filter="..." grep="..." model="..." status=SECONDS idle=SECONDS label="..." cont; records go to the first that they match, and what matches none is merged by -m.',
    group: 'Aggregation',
  },
  memory: { ...MEMORY_OPTION.memory, group: 'Aggregation' },
} as const satisfies OptionTable;

/** `-M` of the commands that merge records. */
export const AGGREGATE_MODE_TEXT =
  'correct, nocorrect: with or without bringing both directions of a flow together, which is usual where the key is that of a flow; rmon: each ' +
  'record counts for both of its sides; uni: each record is two, of one side each; nopreserve: fields of addresses and ports that are not in the key ' +
  'are left out; norep: without how many records became one and their durations; json, xml: how records print; man or noman: with or without management records.';

/** As for `ra`, but for `-M`. */
export const AGGREGATE_PRINT_OPTIONS = {
  ...PRINT_OPTIONS,
  mode: { ...PRINT_OPTIONS.mode, text: AGGREGATE_MODE_TEXT, group: 'Aggregation' },
} as const satisfies OptionTable;
