import type { Command } from '../../libs/cli/command.ts';
import { readerConfiguration } from '../../libs/cli/configuration/configured-reader.ts';
import { commonListing } from '../../libs/cli/listings.ts';
import { RABINS_OPTIONS } from './options.ts';

export const rabins: Command<typeof RABINS_OPTIONS> = {
  name: 'rabins',
  summary: 'Merges flow records within intervals of time, at whose boundaries records are divided.',
  options: RABINS_OPTIONS,
  operands: 'filter',
  examples: [
    [
      'rabins -M hard time 10s -m proto -r records -s stime dur proto pkts bytes',
      'Traffic of each protocol, every ten seconds.',
    ],
    [
      'rabins -M hard zero time 1m -m none -r records -s stime bytes - tcp',
      'A line for each minute, also where nothing was.',
    ],
    ['rabins -M time 1h -m saddr -P bytes -r records', 'The hosts of every hour, those that sent most first.'],
    ["rabins -M time 5m -r records -w 'bins/%Y-%m-%d/%H.%M'", 'A file for each five minutes, of merged records.'],
    ['rabins -S localhost -M time 5s -B 10 -m saddr/24', 'Live, bins that ended ten seconds ago.'],
  ],
  configure: readerConfiguration(RABINS_OPTIONS),
  async run(args, context) {
    const listing = await commonListing(args, context);
    if (listing !== undefined) return listing;
    const { binRecords } = await import('./bin-records.ts');
    return binRecords(args, context);
  },
};
