import type { OptionTable } from './options.ts';
import { PRINT_MODE_WORDS } from './mode-words.ts';
import { DEBUG_OPTION, OPTIMIZER_OPTION } from './idle-options.ts';
import { CLIENT_SECURITY_OPTIONS } from './network/security-options.ts';

/** How the commands that read records are told where from. */
export const INPUT_OPTIONS = {
  read: {
    short: 'r',
    arity: 'greedy',
    placeholder: 'FILE',
    text:
      'Read record files, one after the other; - is standard input, which is also read when no input is named. FILE::START:STOP takes the records ' +
      'that begin from byte START on and before byte STOP; -s +offset shows where they begin.',
    group: 'Input',
    conflicts: ['server'],
  },
  recurse: {
    short: 'R',
    arity: 'greedy',
    placeholder: 'DIR',
    text: 'Read all files below these directories, in the order of their paths; links are followed, names that begin with a dot left out.',
    group: 'Input',
    conflicts: ['server'],
  },
  merge: {
    arity: 'none',
    text: 'Make of all files one stream of records in the order of their starts.',
    group: 'Input',
    conflicts: ['server'],
  },
  server: {
    short: 'S',
    arity: 'each',
    placeholder: 'HOST[:PORT]',
    text: 'Read the stream of a probe or multiplexer; several are read at once. The port is 561 when not given; argus-tls:// before it asks for TLS.',
    group: 'Input',
  },
  time: {
    short: 't',
    arity: 'each',
    placeholder: 'RANGE',
    text:
      'Take only records of this time, such as 2026/03/01.14 (an hour), 14:00-15:30, 1700000000+5s, -10m (the last ten minutes), **.22; @ZONE after it ' +
      'names a time zone. i, n or c before it: records that meet it, include it or lie in it; x: all others. May be given again: what is in any of them.',
    group: 'Input',
  },
  'time-zone': {
    arity: 'one',
    placeholder: 'ZONE',
    text: 'Read and print times as of this zone, such as Europe/Berlin or UTC; that of $TZ or the system when not given.',
    group: 'Input',
  },
  'stop-after': {
    short: 'T',
    arity: 'one',
    placeholder: 'SECONDS',
    number: { min: 0, max: 1e9 },
    text: 'Stop after this time.',
    group: 'Input',
  },
  range: {
    short: 'N',
    arity: 'one',
    placeholder: '[i|o]RANGE',
    text: 'Take only some of the records that pass the filter: N (the first ones), A-B, or A+N (from number A to number A+N).',
    group: 'Input',
  },
  payload: {
    short: 'e',
    arity: 'one',
    placeholder: '[s:|d:]REGEX',
    text: 'Take only records in whose user data this regular expression matches, of the initiator after s:, of the responder after d:.',
    group: 'Input',
  },
  'port-direction': {
    arity: 'one',
    placeholder: 'WORDS',
    text:
      "Turn TCP of which nobody saw the start (<?>), so that the port of a server is the responder's: wellknown, below 1024; services, one with a name; " +
      'registered, below 49152, the lower one; several with commas between them.',
    group: 'Input',
  },
  verbose: {
    short: 'V',
    arity: 'none',
    text: 'Say what of records in other formats had no place here, with how often it came.',
    group: 'Input',
  },
  'no-config': {
    short: 'X',
    arity: 'none',
    text: 'Forget configuration files up to here: that of the system, ~/.rarc, and any -F before this.',
    group: 'Input',
  },
  rc: {
    short: 'F',
    arity: 'each',
    placeholder: 'FILE',
    text: 'Read settings from this file, after /etc/panoptes/ra.conf and ~/.rarc; options on the command line win.',
    group: 'Input',
  },
  ...CLIENT_SECURITY_OPTIONS,
  ...DEBUG_OPTION,
  ...OPTIMIZER_OPTION,
} as const satisfies OptionTable;

/** Of the commands that read what is there, and end. */
export const EXPLAIN_OPTION = {
  explain: {
    arity: 'none',
    text: 'Read nothing; show how the filter is understood, and which columns and which parts of the files would be read.',
    group: 'Input',
  },
} as const satisfies OptionTable;

/** Where records go other than to people. */
export const OUTPUT_OPTIONS = {
  write: {
    short: 'w',
    arity: 'lists',
    wordsMax: 2,
    placeholder: 'FILE ["FILTER"]',
    text:
      'Append the records to this file instead of printing them, those only that match the filter behind it; - is standard output, ' +
      'argus3:FILE the format of Argus 3. May be given again.',
    group: 'Output',
  },
  rejected: {
    short: 'E',
    arity: 'one',
    placeholder: 'FILE',
    text: 'Append the records that the filter refuses to this file.',
    group: 'Output',
  },
} as const satisfies OptionTable;

