import type { Command } from '../../libs/cli/command.ts';
import { isConfigured } from '../../libs/cli/configuration/is-configured.ts';
import { DEFAULT_FILE, RADIUM_OPTIONS } from './options.ts';

export const radium: Command<typeof RADIUM_OPTIONS> = {
  name: 'radium',
  summary: 'Multiplexes the streams of many probes, and serves them to many readers.',
  options: RADIUM_OPTIONS,
  operands: 'filter',
  examples: [
    ['radium -S localhost:4000 -S localhost:4001 -B 10.20.1.2 -P 3999', 'Join two probes, and serve both on one port.'],
    ['radium -S 10.20.1.2:3999 -S 10.20.1.3:3999 -P 561 - tcp', 'Collect from two multiplexers no more than TCP.'],
    ['radium -S a.example,b.example -P 561', 'Read one of two servers that have the same records.'],
  ],
  async configure(given, context) {
    if (!isConfigured(given, DEFAULT_FILE)) return given;
    const { configure } = await import('../../libs/cli/configuration/configuration.ts');
    const { RADIUM_CONFIGURATION } = await import('./configuration.ts');
    return configure(given, RADIUM_CONFIGURATION, context.warn);
  },
  async run(args, context) {
    const { runRadium } = await import('./run.ts');
    return runRadium(args, context);
  },
};
