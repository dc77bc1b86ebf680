import { table } from '../../core/markdown.ts';
import type { SettingVariable, Variable } from './config-variables.ts';
import type { Configuration } from './configuration.ts';
import { takesValue, type OptionTable } from '../options.ts';

/**
 * The page that describes every variable of a command's files.
 * @param introduction its head, up to the tables
 */
export function configurationDocument(
  introduction: string,
  { variables, options }: Pick<Configuration, 'variables' | 'options'>,
): string {
  const entries = Object.entries<Variable>(variables);
  const settings = entries.flatMap(([name, variable]) =>
    'form' in variable
      ? [settingRow(name, variable, options)]
      : 'choices' in variable
        ? [[`\`${name}\``, '', Object.keys(variable.choices).join(', '), variable.about]]
        : [],
  );
  const fixed = entries.flatMap(([name, variable]) =>
    'only' in variable ? [[`\`${name}\``, words(variable.only), variable.about]] : [],
  );
  const idle = entries.flatMap(([name, variable]) =>
    'idle' in variable ? [[`\`${name}\``, capitalised(variable.about)]] : [],
  );
  return [
    introduction,
    '## Settings',
    table(['Variable', 'Option', 'Value', 'Meaning'], settings),
    ...(fixed.length === 0
      ? []
      : [
          '## With one value only',
          'Any other value is an error, since data or protection would be missing.',
          table(['Variable', 'Value', 'Why'], fixed),
        ]),
    '## Without effect',
    'They are accepted, so that files of Argus load. A warning says why one does nothing, unless its value asks for nothing.',
    table(['Variable', 'Why'], idle),
    '',
  ].join('\n\n').replace(/\n+$/, '\n'); // prettier-ignore
}

function settingRow(name: string, { option, form, about, live }: SettingVariable, options: OptionTable): string[] {
  const described = option === undefined ? undefined : options[option];
  const short = described?.short === undefined ? `--${option}` : `-${described.short}`;
  const isSwitch = form === 'switch' || form === 'unless';
  const placeholder = described !== undefined && takesValue(described) ? described.placeholder : 'TEXT';
  const value = isSwitch ? 'yes, no' : form === 'mebibytes' ? 'SIZE' : placeholder;
  return [`\`${name}\``, option === undefined ? '' : `\`${short}\``, value, live ? `${about} *Live.*` : about];
}

const words = (values: readonly string[]): string => values.filter((word) => word !== '').map((word) => `\`${word}\``).join(', '); // prettier-ignore

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
