import type { Command } from '../../libs/cli/command.ts';
import { isConfigured } from '../../libs/cli/configuration/is-configured.ts';
import { ARGUS_OPTIONS, DEFAULT_FILE } from './options.ts';

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
    if (!isConfigured(given, DEFAULT_FILE)) return given;
    const { configure } = await import('../../libs/cli/configuration/configuration.ts');
    const { ARGUS_CONFIGURATION } = await import('./configuration.ts');
    return configure(given, ARGUS_CONFIGURATION, context.warn);
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
