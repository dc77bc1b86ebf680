import type { Arguments, OptionTable } from '../../libs/cli/options.ts';
import { DEBUG_OPTION, OPTIMIZER_OPTION } from '../../libs/cli/idle-options.ts';
import { DIALECT_OPTIONS } from '../../libs/cli/network/dialects.ts';
import { CHECK_OPTION, LISTEN_OPTIONS, KEEP_OPTIONS, STREAM_OPTIONS } from '../../libs/cli/network/server-options.ts';
import { CLIENT_SECURITY_OPTIONS, SERVER_SECURITY_OPTIONS } from '../../libs/cli/network/security-options.ts';
import { DAEMON_OPTIONS } from '../../libs/daemon/options.ts';

/** Read before the command line, when it is there. */
export const DEFAULT_FILE = '/etc/panoptes/radium.conf';

/** The options of the multiplexer. */
export const RADIUM_OPTIONS = {
  server: {
    short: 'S',
    arity: 'each',
    placeholder: 'HOST[:PORT]',
    text:
      'Read the stream of a probe or another multiplexer, and take it up again whenever it breaks; may be given again. With commas: ' +
      'servers that have the same records, of which one is read and the others stand in.',
    group: 'Records in',
  },
  read: {
    short: 'r',
    arity: 'greedy',
    placeholder: 'FILE',
    text: 'Read record files, once the first reader is there; - is standard input.',
    group: 'Records in',
  },
  recurse: {
    short: 'R',
    arity: 'greedy',
    placeholder: 'DIR',
    text: 'Read all files below these directories, in the order of their paths; links are followed, names that begin with a dot left out.',
    group: 'Records in',
  },
  'no-reconnect': {
    short: 'p',
    arity: 'none',
    text: 'End when a server cannot be had, or goes.',
    group: 'Records in',
  },
  ...STREAM_OPTIONS,

  ...LISTEN_OPTIONS,
  clients: {
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: 10_000, integer: true },
    default: 128,
    text: 'Most readers at once.',
    group: 'Records out',
  },
  write: {
    short: 'w',
    arity: 'lists',
    wordsMax: 2,
    placeholder: 'FILE ["FILTER"]',
    text:
      'Append records to this file, those only that match the record filter behind it; - is standard output, argus3:FILE ' +
      'the format of Argus 3. May be given again.',
    group: 'Records out',
  },
  management: {
    short: 'M',
    arity: 'one',
    placeholder: 'SECONDS',
    number: { min: 0, max: 86_400 },
    default: 60,
    text: 'Add a management record of its own, which tells how it fares, every so often; 0: at start and end only.',
    group: 'Records out',
  },
  source: {
    short: 'e',
    arity: 'one',
    placeholder: 'ID',
    text: 'Source id of its own management records: a number, an IPv4 address, or a text in double quotes. Records keep those of their probes.',
    group: 'Records out',
  },
  ...DIALECT_OPTIONS,
  ...KEEP_OPTIONS,

  config: {
    short: 'f',
    otherShort: 'F',
    arity: 'each',
    placeholder: 'FILE',
    text: 'Read settings from this file too (also -F), see docs/radium-conf.md; what stands on the command line wins.',
    group: 'Running',
  },
  'no-config': {
    short: 'X',
    arity: 'none',
    text: 'Forget configuration files up to here: that of the system, and any -f before this.',
    group: 'Running',
  },
  ...CHECK_OPTION,
  ...SERVER_SECURITY_OPTIONS,
  ...CLIENT_SECURITY_OPTIONS,
  ...DAEMON_OPTIONS,
  ...DEBUG_OPTION,
  ...OPTIMIZER_OPTION,
} as const satisfies OptionTable;

export type RadiumArguments = Arguments<typeof RADIUM_OPTIONS>;
