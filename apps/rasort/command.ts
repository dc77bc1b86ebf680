import type { Command } from '../../libs/cli/command.ts';
import { readerConfiguration } from '../../libs/cli/configuration/configured-reader.ts';
import { RASORT_OPTIONS } from './options.ts';

export const rasort: Command<typeof RASORT_OPTIONS> = {
  name: 'rasort',
  summary: 'Sorts flow records by any fields.',
  options: RASORT_OPTIONS,
  operands: 'filter',
  examples: [
    ['rasort -r records -m bytes -N 10', 'The ten largest flows.'],
    ['racluster -r records -m saddr -w - | rasort -m bytes -N 10 -H -s rank saddr bytes', 'The ten hosts with most.'],
    ['rasort -r records -m saddr/24 stime -w sorted', 'By network of the source, then by time, into another file.'],
    ['rasort -R archive --memory 512M -m -dur - tcp', 'The longest connections first, in little memory.'],
  ],
  configure: readerConfiguration(RASORT_OPTIONS),
  async run(args, context) {
    const { sortRecords } = await import('./sort-records.ts');
    return sortRecords(args, context);
  },
};
