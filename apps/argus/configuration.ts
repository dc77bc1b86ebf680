import type { Configuration } from '../../libs/cli/configuration/configuration.ts';
import { withPidFile } from '../../libs/daemon/pid-setting.ts';
import { ARGUS_OPTIONS, DEFAULT_FILE } from './options.ts';
import { ARGUS_VARIABLES } from './variables.ts';

const INTERFACE = '--interface=';
const PID_VARIABLES = { daemon: 'ARGUS_DAEMON', set: 'ARGUS_SET_PID', path: 'ARGUS_PID_PATH' };

/** How the probe is configured by files. */
export const ARGUS_CONFIGURATION: Configuration = {
  defaultFile: DEFAULT_FILE,
  options: ARGUS_OPTIONS,
  variables: ARGUS_VARIABLES,
  leavesLive: (named) => named.has('read'),
  combine(settings, rest) {
    const ofFiles = settings.get('ARGUS_INTERFACE')?.flatMap((reading) => reading.tokens) ?? [];
    const name = pidName([...rest, ...ofFiles].find((token) => token.startsWith(INTERFACE)));
    return withPidFile(settings, rest, PID_VARIABLES, name);
  },
};

/** As Argus names it: `argus.eth0.0.pid`. */
function pidName(token: string | undefined): string {
  if (token === undefined) return 'argus.pid';
  return `argus.${token
    .slice(INTERFACE.length)
    .replaceAll(/[^\w.:-]+/g, '-')
    .slice(0, 64)}.0.pid`;
}
