import { existsSync } from 'node:fs';
import type { Command } from '../../libs/cli/command.ts';
import { ARGUS_OPTIONS } from './options.ts';

/** Read by default; files of Argus's own are read only when they are named. */
const DEFAULT_FILE = '/etc/panoptes/argus.conf';

export const argus: Command<typeof ARGUS_OPTIONS> = {
  name: 'argus',
  summary: 'Turns packets into bidirectional flow records.',
  options: ARGUS_OPTIONS,
  operands: 'filter',
  usage: '[- capture filter]',
  examples: [
    ['argus -r capture.pcap', 'Print the flows of a capture.'],
    ['argus -r capture.pcap -w flows - tcp port 443', 'Keep those of TLS in a file.'],
    ['argus -i eth0 -P 561', 'Watch an interface and serve the records; read them with: ra -S localhost'],
    ['tcpdump -w - | argus -r - -w - | ra', 'From one pipe to the next.'],
  ],
  async configure(given, context) {
    const isNamed = given.tokens.some((token) => token.startsWith('--config='));
    if (!isNamed && !existsSync(DEFAULT_FILE)) return given;
    const { configure } = await import('./config.ts');
    return configure(given, DEFAULT_FILE, context.warn);
  },
  async run(args, context) {
    if (args.check) {
      const { checkConfiguration } = await import('./check-config.ts');
      return checkConfiguration(args, context);
    }
    const { runProbe } = await import('./run.ts');
    return runProbe(args, context);
  },
};
