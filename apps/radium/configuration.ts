import type { Configuration } from '../../libs/cli/configuration/configuration.ts';
import { withPidFile } from '../../libs/daemon/pid-setting.ts';
import { DEFAULT_FILE, RADIUM_OPTIONS } from './options.ts';
import { RADIUM_VARIABLES } from './variables.ts';

/** Of these Argus has no path: its file is always in the usual folder. */
const PID_VARIABLES = { daemon: 'RADIUM_DAEMON', set: 'RADIUM_SET_PID', path: 'RADIUM_PID_PATH' };

/** How the multiplexer is configured by files. */
export const RADIUM_CONFIGURATION: Configuration = {
  defaultFile: DEFAULT_FILE,
  options: RADIUM_OPTIONS,
  variables: RADIUM_VARIABLES,
  combine: (settings, rest) => withPidFile(settings, rest, PID_VARIABLES, 'radium.pid'),
};
