import type { SettingVariable, Variable } from '../../libs/cli/config-variables.ts';
import { takesValue, type OptionTable } from '../../libs/cli/options.ts';
import { table } from '../../libs/core/markdown.ts';
import { ARGUS_OPTIONS } from './options.ts';
import { ARGUS_VARIABLES } from './variables.ts';

const INTRODUCTION = `# argus.conf

Generated from the table in \`apps/argus/variables.ts\`; \`npm run golden\` writes this page anew.

\`argus\` reads \`/etc/panoptes/argus.conf\` when it is there, then each file that \`-F\` names; files of Argus's own are read only when
they are named. \`-X\` forgets the files up to it, so \`-X -F mine.conf\` reads that one alone. A later file wins over an earlier one, and
the command line over all of them; the lists of interfaces, outputs and addresses, and the filter, replace those of files as a
whole. \`argus --check -F FILE\` only checks a file, and prints what it means. With \`-r\`, what is for a probe that runs (marked
*live* below) has no effect.

Each line is \`NAME=value\`, with nothing around the \`=\`. Quotes of either kind are optional. \`#\` and \`//\` begin a comment, at the start
of a line or after a blank. Nothing is expanded, and no program is run; in \`ARGUS_MONITOR_ID\` the word
\`hostname\` in backquotes stands for this machine's name. An unknown variable and a value that cannot be are errors, which point at the
word; the exit status is 2.`;

/** The page that describes every variable: \`docs/argus-conf.md\`. */
export function configurationDocument(): string {
  const entries = Object.entries<Variable>(ARGUS_VARIABLES);
  const settings = entries.flatMap(([name, variable]) => ('form' in variable ? [settingRow(name, variable)] : []));
  const fixed = entries.flatMap(([name, variable]) =>
    'only' in variable ? [[`\`${name}\``, words(variable.only), variable.about]] : [],
  );
  const idle = entries.flatMap(([name, variable]) =>
    'idle' in variable ? [[`\`${name}\``, capitalised(variable.about)]] : [],
  );
  return [
    INTRODUCTION,
    '## Settings',
    table(['Variable', 'Option', 'Value', 'Meaning'], settings),
    '## With one value only',
    'Any other value is an error, since data or protection would be missing.',
    table(['Variable', 'Value', 'Why'], fixed),
    '## Without effect',
    'They are accepted, so that files of Argus load. A warning says why one does nothing, unless its value asks for nothing.',
    table(['Variable', 'Why'], idle),
    '',
  ].join('\n\n').replace(/\n+$/, '\n'); // prettier-ignore
}

function settingRow(name: string, { option, form, about, live }: SettingVariable): string[] {
  const options: OptionTable = ARGUS_OPTIONS;
  const described = option === undefined ? undefined : options[option];
  const short = described?.short === undefined ? `--${option}` : `-${described.short}`;
  const isSwitch = form === 'switch' || form === 'unless';
  const placeholder = described !== undefined && takesValue(described) ? described.placeholder : 'TEXT';
  const value = isSwitch ? 'yes, no' : form === 'mebibytes' ? 'SIZE' : placeholder;
  return [`\`${name}\``, option === undefined ? '' : `\`${short}\``, value, live ? `${about} *Live.*` : about];
}

const words = (values: readonly string[]): string => values.filter((word) => word !== '').map((word) => `\`${word}\``).join(', '); // prettier-ignore

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
