import type { VariableTable } from '../../libs/cli/configuration/config-variables.ts';
import { servesArgus3 } from '../../libs/cli/network/dialects.ts';
import { logStyleOf } from '../../libs/cli/log-style.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { parseMetricsAddress } from '../../libs/daemon/metrics-address.ts';
import { parseFilter } from '../../libs/filter/parser.ts';
import { parseInterfaces } from './interfaces.ts';
import { parseSourceId } from '../../libs/cli/source-id.ts';

const OFF = ['', 'no', '0', 'none'];

/** The variables of `argus.conf`, Argus's own and some of ours. `docs/argus-conf.md` is made from them. */
export const ARGUS_VARIABLES = {
  ARGUS_MONITOR_ID: {
    option: 'source',
    form: 'host',
    about: 'Source id of the records. `hostname` in backquotes is the name of this machine; no other program is run.',
    check: ([id = '']) => void (id.includes('`') || parseSourceId(id)),
  },
  ARGUS_INTERFACE: {
    option: 'interface',
    form: 'words',
    live: true,
    about: 'Interfaces to capture on, with all that `-i` takes; each line stands for one more `-i`.',
    check: (words) => void parseInterfaces([words], () => ['all']),
  },
  ARGUS_GO_PROMISCUOUS: {
    option: 'no-promiscuous',
    form: 'unless',
    about: 'Watch what is not addressed to this machine, too.',
  },
  ARGUS_PCAP_BUF_SIZE: {
    option: 'ring',
    form: 'mebibytes',
    live: true,
    about: 'Size of the ring in which the kernel hands over packets, with K, M or G; rounded up to whole MiB.',
  },
  ARGUS_FILTER: { form: 'filter', about: 'Capture filter, in the language of tcpdump.' },
  ARGUS_FILTER_OPTIMIZER: { option: 'no-optimizer', form: 'unless', about: 'Optimise the compiled capture filter.' },

  ARGUS_OUTPUT_FILE: {
    option: 'write',
    form: 'output',
    live: true,
    about:
      'File that records are appended to, with a record filter in quotes behind it if need be; each line is one more file.',
    check: plainFile,
  },
  ARGUS_OUTPUT_STREAM: {
    option: 'write',
    form: 'output',
    live: true,
    about: 'As `ARGUS_OUTPUT_FILE`.',
    check: plainFile,
  },
  ARGUS_ACCESS_PORT: { option: 'port', form: 'value', live: true, about: 'TCP port for readers; 0 is off.' },
  ARGUS_BIND_IP: {
    option: 'bind',
    form: 'value',
    live: true,
    about: 'Addresses to listen on, with commas between them.',
  },
  ARGUS_SERVE_ARGUS3: {
    option: 'argus3',
    form: 'value',
    live: true,
    about: '`on` or `off`: whether clients of Argus 3 are served, too. Not one of Argus.',
    check: ([word = '']) => void servesArgus3(word),
  },

  ARGUS_MAR_STATUS_INTERVAL: {
    option: 'management',
    form: 'value',
    live: true,
    about: 'Seconds between two management records; 0 is at start and end only.',
  },
  ARGUS_FLOW_STATUS_INTERVAL: {
    option: 'status',
    form: 'value',
    about: 'Seconds after which a flow that goes on is reported.',
  },
  ARGUS_TCP_TIMEOUT: { option: 'tcp-timeout', form: 'value', about: 'Seconds of silence that end a TCP connection.' },
  ARGUS_IP_TIMEOUT: { option: 'ip-timeout', form: 'value', about: 'The same for UDP, ESP and other IP protocols.' },
  ARGUS_ICMP_TIMEOUT: { option: 'icmp-timeout', form: 'value', about: 'The same for ICMP.' },
  ARGUS_IGMP_TIMEOUT: { option: 'igmp-timeout', form: 'value', about: 'The same for IGMP.' },
  ARGUS_FRAG_TIMEOUT: {
    option: 'frag-timeout',
    form: 'value',
    about: 'The same for fragments without their first one.',
  },
  ARGUS_ARP_TIMEOUT: { option: 'arp-timeout', form: 'value', about: 'The same for ARP.' },
  ARGUS_OTHER_TIMEOUT: { option: 'other-timeout', form: 'value', about: 'The same for what is not IP.' },

  ARGUS_GENERATE_RESPONSE_TIME_DATA: {
    option: 'response',
    form: 'switch',
    about: 'Keep first and last time of each direction.',
  },
  ARGUS_GENERATE_BIDIRECTIONAL_TIMESTAMPS: { option: 'response', form: 'switch', about: 'The same.' },
  ARGUS_GENERATE_JITTER_DATA: { option: 'jitter', form: 'switch', about: 'Measure times between packets.' },
  ARGUS_GENERATE_MAC_DATA: { option: 'macs', form: 'switch', about: 'Keep MAC addresses.' },
  ARGUS_GENERATE_APPBYTE_METRIC: { option: 'app-bytes', form: 'switch', about: 'Count payload bytes.' },
  ARGUS_GENERATE_PACKET_SIZE: { option: 'sizes', form: 'switch', about: 'Keep smallest and largest packet.' },
  ARGUS_CAPTURE_DATA_LEN: { option: 'payload', form: 'value', about: 'Payload bytes of each direction to keep.' },

  ARGUS_DAEMON: { option: 'daemon', form: 'switch', live: true, about: 'Run in the background.' },
  ARGUS_SET_PID: {
    option: 'pid-file',
    form: 'switch',
    live: true,
    about: 'Keep the number of the process in a file, when it runs in the background.',
  },
  ARGUS_PID_PATH: {
    option: 'pid-file',
    form: 'value',
    live: true,
    about: 'Folder of that file, which is `argus.eth0.0.pid` or the like; /var/run by default.',
  },
  ARGUS_CHROOT_DIR: {
    option: 'chroot',
    form: 'value',
    live: true,
    about: 'Shut the probe into this folder when all is open.',
  },
  ARGUS_SETUSER_ID: { option: 'user', form: 'value', live: true, about: 'Become this user when all is open.' },
  ARGUS_SETGROUP_ID: { option: 'group', form: 'value', live: true, about: 'Become this group when all is open.' },
  ARGUS_STATE_DIR: {
    option: 'state',
    form: 'value',
    live: true,
    about: 'Folder for what must survive the program. Not one of Argus.',
  },
  ARGUS_KEEP_HOURS: {
    option: 'keep',
    form: 'value',
    live: true,
    about: 'Hours for which it keeps what a named reader that is away has not got. Not one of Argus.',
  },
  ARGUS_TLS_CERT: {
    option: 'tls-cert',
    form: 'value',
    live: true,
    about: 'Certificate by which others know it, see [security](security.md). Not one of Argus.',
  },
  ARGUS_TLS_KEY: {
    option: 'tls-key',
    form: 'value',
    live: true,
    about: 'The key of the certificate. Not one of Argus.',
  },
  ARGUS_TLS_CA: {
    option: 'tls-ca',
    form: 'value',
    live: true,
    about: 'Authority that the certificates of others must come from. Not one of Argus.',
  },
  ARGUS_ACCESS_FILE: {
    option: 'access',
    form: 'value',
    live: true,
    about: 'File that says who may read what. Not one of Argus.',
  },
  ARGUS_TOKENS_FILE: {
    option: 'tokens',
    form: 'value',
    live: true,
    about: 'File of the tokens of readers. Not one of Argus.',
  },
  ARGUS_METRICS: {
    option: 'metrics',
    form: 'value',
    live: true,
    about: 'Serve figures for Prometheus here, see [running daemons](running.md). Not one of Argus.',
    check: ([address = '']) => void parseMetricsAddress(address),
  },
  ARGUS_LOG: {
    option: 'log',
    form: 'value',
    about: 'Form of messages. Not one of Argus.',
    check: ([form = '']) => void logStyleOf([`--log=${form}`]),
  },

  ARGUS_FLOW_TYPE: { only: ['', 'Bidirectional'], about: 'Records always tell of both directions.' },
  ARGUS_FLOW_KEY: { only: ['', 'CLASSIC_5_TUPLE'], about: 'Flows are told by addresses, protocol and ports.' },
  ARGUS_MIN_SSF: {
    only: ['', '0'],
    about: 'There is no SASL: readers are neither asked who they are nor spoken to in cipher.',
  },
  ARGUS_PACKET_CAPTURE_FILE: { only: OFF, about: 'The probe keeps no packets; use tcpdump beside it.' },
  ARGUS_PACKET_CAPTURE_ON_ERROR: {
    only: OFF,
    about: 'The probe keeps no packets; `--problems` and management records count those that do not decode.',
  },

  ARGUS_MAX_SSF: { idle: ['', '0'], about: 'there is no SASL.' },
  ARGUS_DEBUG_LEVEL: {
    idle: OFF,
    about: 'there are no levels of debugging; SIGUSR1 makes the probe log how it fares.',
  },
  ARGUS_GENERATE_START_RECORDS: { idle: OFF, about: 'the first record of a flow comes with its first report.' },
  ARGUS_GENERATE_TCP_PERF_METRIC: { idle: ['', 'yes'], about: 'the figures of TCP are always kept.' },
  ARGUS_GENERATE_HASH_METRICS: { idle: OFF, about: 'records have no hash.' },
  ARGUS_JITTER_HISTOGRAM: { idle: OFF, about: 'there are no histograms in records.' },
  ARGUS_HASHTABLE_SIZE: { idle: [''], about: 'the table of flows grows as needed; `--flows` bounds it.' },
  ARGUS_CAPTURE_FULL_CONTROL_DATA: {
    idle: OFF,
    about: 'payload is kept of all flows alike, see `ARGUS_CAPTURE_DATA_LEN`.',
  },
  ARGUS_CONTROLPLANE_PROTO: { idle: OFF, about: 'payload is kept of all flows alike, see `ARGUS_CAPTURE_DATA_LEN`.' },
  ARGUS_PCAP_DISPATCH_NUM: { idle: [''], about: 'packets are taken as they come.' },
  ARGUS_ENV: {
    idle: [''],
    about: 'a file of settings does not change the environment; set it where the probe is started.',
  },
  ARGUS_TUNNEL_DISCOVERY: { idle: ['', 'yes'], about: 'tunnels are always opened.' },
  ARGUS_TUNNEL_PARSING: { idle: ['', 'yes'], about: 'tunnels are always opened.' },
  ARGUS_TUNNEL_INFORMATION: { idle: ['', 'yes'], about: 'what is known of tunnels is always kept.' },
  ARGUS_TRACK_DUPLICATES: { idle: OFF, about: 'packets that are repeated count as packets.' },
  ARGUS_DEDUP: { idle: OFF, about: 'packets that are repeated count as packets.' },
  ARGUS_SELF_SYNCHRONIZE: { idle: ['', 'yes'], about: "the kernel's times are taken as they are." },
  ARGUS_TIMESTAMP_TYPE: { idle: [''], about: 'times are in nanoseconds where the capture has them.' },
  ARGUS_INTERFACE_SCAN_INTERVAL: { idle: ['', '0'], about: 'interfaces that come back are noticed when they do.' },
  ARGUS_MAR_INTERFACE_INTERVAL: { idle: ['', '0'], about: 'management records tell of each input.' },
  ARGUS_OS_FINGERPRINTING: { idle: OFF, about: 'operating systems are not guessed.' },
  ARGUS_COLLECTOR: { idle: OFF, about: 'the probe waits for readers, and connects to none.' },
  ARGUS_LOG_DISPLAY_PRIORITY: {
    idle: OFF,
    about: 'messages carry their priority where the journal of systemd reads them, and with --log json.',
  },
  ARGUS_EVENT_DATA: { idle: OFF, about: 'no programs are run, and there are no event records.' },
  ARGUS_KEYSTROKE: { idle: OFF, about: 'keystrokes are not counted.' },
  ARGUS_KEYSTROKE_CONF: { idle: OFF, about: 'keystrokes are not counted.' },
} as const satisfies VariableTable;

function plainFile([path = '', filter = '']: readonly string[]): void {
  parseFilter(filter);
  if (!/^[\w-]+:\/\//.test(path)) return;
  throw new UsageError(`records are not sent to '${path}'`, {
    hint: 'Name a file, or let readers connect to ARGUS_ACCESS_PORT.',
  });
}
