import { join } from 'node:path';
import type { Settings } from '../cli/configuration/configuration.ts';

const PID_FOLDER = '/var/run';

/** Variables of a configuration file that together stand for `--pid-file`, as in Argus. */
export interface PidVariables {
  /** Whether it runs in the background; only there is a pid file kept. */
  readonly daemon: string;
  readonly set: string;
  /** The folder of the file; where there is none, or it is empty, /var/run. */
  readonly path: string;
}

/**
 * The settings with one `--pid-file` in place of those variables.
 * @param rest what stands on the command line
 * @param name of the file
 */
export function withPidFile(
  settings: Settings,
  rest: readonly string[],
  variables: PidVariables,
  name: string,
): Settings {
  const merged = new Map(settings);
  const [set] = settings.get(variables.set) ?? [];
  const [path] = settings.get(variables.path) ?? [];
  merged.delete(variables.set);
  merged.delete(variables.path);
  const source = path ?? set;
  const isBackground = rest.includes('--daemon') || settings.get(variables.daemon)?.[0]?.tokens.length === 1;
  if (source === undefined || !isBackground || set?.tokens.length === 0) return merged;
  const folder = path === undefined || path.assignment.value === '' ? PID_FOLDER : path.assignment.value;
  return merged.set(variables.path, [{ ...source, tokens: [`--pid-file=${join(folder, name)}`] }]);
}
