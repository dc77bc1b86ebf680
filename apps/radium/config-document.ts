import { configurationDocument } from '../../libs/cli/configuration/configuration-document.ts';
import { RADIUM_CONFIGURATION } from './configuration.ts';

const INTRODUCTION = `# radium.conf

Generated from the table in \`apps/radium/variables.ts\`; \`npm run golden\` writes this page anew.

\`radium\` reads \`/etc/panoptes/radium.conf\` when it is there, then each file that \`-F\` or \`-f\` names; files of Argus's own are read
only when they are named. \`-X\` forgets the files up to it, so \`-X -F mine.conf\` reads that one alone. A later file wins over an
earlier one, and the command line over all of them; the lists of servers, files, outputs and addresses, and the filter, replace those
of files as a whole. \`radium --check -F FILE\` only checks a file, and prints what it means.

Lines are written as in [argus.conf](argus-conf.md). An unknown variable and a value that cannot be are errors, which point at the
word; the exit status is 2.`;

/** The page \`docs/radium-conf.md\`. */
export function radiumConfigurationDocument(): string {
  return configurationDocument(INTRODUCTION, RADIUM_CONFIGURATION);
}
