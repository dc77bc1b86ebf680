import type { Command } from '../../libs/cli/command.ts';
import { showFilter } from '../../libs/cli/listings.ts';
import { readerConfiguration } from '../../libs/cli/configuration/configured-reader.ts';
import { RASTREAM_OPTIONS } from './options.ts';

export const rastream: Command<typeof RASTREAM_OPTIONS> = {
  name: 'rastream',
  summary: 'Keeps a stream of flow records in files, and loses none.',
  options: RASTREAM_OPTIONS,
  operands: 'filter',
  examples: [
    [
      "rastream -S localhost:4001 -M time 10m -w '/var/log/argus/%Y-%m-%d/argus.%H.%M.%S'",
      'A file for each ten minutes, in a folder for each day.',
    ],
    [
      "rastream -S localhost -M time 1h -w '$srcid/%F/%H' -f compress.sh - tcp",
      'TCP by probe; a script for each file.',
    ],
  ],
  configure: readerConfiguration(RASTREAM_OPTIONS),
  async run(args, context) {
    if (args['show-filter']) return showFilter(args, context);
    const { keepRecords } = await import('./keep-records.ts');
    return keepRecords(args, context);
  },
};
