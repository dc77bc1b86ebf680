import type { Command, Context } from '../../libs/cli/command.ts';
import type { Arguments } from '../../libs/cli/options.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { didYouMean } from '../../libs/core/nearest.ts';

const CERTS_OPTIONS = {
  host: {
    arity: 'each',
    placeholder: 'NAME[,NAME]',
    text: 'Make a certificate for a host that serves, by the names and addresses by which it is reached. May be given again.',
    group: 'Certificates',
  },
  client: {
    arity: 'each',
    placeholder: 'NAME',
    text: 'Make a certificate for somebody who reads. May be given again.',
    group: 'Certificates',
  },
  days: {
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: 3653, integer: true },
    default: 825,
    text: 'How long new certificates are good for; never longer than their authority.',
    group: 'Certificates',
  },
  renew: { arity: 'none', text: 'Make new certificates also where there are some.', group: 'Certificates' },
} as const;

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
  archive: {
    arity: 'one',
    placeholder: 'DIR',
    text:
      'Keep the records in files below this folder. Default: archive in $STATE_DIRECTORY, else /var/lib/panoptes or ' +
      '~/.local/state/panoptes; a new temporary folder for --demo.',
  },
  port: {
    arity: 'one',
    placeholder: 'PORT',
    number: { min: 1, max: 65_535, integer: true },
    text: 'Serve the records on this TCP port of the loopback address; 5610, or another that is free, when not given.',
  },
  ...CERTS_OPTIONS,
} as const;

export const panoptes: Command<typeof PANOPTES_OPTIONS> = {
  name: 'panoptes',
  summary: 'Runs the suite on this machine (up), or makes the certificates of a site (certs).',
  options: PANOPTES_OPTIONS,
  operands: 'words',
  usage: 'up | certs DIR',
  examples: [
    ['panoptes up', 'Watch the traffic of this machine.'],
    ['panoptes up --demo', 'See what it looks like, without any rights.'],
    ['panoptes certs pki --host probe1.example.org --client noc', 'Certificates for a probe and a reader.'],
  ],
  async run(args, context) {
    const [word, ...more] = args.operands;
    if (word === undefined) throw new UsageError('nothing to do', { hint: WORDS });
    if (word === 'certs') return makeCertificates(more, args, context);
    if (word !== 'up') {
      const near = didYouMean(word, ['up', 'certs']);
      throw new UsageError(`unknown word '${word}'`, { hint: near === '' ? WORDS : near });
    }
    for (const option of ['host', 'client'] as const)
      if (args[option].length > 0) throw new UsageError(`--${option} belongs to 'certs'`, { hint: WORDS });
    if (more.length > 0) throw new UsageError(`unexpected word '${more[0]}'`, { hint: "'up' takes options only." });
    const { up } = await import('./up.ts');
    return up({ isDemo: args.demo, interface: args.interface, archive: args.archive, port: args.port }, context);
  },
};

const WORDS = "Say 'panoptes up', or 'panoptes certs DIR'.";

async function makeCertificates(
  words: readonly string[],
  args: Arguments<typeof PANOPTES_OPTIONS>,
  context: Context,
): Promise<void> {
  const [folder, ...more] = words;
  if (folder === undefined || more.length > 0)
    throw new UsageError("'certs' takes one folder", { hint: "Say 'panoptes certs DIR --host NAME --client NAME'." });
  const { certs } = await import('./certs.ts');
  await certs({ folder, hosts: args.host, clients: args.client, days: args.days, renews: args.renew }, context);
}
