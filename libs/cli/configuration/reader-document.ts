import { configurationDocument } from './configuration-document.ts';
import { INPUT_OPTIONS, OUTPUT_OPTIONS, PRINT_OPTIONS } from '../record-options.ts';
import { RA_VARIABLES } from './reader-variables.ts';

const INTRODUCTION = `# ra.conf and .rarc

Generated from the table in \`libs/cli/configuration/reader-variables.ts\`; \`npm run golden\` writes this page anew.

All commands that read records, as \`ra\`, \`rasort\` and \`racluster\`, read \`/etc/panoptes/ra.conf\`, \`$ARGUSHOME/.rarc\` and \`~/.rarc\` when they are
there, then each file that \`-F\` names; \`/etc/ra.conf\` of Argus is read only when it is named. \`-X\` forgets the files up to it, so
\`-X -F mine.conf\` reads that one alone. A later file wins over an earlier one, and the command line over all of them; words of \`-M\` add to those of files.
Variables for what a command does not do are passed over, so that one file serves all.

Lines are written as in [argus.conf](argus-conf.md). An unknown variable and a value that cannot be are errors, which point at the
word; the exit status is 2. With *Live* are marked those that have no effect where the command line says what to read.`;

/** The page \`docs/ra-conf.md\`. */
export function readerConfigurationDocument(): string {
  const options = { ...INPUT_OPTIONS, ...OUTPUT_OPTIONS, ...PRINT_OPTIONS };
  return configurationDocument(INTRODUCTION, { variables: RA_VARIABLES, options });
}
