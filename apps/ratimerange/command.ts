import type { Command } from '../../libs/cli/command.ts';
import { readerConfiguration } from '../../libs/cli/configuration/configured-reader.ts';
import { RATIMERANGE_OPTIONS } from './options.ts';

export const ratimerange: Command<typeof RATIMERANGE_OPTIONS> = {
  name: 'ratimerange',
  summary: 'Says from when to when records are.',
  options: RATIMERANGE_OPTIONS,
  operands: 'filter',
  examples: [
    ['ratimerange -r records', 'The first packet of all and the last.'],
    ['ratimerange -R archive -u - host 192.0.2.1', 'The same of one host, in seconds since 1970.'],
  ],
  configure: readerConfiguration(RATIMERANGE_OPTIONS),
  async run(args, context) {
    const { sayTimeRange } = await import('./say-time-range.ts');
    return sayTimeRange(args, context);
  },
};
