import type { KeepOptions } from '../../transport/record-log.ts';
import type { Arguments, OptionTable } from '../options.ts';

/** Where a server listens. */
export const LISTEN_OPTIONS = {
  port: {
    short: 'P',
    arity: 'one',
    placeholder: 'PORT',
    number: { min: 0, max: 65_535, integer: true },
    text: 'Serve records to readers on this TCP port (561 is customary); 0 is off.',
    group: 'Records out',
  },
  bind: {
    short: 'B',
    arity: 'each',
    placeholder: 'ADDRESS',
    text: 'Listen on this address only; may be given again, or as a list with commas.',
    group: 'Records out',
  },
} as const satisfies OptionTable;

/** Of daemons with a configuration. */
export const CHECK_OPTION = {
  check: {
    arity: 'none',
    text: 'Only check the configuration, and print what it means.',
    group: 'Running',
  },
} as const satisfies OptionTable;

/** What a server keeps for named readers that are away, and how long it bears with those that stand still. */
export const KEEP_OPTIONS = {
  state: {
    arity: 'one',
    placeholder: 'DIR',
    text: 'Keep there what must survive the program, in a folder of its own. Default: $STATE_DIRECTORY, else /var/lib/panoptes or ~/.local/state/panoptes.',
    group: 'Records out',
  },
  keep: {
    arity: 'one',
    placeholder: 'HOURS',
    number: { min: 0, max: 8760 },
    default: 24,
    text: 'Keep for a named reader that is away this long what it has not acknowledged.',
    group: 'Records out',
  },
  'keep-memory': {
    arity: 'one',
    placeholder: 'MIB',
    number: { min: 0.01, max: 65_536 },
    default: 64,
    text: 'Keep that much of it in memory, for all readers together; the rest goes to disk.',
    group: 'Records out',
  },
  'keep-disk': {
    arity: 'one',
    placeholder: 'MIB',
    number: { min: 0, max: 16_777_216 },
    default: 1024,
    text: 'Keep that much of it on disk; beyond it the oldest is given up, and readers are told exactly what.',
    group: 'Records out',
  },
  heartbeat: {
    arity: 'one',
    placeholder: 'SECONDS',
    number: { min: 0.05, max: 3600 },
    default: 5,
    text: 'Show readers that the server is there when there was nothing to say for so long.',
    group: 'Records out',
  },
  stall: {
    arity: 'one',
    placeholder: 'SECONDS',
    number: { min: 0.1, max: 86_400 },
    default: 60,
    text: 'Cut a reader that takes nothing for this long.',
    group: 'Records out',
  },
} as const satisfies OptionTable;

/** How streams are read that may break. */
export const STREAM_OPTIONS = {
  name: {
    arity: 'one',
    placeholder: 'NAME',
    text: 'Servers keep for this name what it has not acknowledged. Default: made once, and kept in the state directory.',
    group: 'Input',
  },
  silence: {
    arity: 'one',
    placeholder: 'SECONDS',
    number: { min: 0.1, max: 86_400 },
    default: 30,
    text: 'Take a server for dead that is silent for this long; it says every few seconds that it is there.',
    group: 'Input',
  },
  retry: {
    arity: 'one',
    placeholder: 'SECONDS',
    number: { min: 0.01, max: 86_400 },
    default: 30,
    text: 'Try again to connect after at most this long; it begins with a quarter of a second, and doubles.',
    group: 'Input',
  },
} as const satisfies OptionTable;

type KeepArguments = Omit<Arguments<typeof KEEP_OPTIONS>, 'operands'>;
type StreamArguments = Omit<Arguments<typeof STREAM_OPTIONS>, 'operands'>;

const MIB = 2 ** 20;

/** @param directory of this program alone */
export function keepOptions(args: KeepArguments, directory: string): KeepOptions {
  return {
    directory,
    memoryBytesMax: args['keep-memory'] * MIB,
    diskBytesMax: args['keep-disk'] * MIB,
    keepMs: args.keep * 3_600_000,
  };
}

export function serverTimes({ heartbeat, stall }: KeepArguments): { heartbeatMs: number; stallMs: number } {
  return { heartbeatMs: heartbeat * 1000, stallMs: stall * 1000 };
}

export function streamTimes({ silence, retry }: StreamArguments): {
  silenceMs: number;
  retryMs: { min: number; max: number };
} {
  return { silenceMs: silence * 1000, retryMs: { min: Math.min(250, retry * 1000), max: retry * 1000 } };
}
