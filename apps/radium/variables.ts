import type { VariableTable } from '../../libs/cli/configuration/config-variables.ts';
import { servesArgus3 } from '../../libs/cli/network/dialects.ts';
import { logStyleOf } from '../../libs/cli/log-style.ts';
import { parseServerAddress } from '../../libs/cli/network/server-address.ts';
import { parseSourceId } from '../../libs/cli/source-id.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { parseMetricsAddress } from '../../libs/daemon/metrics-address.ts';
import { parseFilter } from '../../libs/filter/parser.ts';

const OFF = ['', 'no', '0', 'none'];
const ASKED_BY_CERTIFICATE = 'there is no SASL; certificates and tokens say who somebody is.';

/** The variables of `radium.conf`, Argus's own and some of ours. `docs/radium-conf.md` is made from them. */
export const RADIUM_VARIABLES = {
  RADIUM_MONITOR_ID: {
    option: 'source',
    form: 'host',
    about:
      'Source id of its own records. `hostname` in backquotes is the name of this machine; no other program is run.',
    check: ([id = '']) => void (id.includes('`') || parseSourceId(id)),
  },
  RADIUM_ARGUS_SERVER: {
    option: 'server',
    form: 'words',
    about: 'Probe or multiplexer whose records it takes, with all that `-S` takes; each line is one more.',
    check: ([server = '']) => server.split(',').forEach(parseServerAddress),
  },
  RADIUM_INPUT_FILE: { option: 'read', form: 'words', about: 'Record file that it serves; each line is one more.' },
  RADIUM_FILTER: {
    form: 'filter',
    about: 'Only records that match this pass.',
    check: ([filter = '']) => void parseFilter(filter),
  },

  RADIUM_ACCESS_PORT: { option: 'port', form: 'value', about: 'TCP port for readers; 0 is off.' },
  RADIUM_BIND_IP: { option: 'bind', form: 'value', about: 'Addresses to listen on, with commas between them.' },
  RADIUM_SERVE_ARGUS3: {
    option: 'argus3',
    form: 'value',
    about: '`on` or `off`: whether clients of Argus 3 are served, too. Not one of Argus.',
    check: ([word = '']) => void servesArgus3(word),
  },
  RADIUM_OUTPUT_FILE: {
    option: 'write',
    form: 'output',
    about:
      'File that records are appended to, with a record filter in quotes behind it if need be; each line is one more file.',
    check: plainFile,
  },
  RADIUM_OUTPUT_STREAM: { option: 'write', form: 'output', about: 'As `RADIUM_OUTPUT_FILE`.', check: plainFile },
  RADIUM_MAR_STATUS_INTERVAL: {
    option: 'management',
    form: 'value',
    about: 'Seconds between two management records of its own; 0 is at start and end only.',
  },

  RADIUM_DAEMON: { option: 'daemon', form: 'switch', about: 'Run in the background.' },
  RADIUM_SET_PID: {
    option: 'pid-file',
    form: 'switch',
    about: 'Keep the number of the process in /var/run/radium.pid, when it runs in the background.',
  },
  RADIUM_CHROOT_DIR: { option: 'chroot', form: 'value', about: 'Shut the process into this folder when all is open.' },
  RADIUM_SETUSER_ID: { option: 'user', form: 'value', about: 'Become this user when all is open.' },
  RADIUM_SETGROUP_ID: { option: 'group', form: 'value', about: 'Become this group when all is open.' },

  RADIUM_CLIENTS: { option: 'clients', form: 'value', about: 'Most readers at once. Not one of Argus.' },
  RADIUM_NAME: {
    option: 'name',
    form: 'value',
    about: 'Name by which servers know it, and keep for it what it has not got yet. Not one of Argus.',
  },
  RADIUM_STATE_DIR: {
    option: 'state',
    form: 'value',
    about: 'Folder for what must survive the program. Not one of Argus.',
  },
  RADIUM_KEEP_HOURS: {
    option: 'keep',
    form: 'value',
    about: 'Hours for which it keeps what a named reader that is away has not got. Not one of Argus.',
  },
  RADIUM_TLS_CERT: {
    option: 'tls-cert',
    form: 'value',
    about: 'Certificate by which others know it, see [security](security.md). Not one of Argus.',
  },
  RADIUM_TLS_KEY: {
    option: 'tls-key',
    form: 'value',
    about: 'The key of the certificate. Not one of Argus.',
  },
  RADIUM_TLS_CA: {
    option: 'tls-ca',
    form: 'value',
    about: 'Authority that the certificates of others must come from. Not one of Argus.',
  },
  RADIUM_ACCESS_FILE: {
    option: 'access',
    form: 'value',
    about: 'File that says who may read what. Not one of Argus.',
  },
  RADIUM_TOKENS_FILE: {
    option: 'tokens',
    form: 'value',
    about: 'File of the tokens of readers. Not one of Argus.',
  },
  RADIUM_TOKEN_FILE: {
    option: 'token-file',
    form: 'value',
    about: 'File of the token that it shows to its servers. Not one of Argus.',
  },
  RADIUM_METRICS: {
    option: 'metrics',
    form: 'value',
    about: 'Serve figures for Prometheus here, see [running daemons](running.md). Not one of Argus.',
    check: ([address = '']) => void parseMetricsAddress(address),
  },
  RADIUM_LOG: {
    option: 'log',
    form: 'value',
    about: 'Form of messages. Not one of Argus.',
    check: ([form = '']) => void logStyleOf([`--log=${form}`]),
  },

  RADIUM_MIN_SSF: { only: ['', '0'], about: ASKED_BY_CERTIFICATE },
  RADIUM_USER_AUTH: { only: [''], about: ASKED_BY_CERTIFICATE },
  RADIUM_AUTH_PASS: { only: [''], about: ASKED_BY_CERTIFICATE },
  RADIUM_CISCONETFLOW_PORT: { only: OFF, about: 'It takes records of the suite; nothing listens for NetFlow.' },
  RADIUM_CORRELATE: { only: OFF, about: 'Records of one flow from several probes stay apart.' },
  RADIUM_CLASSIFIER_FILE: { only: [''], about: 'Records are not labelled on their way.' },
  RADIUM_ARGUS_CLIENT: { only: [''], about: 'It connects to servers of records, and waits for readers.' },
  RADIUM_SRCID_CONVERSION_FILE: { only: [''], about: 'Source ids stay as they came.' },
  RADIUM_V3_ACCESS_PORT: { only: OFF, about: 'Readers are those of the suite.' },
  RADIUM_ADJUST_TIME: {
    only: OFF,
    about: 'Times stay as they came; management records of probes tell how clocks differ.',
  },

  RADIUM_MAX_SSF: { idle: ['', '0'], about: 'there is no SASL.' },
  RADIUM_AUTH_LOCALHOST: { idle: OFF, about: 'readers on this machine are asked what others are asked.' },
  RADIUM_FILTER_OPTIMIZER: { idle: ['', 'yes'], about: 'filters are always compiled in one way.' },
  RADIUM_DEBUG_LEVEL: { idle: OFF, about: 'there are no levels of debugging; SIGUSR1 makes it log how it fares.' },
  RADIUM_MONITOR_ID_INCLUDE_INF: { idle: OFF, about: 'source ids stay as they came.' },
  RADIUM_ZEROCONF_REGISTER: { idle: OFF, about: 'servers are named, not looked for.' },
} as const satisfies VariableTable;

function plainFile([path = '', filter = '']: readonly string[]): void {
  parseFilter(filter);
  if (!/^[\w-]+:\/\//.test(path)) return;
  throw new UsageError(`records are not sent to '${path}'`, {
    hint: 'Name a file, or let readers connect to RADIUM_ACCESS_PORT.',
  });
}
