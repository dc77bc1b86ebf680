import type { Command } from '../../libs/cli/command.ts';
import { readerConfiguration } from '../../libs/cli/configuration/configured-reader.ts';
import { commonListing } from '../../libs/cli/listings.ts';
import { RACLUSTER_OPTIONS } from './options.ts';

export const racluster: Command<typeof RACLUSTER_OPTIONS> = {
  name: 'racluster',
  summary: 'Merges flow records that have something in common, such as those of one flow or of one host.',
  options: RACLUSTER_OPTIONS,
  operands: 'filter',
  examples: [
    ['racluster -r records', 'One record a flow, whatever the number of its status records.'],
    ['racluster -R /archive/2026/03/01 -w day.records', "A day's flows into one file."],
    ['racluster -r records -m saddr -s saddr trans pkts bytes - tcp', 'What each host sent of TCP.'],
    ['racluster -r records -m saddr/16 daddr/16 proto', 'Networks, by protocol.'],
    ['racluster -r records -m proto -% -s proto trans pkts bytes', 'What part of all each protocol has.'],
    ['racluster -M rmon -m addr -r records -s saddr spkts dpkts', 'Packets out of and into each host.'],
  ],
  configure: readerConfiguration(RACLUSTER_OPTIONS),
  async run(args, context) {
    const listing = await commonListing(args, context);
    if (listing !== undefined) return listing;
    const { clusterRecords } = await import('./cluster-records.ts');
    return clusterRecords(args, context);
  },
};
