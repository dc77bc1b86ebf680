import { configurationDocument } from '../../libs/cli/configuration/configuration-document.ts';
import { ARGUS_CONFIGURATION } from './configuration.ts';

const INTRODUCTION = `# argus.conf

Generated from the table in \`apps/argus/variables.ts\`; \`npm run golden\` writes this page anew.

\`argus\` reads \`/etc/panoptes/argus.conf\` when it is there, then each file that \`-F\` names; files of Argus's own are read only when
they are named. \`-X\` forgets the files up to it, so \`-X -F mine.conf\` reads that one alone. A later file wins over an earlier one, and
the command line over all of them; the lists of interfaces, outputs and addresses, and the filter, replace those of files as a
whole. \`argus --check -F FILE\` only checks a file, and prints what it means. With \`-r\`, what is for a probe that runs (marked
*live* below) has no effect.

Each line is \`NAME=value\`, with nothing before the \`=\`. Quotes of either kind are optional. \`#\` and \`//\` begin a comment, at the start
of a line or after a blank. Nothing is expanded, and no program is run; in \`ARGUS_MONITOR_ID\` the word
\`hostname\` in backquotes stands for this machine's name. An unknown variable and a value that cannot be are errors, which point at the
word; the exit status is 2.`;

/** The page `docs/argus-conf.md`. */
export function argusConfigurationDocument(): string {
  return configurationDocument(INTRODUCTION, ARGUS_CONFIGURATION);
}
