import { WITHOUT_EFFECT, type Arguments, type OptionTable } from '../../libs/cli/options.ts';
import { DEBUG_OPTION } from '../../libs/cli/idle-options.ts';
import { DIALECT_OPTIONS } from '../../libs/cli/network/dialects.ts';
import { SERVER_SECURITY_OPTIONS } from '../../libs/cli/network/security-options.ts';
import { DAEMON_OPTIONS } from '../../libs/daemon/options.ts';
import { CHECK_OPTION, LISTEN_OPTIONS, KEEP_OPTIONS } from '../../libs/cli/network/server-options.ts';
import { TIMEOUT_OPTIONS } from './timeout-options.ts';

/** Configuration that is read by default; files of Argus's own are read only when they are named. */
export const DEFAULT_FILE = '/etc/panoptes/argus.conf';

/** The options of the probe. */
export const ARGUS_OPTIONS = {
  read: {
    short: 'r',
    arity: 'greedy',
    placeholder: 'FILE',
    text: 'Read packets from capture files (pcap, pcapng; gzip and zstd are recognised); - is standard input.',
    group: 'Packets in',
    conflicts: ['interface'],
  },
  interface: {
    short: 'i',
    arity: 'lists',
    placeholder: 'INTERFACE',
    text:
      'Capture on this interface. ind:a,b or several -i: independent of each other, each with source ids of its own; ' +
      'bond:a,b, dup:a,b or -i a b: together; a/ID names the source; all: each that is up; any: all as one. ' +
      'Without -r and -i, the first one that is up.',
    group: 'Packets in',
  },
  capture: {
    arity: 'one',
    placeholder: 'WAY',
    text: 'ring: from the kernel (Linux; the default there). cap: with libpcap; times and losses are not exact.',
    group: 'Packets in',
  },
  ring: {
    arity: 'one',
    placeholder: 'MIB',
    number: { min: 1, max: 4096, integer: true },
    default: 128,
    text: 'Size of the ring in which the kernel hands over packets, for each interface and worker, in MiB.',
    group: 'Packets in',
  },
  follow: {
    short: 'f',
    arity: 'none',
    text: 'At the end of the last file wait for more, as it is being written; of a pipe, report flows also while it is silent.',
    group: 'Packets in',
    conflicts: ['interface'],
  },
  pace: {
    short: 'T',
    arity: 'one',
    placeholder: 'X',
    number: { min: 0.001, max: 1_000_000 },
    text: 'Replay capture files at this many times their pace; flows go by the time of their packets.',
    group: 'Packets in',
    conflicts: ['interface'],
  },
  packets: {
    short: 'N',
    arity: 'one',
    placeholder: 'RANGE',
    text: 'Count only some packets: N (the first ones; 0 is all), A-B, or A+N (from number A to number A+N).',
    group: 'Packets in',
  },
  'no-promiscuous': {
    short: 'p',
    arity: 'none',
    text: 'Leave the interface out of promiscuous mode, where the capture library lets us.',
    group: 'Packets in',
  },
  snaplen: {
    short: 's',
    arity: 'one',
    placeholder: 'BYTES',
    number: { min: 0, max: 262_144, integer: true },
    text: 'Look at no more than this much of each packet; 0 is all of it.',
    group: 'Packets in',
  },
  'no-optimizer': {
    short: 'O',
    arity: 'none',
    text: 'Compile the capture filter without optimising.',
    group: 'Packets in',
  },
  'show-filter': {
    short: 'b',
    arity: 'none',
    text: 'Print the compiled capture filter and exit.',
    group: 'Packets in',
  },

  status: {
    short: 'S',
    arity: 'one',
    placeholder: 'SECONDS',
    number: { min: 0.02, max: 86_400 },
    default: 5,
    text: 'Report a flow that goes on every so often.',
    group: 'Flows',
  },
  ...TIMEOUT_OPTIONS,
  flows: {
    arity: 'one',
    placeholder: 'N',
    number: { min: 16, max: 10_000_000, integer: true },
    default: 1_000_000,
    text: 'Most flows at once; beyond it the flow idle longest is reported and leaves.',
    group: 'Flows',
  },
  workers: {
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: 64, integer: true },
    default: 1,
    text: 'Share the flows of each interface that stands alone, or of the capture files, among this many threads.',
    group: 'Flows',
  },
  'end-records': {
    arity: 'none',
    text: 'Add a record with zero counters when a flow falls silent after a status record.',
    group: 'Flows',
  },
  'app-bytes': { short: 'A', arity: 'none', text: 'Count payload bytes.', group: 'Flows' },
  jitter: { short: 'J', arity: 'none', text: 'Measure times between packets, and jitter.', group: 'Flows' },
  macs: { short: 'm', arity: 'none', text: 'Keep MAC addresses.', group: 'Flows' },
  response: { short: 'R', arity: 'none', text: 'Keep first and last time of each direction.', group: 'Flows' },
  sizes: { short: 'Z', arity: 'none', text: 'Keep smallest and largest packet.', group: 'Flows' },
  app: {
    arity: 'none',
    text: 'Tell applications by their first bytes, with the names of servers: fields app and appname.',
    group: 'Flows',
  },
  payload: {
    short: 'U',
    arity: 'one',
    placeholder: 'BYTES',
    number: { min: 0, max: 65_535, integer: true },
    default: 0,
    text: 'Keep this many payload bytes of each direction.',
    group: 'Flows',
  },

  write: {
    short: 'w',
    arity: 'lists',
    wordsMax: 2,
    placeholder: 'FILE ["FILTER"]',
    text:
      'Append records to this file, those only that match the record filter behind it; - is standard output, argus3:FILE ' +
      'the format of Argus 3. May be given again. Without -w and -P records are printed.',
    group: 'Records out',
  },
  management: {
    short: 'M',
    arity: 'one',
    placeholder: 'SECONDS',
    number: { min: 0, max: 86_400 },
    default: 60,
    text: 'Add a management record, which tells how the probe fares, every so often; 0: at start and end only.',
    group: 'Records out',
  },
  ...LISTEN_OPTIONS,
  readers: {
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: 10_000, integer: true },
    default: 128,
    text: 'Most readers at once.',
    group: 'Records out',
  },
  ...DIALECT_OPTIONS,
  ...KEEP_OPTIONS,
  source: {
    short: 'e',
    arity: 'one',
    placeholder: 'ID',
    text: 'Source id of the records: a number, an IPv4 address, or a text in double quotes.',
    group: 'Records out',
  },
  config: {
    short: 'F',
    arity: 'each',
    placeholder: 'FILE',
    text: 'Read settings from this file too, see docs/argus-conf.md; what stands on the command line wins.',
    group: 'Running',
  },
  'no-config': {
    short: 'X',
    arity: 'none',
    text: 'Forget configuration files up to here: that of the system, and any -F before this.',
    group: 'Running',
  },
  ...CHECK_OPTION,
  ...SERVER_SECURITY_OPTIONS,
  ...DAEMON_OPTIONS,
  problems: {
    arity: 'none',
    text: 'At the end tell on standard error what kept packets from decoding, and how many.',
    group: 'Running',
  },
  'control-plane': {
    short: 'C',
    arity: 'none',
    text: 'Understood, since scripts have it; payload is kept of all flows alike, see -U.',
    group: WITHOUT_EFFECT,
  },
  'hash-size': {
    short: 'H',
    arity: 'one',
    placeholder: 'N',
    text: 'Understood, since scripts have it; the table of flows grows as needed, see --flows.',
    group: WITHOUT_EFFECT,
  },
  ...DEBUG_OPTION,
} as const satisfies OptionTable;

export type ArgusArguments = Arguments<typeof ARGUS_OPTIONS>;
