import type { Command } from '../../libs/cli/command.ts';
import { readerConfiguration } from '../../libs/cli/configuration/configured-reader.ts';
import { RACOUNT_OPTIONS } from './options.ts';

export const racount: Command<typeof RACOUNT_OPTIONS> = {
  name: 'racount',
  summary: 'Counts flow records, their packets and bytes.',
  options: RACOUNT_OPTIONS,
  operands: 'filter',
  examples: [
    ['racount -r records', 'Records, packets and bytes in a file.'],
    ['racount -R archive -M proto addr', 'By protocol, and which sorts of addresses there are.'],
    ['racount -r records -M json - dst port 443', 'For a program, of a part.'],
  ],
  configure: readerConfiguration(RACOUNT_OPTIONS),
  async run(args, context) {
    const { countRecords } = await import('./count-records.ts');
    return countRecords(args, context);
  },
};
