import type { Command } from '../../libs/cli/command.ts';
import { readerConfiguration } from '../../libs/cli/configured-reader.ts';
import type { Arguments } from '../../libs/cli/options.ts';
import { INPUT_OPTIONS, PRINT_OPTIONS } from '../../libs/cli/record-options.ts';

export const RATIMERANGE_OPTIONS = {
  ...INPUT_OPTIONS,
  mode: {
    ...PRINT_OPTIONS.mode,
    words: ['json', 'man', 'noman'],
    text: 'json: as one JSON object; man or noman: with or without management records.',
  },
  'show-filter': PRINT_OPTIONS['show-filter'],
  precision: PRINT_OPTIONS.precision,
  unix: PRINT_OPTIONS.unix,
} as const;

export type RatimerangeArguments = Arguments<typeof RATIMERANGE_OPTIONS>;

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
