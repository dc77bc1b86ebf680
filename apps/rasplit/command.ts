import type { Command } from '../../libs/cli/command.ts';
import { readerConfiguration } from '../../libs/cli/configuration/configured-reader.ts';
import { RASPLIT_OPTIONS } from './options.ts';

export const rasplit: Command<typeof RASPLIT_OPTIONS> = {
  name: 'rasplit',
  summary: 'Divides flow records among files, by time, count, size or what they are.',
  options: RASPLIT_OPTIONS,
  operands: 'filter',
  examples: [
    ["rasplit -r records -M time 1h -w 'archive/%Y-%m-%d/%H.%M'", 'A file for each hour, in a folder for each day.'],
    ["rasplit -R archive -M time 1d -w '$srcid/%Y-%m-%d' - tcp", 'By probe and day, what is TCP.'],
    ['rasplit -r records -M count 100k -w part.', 'part.aa, part.ab and so on, of 100,000 records each.'],
  ],
  configure: readerConfiguration(RASPLIT_OPTIONS),
  async run(args, context) {
    const { splitFiles } = await import('./split-files.ts');
    return splitFiles(args, context);
  },
};
