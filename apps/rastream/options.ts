import type { Arguments } from '../../libs/cli/options.ts';
import { INPUT_OPTIONS, PRINT_OPTIONS } from '../../libs/cli/record-options.ts';
import { STREAM_OPTIONS } from '../../libs/cli/network/server-options.ts';
import { SPLIT_OPTIONS } from '../../libs/cli/split/split-options.ts';
import { DAEMON_OPTIONS } from '../../libs/daemon/options.ts';

const { chroot: _, ...RUNNING_OPTIONS } = DAEMON_OPTIONS;

export const RASTREAM_OPTIONS = {
  ...INPUT_OPTIONS,
  'port-direction': {
    ...INPUT_OPTIONS['port-direction'],
    text: `Of files, not of streams: ${INPUT_OPTIONS['port-direction'].text}`,
  },
  'show-filter': { ...PRINT_OPTIONS['show-filter'], group: 'Input' },
  ...SPLIT_OPTIONS,
  hold: {
    short: 'B',
    arity: 'one',
    placeholder: 'TIME',
    default: '15s',
    text:
      'Wait so long for records that come late (s, m, h): a file of -M time is closed when records are so far behind its end. It should ' +
      'be no less than the longest status interval of the probes.',
    group: 'Output',
  },
  finish: {
    arity: 'none',
    text: 'When told to end, finish all files, also those whose time is not over; what comes later for it goes to NAME.2 and so on.',
    group: 'Output',
  },
  program: {
    short: 'f',
    arity: 'one',
    placeholder: 'PROGRAM',
    text: 'For each file that is finished, run this program with -r and the path of the file; no shell reads the words.',
    group: 'Program',
  },
  'program-timeout': {
    arity: 'one',
    placeholder: 'SECONDS',
    number: { min: 0.1, max: 1e6 },
    default: 3600,
    text: 'End the program after this time.',
    group: 'Program',
  },
  'program-tries': {
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: 100, integer: true },
    default: 3,
    text: 'Run it so often for a file until it succeeds.',
    group: 'Program',
  },
  'program-retry': {
    arity: 'one',
    placeholder: 'SECONDS',
    number: { min: 0, max: 1e5 },
    default: 10,
    text: 'Wait so long before the second run for a file, twice as long before the third, and so on.',
    group: 'Program',
  },
  'programs-max': {
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: 64, integer: true },
    default: 2,
    text: 'Run so many at once.',
    group: 'Program',
  },
  ...STREAM_OPTIONS,
  state: {
    arity: 'one',
    placeholder: 'DIR',
    text: 'Keep the journal there, in a folder of its own. Default: $STATE_DIRECTORY, else /var/lib/panoptes or ~/.local/state/panoptes.',
    group: 'Input',
  },
  'journal-max': {
    arity: 'one',
    placeholder: 'MIB',
    number: { min: 1, max: 16_777_216 },
    default: 8192,
    text: 'When the journal is larger, finish the files that have its oldest records, though they are not whole.',
    group: 'Input',
  },
  'sync-ms': {
    arity: 'one',
    placeholder: 'MS',
    number: { min: 0, max: 60_000 },
    default: 100,
    text: 'What came is on the disk, and acknowledged, after this time at most.',
    group: 'Input',
  },
  'sync-bytes': {
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: 2 ** 30, integer: true },
    default: 4_194_304,
    text: 'It is so when so many bytes came, too.',
    group: 'Input',
  },
  ...RUNNING_OPTIONS,
} as const;

export type RastreamArguments = Arguments<typeof RASTREAM_OPTIONS>;
