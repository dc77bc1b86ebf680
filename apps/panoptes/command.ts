import type { Command } from '../../libs/cli/command.ts';
import { UsageError } from '../../libs/core/errors.ts';

export const PANOPTES_OPTIONS = {
  demo: {
    arity: 'none',
    text: 'Watch synthetic traffic and no interface.',
    conflicts: ['interface'],
  },
  interface: {
    short: 'i',
    arity: 'one',
    placeholder: 'INTERFACE',
    text: 'Watch this interface; the first one that is up when not given.',
  },
  port: {
    arity: 'one',
    placeholder: 'PORT',
    number: { min: 1, max: 65_535, integer: true },
    text: 'Serve the records on this TCP port of the loopback address; 5610, or another that is free, when not given.',
  },
} as const;

export const panoptes: Command<typeof PANOPTES_OPTIONS> = {
  name: 'panoptes',
  summary: 'Runs the suite on this machine: a probe, and a reader that shows its records live.',
  options: PANOPTES_OPTIONS,
  operands: 'words',
  usage: 'up',
  examples: [
    ['panoptes up', 'Watch the traffic of this machine.'],
    ['panoptes up --demo', 'See what it looks like, without any rights.'],
  ],
  async run(args, context) {
    const [word, ...more] = args.operands;
    if (word === undefined) throw new UsageError('nothing to do', { hint: "Say 'panoptes up'." });
    if (word !== 'up') throw new UsageError(`unknown word '${word}'`, { hint: "Did you mean 'up'?" });
    if (more.length > 0) throw new UsageError(`unexpected word '${more[0]}'`, { hint: "'up' takes options only." });
    const { up } = await import('./up.ts');
    return up({ isDemo: args.demo, interface: args.interface, port: args.port }, context);
  },
};
