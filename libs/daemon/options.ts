import type { Arguments, OptionTable } from '../cli/options.ts';

/** The options by which a command runs as a daemon; it has them among its own. */
export const DAEMON_OPTIONS = {
  'pid-file': {
    arity: 'one',
    placeholder: 'FILE',
    text: 'Keep the number of the process in this file while it runs; another one that runs is left in peace.',
    group: 'Running',
  },
  user: { short: 'u', arity: 'one', placeholder: 'USER', text: 'Become this user when all is open.', group: 'Running' },
  group: {
    short: 'g',
    arity: 'one',
    placeholder: 'GROUP',
    text: 'Become this group when all is open.',
    group: 'Running',
  },
  chroot: {
    short: 'c',
    arity: 'one',
    placeholder: 'FOLDER',
    text: 'Shut the process into this folder when all is open.',
    group: 'Running',
  },
  metrics: {
    arity: 'one',
    placeholder: '[ADDRESS:]PORT',
    text: 'Serve figures for Prometheus at http://ADDRESS:PORT/metrics, on 127.0.0.1 when no address is given.',
    group: 'Running',
  },
  log: {
    arity: 'one',
    placeholder: 'FORM',
    text: 'Messages on standard error are text, or with json one object a line.',
    group: 'Running',
  },
  daemon: { short: 'd', arity: 'none', text: 'Run in the background.', group: 'Running' },
} as const satisfies OptionTable;

export type DaemonArguments = Omit<Arguments<typeof DAEMON_OPTIONS>, 'operands'>;
