import type { Command } from '../../libs/cli/command.ts';
import type { Arguments } from '../../libs/cli/options.ts';
import { INPUT_OPTIONS } from '../../libs/cli/record-options.ts';

const { read, recurse, range, time, payload, 'no-config': noConfig } = INPUT_OPTIONS;

export const RACONVERT_OPTIONS = {
  read,
  recurse,
  range,
  time,
  payload,
  'no-config': noConfig,
  write: {
    short: 'w',
    arity: 'one',
    placeholder: 'FILE',
    text: 'Append the records to this file in our own format, or with argus3:FILE in that of Argus 3; - is standard output.',
    group: 'Output',
  },
  quiet: { short: 'q', arity: 'none', text: 'Do not say how many records there were.', group: 'Output' },
} as const;

export type RaconvertArguments = Arguments<typeof RACONVERT_OPTIONS>;

export const raconvert: Command<typeof RACONVERT_OPTIONS> = {
  name: 'raconvert',
  summary: 'Converts records between the format of Argus and our own, and says what has no place in the other.',
  options: RACONVERT_OPTIONS,
  operands: 'filter',
  examples: [
    ['raconvert -r argus.out -w records', 'From Argus 3 or 5 to our own format.'],
    ['raconvert -r records -w argus3:argus.out', 'From our own format to one that the original ra reads.'],
    ['raconvert -R /var/log/argus -w records - tcp', 'A tree of files, compressed or not, into one, what is TCP.'],
  ],
  async run(args, context) {
    const { convertRecords } = await import('./convert-records.ts');
    return convertRecords(args, context);
  },
};
