import type { Command } from '../../libs/cli/command.ts';
import { RACONVERT_OPTIONS } from './options.ts';

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
