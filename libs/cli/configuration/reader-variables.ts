import type { IdleVariable, VariableTable } from './config-variables.ts';
import { CHECKS } from './reader-checks.ts';
import { parseServerAddress } from '../network/server-address.ts';

/** A variable that asks for nothing with these values, and otherwise does nothing for this reason. */
const idle = (about: string, ...values: string[]): IdleVariable => ({ idle: ['', 'no', '0', ...values], about });

const NO_DATABASE = 'there is no database client yet.';
const NO_LABELS = 'addresses are not looked up in such files.';
const BY_CERTIFICATE = 'there is no SASL; certificates and tokens say who somebody is.';

/** The variables of `ra.conf` and `.rarc`, Argus's own and some of ours. `docs/ra-conf.md` is made from them. */
export const RA_VARIABLES = {
  RA_ARGUS_SERVER: {
    option: 'server',
    form: 'words',
    about: 'Probe or multiplexer that is read when nothing else is named; each line is one more.',
    live: true,
    check: ([server = '']) => void parseServerAddress(server),
  },
  RA_ARGUS_SERVERPORT: {
    option: 'server',
    form: 'value',
    about: 'Port of servers in these files that have none.',
    live: true,
  },
  RA_SOURCE_PORT: { option: 'server', form: 'value', about: 'The same.', live: true },
  RA_INPUT_FILE: {
    option: 'read',
    form: 'words',
    about: 'Record file that is read when nothing else is named; each line is one more.',
    live: true,
  },
  RA_OUTPUT_FILE: {
    option: 'write',
    form: 'output',
    about: 'File that records are appended to, and perhaps a filter behind it; each line is one more.',
    check: CHECKS.fileFilter,
  },
  RA_EXCEPTION_OUTPUT_FILE: {
    option: 'rejected',
    form: 'value',
    about: 'File for the records that the filter refuses.',
  },
  RA_NO_OUTPUT: { option: 'quiet', form: 'switch', about: 'Print no records.' },
  RA_TIMERANGE: { option: 'time', form: 'value', about: 'Only records of this time.', check: CHECKS.timeRange },
  RA_TZ: { option: 'time-zone', form: 'value', about: 'Zone that times are read and printed in.', check: CHECKS.zone },
  RA_RUN_TIME: { option: 'stop-after', form: 'value', about: 'Seconds after which reading stops; 0 is never.' },
  RA_NUMBER: { option: 'range', form: 'value', about: 'Which of the records are taken.', check: CHECKS.recordRange },
  RA_FILTER: {
    form: 'filter',
    about: 'Only records that match this are taken, where the command line has no filter.',
    check: CHECKS.filter,
  },

  RA_PRINT_MAN_RECORDS: {
    choices: { yes: ['--mode=man'], no: [] },
    about: 'Whether management records print. `-M noman` undoes it.',
  },
  RA_PRINT_LABELS: { option: 'headers', form: 'value', about: 'Column headings: -1 none, 0 once, N every N records.' },
  RA_PRINT_SUMMARY: { option: 'totals', form: 'switch', about: 'At the end, print how much there was.' },
  RA_FIELD_SPECIFIER: {
    option: 'fields',
    form: 'list',
    about: 'Fields to print. Words of `-s` with a sign change this list, others replace it.',
    check: CHECKS.fields,
  },
  RA_FIELD_DELIMITER: { option: 'delimiter', form: 'value', about: 'Between columns, which have no widths then.' },
  RA_FIELD_WIDTH: {
    choices: { fixed: [], variable: ['--variable-width'] },
    about: 'Whether columns are padded, or as wide as their values.',
  },
  RA_SEPARATE_ADDR_FROM_PORT_WITH_PERIOD: {
    choices: { yes: [], no: ['--no-port-point'] },
    about: 'Whether a point or a blank is between an address and its port.',
  },
  RA_CIDR_ADDRESS_FORMAT: {
    choices: { no: [], yes: ['--cidr=yes'], strict: ['--cidr=strict'] },
    about: 'Whether addresses print with their masks: of networks, or also of hosts.',
  },
  RA_PORT_DIRECTION: {
    option: 'port-direction',
    form: 'value',
    about: 'Which ports tell the direction of TCP whose start was not seen.',
    check: CHECKS.portDirection,
  },
  RA_PRINT_NAMES: {
    choices: {
      none: ['--numeric', '--numeric'],
      proto: ['--numeric'],
      port: [],
      all: ['--numeric', '--numeric', '--numeric'],
    },
    about: 'What prints by name: nothing, protocols, ports and protocols, hosts as well. Any `-n` replaces it.',
  },
  RA_PRINT_UNIX_TIME: { option: 'unix', form: 'switch', about: 'Times as seconds since 1970.' },
  RA_TIME_FORMAT: {
    option: 'time-format',
    form: 'value',
    about: 'Times as strftime has it, with `%f` for the fraction.',
    check: CHECKS.timeFormat,
  },
  RA_USEC_PRECISION: { option: 'precision', form: 'value', about: 'Decimals of times and other fractions.' },
  RA_PRINT_TCPSTATES: { option: 'states', form: 'switch', about: 'State column: letters of the TCP states.' },
  RA_PRINT_TCPFLAGS: { choices: { yes: ['--flags=b'], no: [] }, about: 'State column: TCP flags of both sides.' },
  RA_USERDATA_ENCODE: {
    choices: {
      ascii: [],
      hex: ['--mode=printer=hex'],
      encode32: ['--mode=printer=hex'],
      encode64: ['--mode=printer=encode64'],
    },
    about: 'How user data prints: as text, in hexadecimal digits (`hex` and `encode32`), or in base64.',
  },
  RA_COLOR_SUPPORT: {
    choices: { yes: ['--color=auto'], no: ['--color=never'] },
    about: 'Whether terminals show colours.',
  },
  RAMON_MODE: {
    choices: { yes: ['--mode=rmon'], no: [] },
    about: 'Each record stands for both of its sides.',
  },
  RA_SORT_ALGORITHMS: {
    option: 'sort',
    form: 'list',
    about: '`rasort`, and `rabins` within each bin: fields to sort by.',
    check: CHECKS.sortKeys,
  },
  RA_FLOW_MODEL: {
    option: 'model',
    form: 'list',
    about: '`racluster` and `rabins`: the key that records are merged by.',
    check: CHECKS.model,
  },
  RA_MEMORY: {
    option: 'memory',
    form: 'value',
    about: 'Memory of commands that hold records. Not one of Argus.',
    check: CHECKS.memory,
  },

  RA_TLS_CA: { option: 'tls-ca', form: 'value', about: 'Authority for certificates of servers. Not one of Argus.' },
  RA_TLS_CERT: { option: 'tls-cert', form: 'value', about: 'Certificate shown to servers. Not one of Argus.' },
  RA_TLS_KEY: { option: 'tls-key', form: 'value', about: 'Key of that certificate. Not one of Argus.' },
  RA_TOKEN_FILE: { option: 'token-file', form: 'value', about: 'Token shown to servers. Not one of Argus.' },

  RA_MIN_SSF: {
    only: ['0', ''],
    about: `${BY_CERTIFICATE} Ask for TLS with \`argus-tls://\` before the server.`,
  },

  RA_FIELD_QUOTED: idle('texts are quoted where they hold the delimiter.', 'none'),
  RA_PRINT_EVENT_RECORDS: idle('there are no event records.'),
  RA_GENERATE_BIN_MAR_RECORDS: idle('bins have no management records of their own.'),
  RA_PRINT_DOMAINONLY: idle('names of hosts print whole.'),
  RA_PRINT_LOCALONLY: idle('names are looked up for all hosts, or none.'),
  RA_ASN_PRINT_FORMAT: idle('numbers of networks print plain.', 'asplain'),
  RA_PRINT_RESPONSE_DATA: idle('name the field `duser` instead.'),
  RA_FILTER_TIMEOUT: idle('filters are compiled at once.', '1.5'),
  RA_CONNECT_TIME: idle('servers are tried until they are there.', '10'),
  RA_RELIABLE_CONNECT: idle('connections are always taken up again.', 'yes'),
  RA_SET_PID: idle('readers write no files of process ids.'),
  RA_PID_PATH: idle('readers write no files of process ids.', '/var/run'),
  RA_DEBUG_LEVEL: idle('use -V.'),
  RA_USER_AUTH: idle(BY_CERTIFICATE),
  RA_AUTH_PASS: idle(BY_CERTIFICATE),
  RA_MAX_SSF: idle(BY_CERTIFICATE, '128'),
  RA_TIMEOUT_INTERVAL: idle('no screen is kept.', '60', '60.0'),
  RA_UPDATE_INTERVAL: idle('no screen is kept.', '0.5'),
  RA_PRINT_ETHERNET_VENDORS: idle(NO_LABELS),
  RA_ETHERNET_VENDORS: idle(NO_LABELS),
  RA_DELEGATED_IP: idle(NO_LABELS),
  RA_LOCAL: idle(NO_LABELS),
  RA_LOCAL_DIRECTION: idle(NO_LABELS),
  RA_AIS_CACHE: idle(NO_LABELS),
  RA_SRCID_ALIAS: idle(NO_LABELS),
  RA_CORRELATE_EVENTS: idle('there are no event records.'),
  RA_COLOR_CONFIG: idle('colours are those of the terminal.'),
  RA_SERVICES_SIGNATURES: idle('what flows carry is recognised by the probe.'),
  RA_RECORD_CORRECTION: idle('-M correct and nocorrect of racluster do this.', 'yes'),
  RA_LOCAL_CORRECT: idle(NO_LABELS),
  RA_STATUS_EVENT: idle('there are no event records.'),
  RA_TMP_PATH: idle('$TMPDIR names the folder for temporary files.'),
  RA_HASHTABLE_SIZE: idle('tables grow as they must.'),
  RATOP_CONTROL_PORT: idle('there is no ratop yet.'),
  RA_DATABASE: idle(NO_DATABASE),
  RA_DB_TABLE: idle(NO_DATABASE),
  RA_DB_USER: idle(NO_DATABASE),
  RA_DB_PASS: idle(NO_DATABASE),
  RA_DB_HOST: idle(NO_DATABASE),
  RA_DB_PORT: idle(NO_DATABASE),
  MYSQL_DB_ENGINE: idle(NO_DATABASE, 'MyISAM'),
} as const satisfies VariableTable;
