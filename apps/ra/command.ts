import type { Command } from '../../libs/cli/command.ts';
import { readerConfiguration } from '../../libs/cli/configuration/configured-reader.ts';
import { RA_OPTIONS } from './options.ts';

export const ra: Command<typeof RA_OPTIONS> = {
  name: 'ra',
  summary: 'Reads, filters, prints and rewrites flow records.',
  options: RA_OPTIONS,
  operands: 'filter',
  examples: [
    ['ra -r records - tcp and port 443', 'Print what a file holds of TLS.'],
    ['ra -S localhost -s stime dur saddr daddr bytes', 'Watch a probe, with columns of your own.'],
    ['argus -r capture.pcap -w - | ra -M json', 'From packets to one JSON object a flow record.'],
    ['ra -R archive -t -1h -L 40 -s +dur -s -flgs - not port 22', 'The last hour, with headings every forty lines.'],
    ['ra -R probe1 probe2 --merge', 'The records of two trees, in the order in which they began.'],
    ['ra -R archive -w web.records - dst port 80 or 443', 'Select records of many files into one.'],
  ],
  configure: readerConfiguration(RA_OPTIONS),
  async run(args, context) {
    const { readRecords } = await import('./read-records.ts');
    return readRecords(args, context);
  },
};
