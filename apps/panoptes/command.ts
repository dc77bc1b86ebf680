import type { Command, Context } from '../../libs/cli/command.ts';
import type { Arguments } from '../../libs/cli/options.ts';
import { MEMORY_OPTION } from '../../libs/cli/memory-option.ts';
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

const ARCHIVE_OPTIONS = {
  level: {
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: 19, integer: true },
    default: 9,
    text: 'How hard to compress files that are rewritten: a level of zstd.',
    group: 'Archive',
  },
  join: {
    arity: 'one',
    placeholder: 'SPAN',
    words: ['no'],
    default: '1d',
    text:
      'Make one file of those in a folder whose records began in the same such interval: 1h, 1d, 1w, 1M and the like; no leaves files apart. ' +
      'It is done when the interval is over.',
    group: 'Archive',
  },
  convert: {
    arity: 'one',
    placeholder: 'WHICH',
    words: ['lossless', 'all'],
    text:
      'Make files of ours of those of Argus 3 and 5, and of packed ones (gzip, bzip2, xz, zstd): lossless leaves those that hold something which has ' +
      'no place in our format; all says what that is, and leaves it out.',
    group: 'Archive',
  },
  settle: {
    arity: 'one',
    placeholder: 'MINUTES',
    number: { min: 0, max: 1e6 },
    default: 10,
    text: 'Touch no file that was written to within this time.',
    group: 'Archive',
  },
  'max-age': {
    arity: 'one',
    placeholder: 'DAYS',
    number: { min: 0, max: 1e6 },
    text: 'Remove files that were last written to longer ago.',
    group: 'Archive',
  },
  'max-bytes': {
    arity: 'one',
    placeholder: 'SIZE',
    text: 'Remove the oldest files until the others have no more; K, M, G and T are powers of 1024.',
    group: 'Archive',
  },
  all: {
    arity: 'none',
    text:
      'Rewrite files, too, that do not say that they are finished, as those of argus -w and ra -w do not. Nobody may be writing ' +
      'them any more.',
    group: 'Archive',
  },
  'dry-run': { arity: 'none', text: 'Change nothing; show what would be done.', group: 'Archive' },
  memory: { ...MEMORY_OPTION.memory, group: 'Archive' },
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
  ...ARCHIVE_OPTIONS,
} as const;

export const panoptes: Command<typeof PANOPTES_OPTIONS> = {
  name: 'panoptes',
  summary:
    'Runs the suite on this machine (up), makes the certificates of a site (certs), or looks after an archive (archive).',
  options: PANOPTES_OPTIONS,
  operands: 'words',
  usage: 'up | certs DIR | archive DIR',
  examples: [
    ['panoptes up', 'Watch the traffic of this machine.'],
    ['panoptes up --demo', 'See what it looks like, without any rights.'],
    ['panoptes certs pki --host probe1.example.org --client noc', 'Certificates for a probe and a reader.'],
    [
      'panoptes archive /archive --max-age 90 --dry-run',
      'What would be removed, and which files joined and made smaller and faster.',
    ],
    ['panoptes archive /var/log/argus --convert lossless', 'An archive of Argus becomes one of ours.'],
  ],
  async run(args, context) {
    const [word, ...more] = args.operands;
    if (word === undefined) throw new UsageError('nothing to do', { hint: WORDS });
    if (!isWord(word)) {
      const near = didYouMean(word, Object.keys(OWN_OPTIONS));
      throw new UsageError(`unknown word '${word}'`, { hint: near === '' ? WORDS : near });
    }
    refuseOthers(word, args);
    if (word === 'certs') return makeCertificates(more, args, context);
    if (word === 'archive') return tendArchive(more, args, context);
    if (more.length > 0) throw new UsageError(`unexpected word '${more[0]}'`, { hint: "'up' takes options only." });
    const { up } = await import('./up.ts');
    return up({ isDemo: args.demo, interface: args.interface, archive: args.archive, port: args.port }, context);
  },
};

const WORDS = "Say 'panoptes up', 'panoptes certs DIR' or 'panoptes archive DIR'.";

/** Options that only one of the words has. */
const OWN_OPTIONS = {
  up: ['demo', 'interface', 'archive', 'port'],
  certs: ['host', 'client', 'renew'],
  archive: ['convert', 'max-age', 'max-bytes', 'all', 'dry-run', 'memory'],
} as const;

type Word = keyof typeof OWN_OPTIONS;

function isWord(word: string): word is Word {
  return Object.hasOwn(OWN_OPTIONS, word);
}

/** Options that would do nothing were meant for something else. */
function refuseOthers(word: Word, args: Arguments<typeof PANOPTES_OPTIONS>): void {
  for (const [owner, options] of Object.entries(OWN_OPTIONS)) {
    if (owner === word) continue;
    for (const option of options) {
      const value = args[option];
      if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue;
      throw new UsageError(`--${option} belongs to '${owner}'`, { hint: WORDS });
    }
  }
}

async function tendArchive(
  words: readonly string[],
  args: Arguments<typeof PANOPTES_OPTIONS>,
  context: Context,
): Promise<number> {
  const [folder, ...more] = words;
  if (folder === undefined || more.length > 0)
    throw new UsageError("'archive' takes one folder", { hint: "Say 'panoptes archive DIR --dry-run'." });
  const { parseBytes, parseMemory } = await import('../../libs/cli/memory-size.ts');
  const limit = args['max-bytes'];
  const bytesMax = limit === undefined ? undefined : parseBytes(limit);
  if (limit !== undefined && bytesMax === undefined)
    throw new UsageError(`--max-bytes '${limit}' is no size`, { hint: 'Write for example 500M or 2T.' });
  const { convert } = args;
  if (convert !== undefined && convert !== 'lossless' && convert !== 'all')
    throw new UsageError(`--convert takes 'lossless' or 'all', not '${convert}'`);
  const { parseSpan } = await import('../../libs/time/span.ts');
  const { keepArchive } = await import('./keep-archive.ts');
  return keepArchive(
    {
      folder,
      level: args.level,
      join: args.join === 'no' ? undefined : parseSpan(args.join),
      converts: convert,
      settleMinutes: args.settle,
      ageDaysMax: args['max-age'],
      bytesMax,
      memoryBytes: parseMemory(args.memory),
      takesAll: args.all,
      isDry: args['dry-run'],
    },
    context,
  );
}

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