const MODE_TEXT =
  'json: one object a line; xml; man or noman: with or without management records; rmon: each record for both of its sides; uni: each record is two, of ' +
  'one side each; printer=hex, encode64: how user data prints; TZ=ZONE: as --time-zone.';

/** How records print. */
export const PRINT_OPTIONS = {
  fields: {
    short: 's',
    arity: 'greedy',
    placeholder: 'FIELD',
    text:
      'Print these fields, each NAME[:WIDTH[:FORMAT]]. +NAME appends to the usual ones, +2NAME puts it at place 2 (counting from 0), ' +
      '-s -NAME leaves it out. --list-fields shows the names.',
    group: 'Printing',
  },
  mode: {
    short: 'M',
    arity: 'greedy',
    placeholder: 'MODE',
    words: PRINT_MODE_WORDS,
    text: MODE_TEXT,
    group: 'Printing',
  },
  delimiter: {
    short: 'c',
    arity: 'one',
    placeholder: 'TEXT',
    text: "Separate columns by this, without padding; \\t is a tab, '' is as --variable-width.",
    group: 'Printing',
  },
  'variable-width': {
    arity: 'none',
    text: 'Make columns as wide as their values, with a blank between them. -c comes before it.',
    group: 'Printing',
  },
  'no-port-point': {
    arity: 'none',
    text: 'Set ports off from the addresses before them by a blank, not by a point.',
    group: 'Printing',
  },
  cidr: {
    arity: 'one',
    placeholder: 'yes|strict|no',
    words: ['yes', 'strict', 'no'],
    text: 'Addresses with their masks: those of networks as 192.0.2.0/24; strict: hosts as well, as 192.0.2.1/32.',
    group: 'Printing',
  },
  headers: {
    short: 'L',
    arity: 'one',
    placeholder: 'N',
    number: { min: -1, max: 1e9, integer: true },
    default: 0,
    text: 'Column headings: -1 none, 0 once, N every N records.',
    group: 'Printing',
  },
  numeric: {
    short: 'n',
    arity: 'count',
    text: '-n: ports as numbers; -nn: protocols too; -nnn: hosts as names, the rest as without it.',
    group: 'Printing',
  },
  precision: {
    short: 'p',
    arity: 'one',
    placeholder: 'DIGITS',
    number: { min: 0, max: 9, integer: true },
    text: 'Decimals of times and other fractions.',
    group: 'Printing',
  },
  abbreviate: {
    short: 'H',
    arity: 'none',
    text: 'Amounts and rates as 2.634K, 1.200M; -p says with how many decimals.',
    group: 'Printing',
  },
  percent: {
    short: '%',
    arity: 'none',
    text: 'Amounts as percentages of those of all records together; nothing is printed before all have been read.',
    group: 'Printing',
  },
  'time-format': {
    arity: 'one',
    placeholder: 'FORMAT',
    text: 'Times as strftime has it, such as %Y-%m-%d %T.%f; %f is the fraction of the second. A format after a field of -s comes before it.',
    group: 'Printing',
  },
  unix: { short: 'u', arity: 'none', text: 'Times as seconds since 1970.', group: 'Printing' },
  states: {
    short: 'z',
    arity: 'none',
    text: 'State column: letters of the TCP states that were seen, such as sSEfF.',
    group: 'Printing',
    conflicts: ['flags'],
  },
  flags: {
    short: 'Z',
    arity: 'one',
    placeholder: 's|d|b',
    text: 'State column: TCP flags seen from the source, the destination or both.',
    group: 'Printing',
  },
  color: {
    arity: 'one',
    placeholder: 'auto|always|never',
    default: 'auto',
    text: 'Headings, states and losses in colours: on a terminal, always, or never. $NO_COLOR means never.',
    group: 'Printing',
  },
  quiet: { short: 'q', arity: 'none', text: 'Print no records.', group: 'Printing' },
  totals: { short: 'A', arity: 'none', text: 'At the end, print how much there was.', group: 'Printing' },
  'show-filter': {
    short: 'b',
    arity: 'none',
    text: 'Show how the filter was understood and which fields it reads, and exit.',
    group: 'Printing',
  },
  'list-fields': { arity: 'none', text: 'Show the names of all fields and exit.', group: 'Printing' },
} as const satisfies OptionTable;
