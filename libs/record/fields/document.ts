import { APP_NAMES } from '../../app/found-app.ts';
import { table } from '../../core/markdown.ts';
import { TUNNEL_NAMES } from '../../packet/tunnel.ts';
import { ENCAPSULATION_LETTERS } from './encapsulations.ts';
import { DERIVED_FIELDS } from './derived.ts';
import { CAUSE_NAMES, EVENT, SCTP_STATE, TCP_STATE, type Group } from './field.ts';
import { READING_FIELDS } from './reading.ts';
import { STORED_FIELDS } from './stored.ts';
import { FIELDS, type Field, type FieldName } from './table.ts';
import { UNAVAILABLE_FIELDS } from './unavailable.ts';

const GROUP_TITLES: Readonly<Record<Exclude<Group, 'reading'>, string>> = {
  core: 'Identity, time, key and counters',
  tcp: 'TCP',
  sctp: 'SCTP',
  icmp: 'ICMP',
  ip: 'IP',
  l2: 'Link layer',
  tunnel: 'Tunnels',
  timing: 'Times between packets, and of each direction',
  sizes: 'Packet sizes',
  payload: 'Payload',
  app: 'Application',
  aggregate: 'Aggregation',
  management: 'Management records',
};

const INTRODUCTION = `# Fields

Generated from the table in \`libs/record/fields\`; \`npm run golden\` writes this page anew.

Records hold the *stored* fields; readers compute the *derived* ones from them. Both go by the same names in \`-s\`, in filters
and as keys of JSON objects. A field that a record has no value for is blank in columns, empty between delimiters and left out
of JSON: absent is not zero. Widths are characters; for \`suser\` and \`duser\` \`-s suser:N\` means bytes.`;

/** The page that describes every field: \`docs/fields.md\`. */
export function fieldsDocument(): string {
  const groups = Object.entries(GROUP_TITLES).map(([group, title]) => {
    const names = (Object.keys(STORED_FIELDS) as FieldName[]).filter((name) => groupOf(FIELDS[name]) === group);
    return `### ${title}\n\n${fieldTable(names)}`;
  });
  const derived = (Object.keys(DERIVED_FIELDS) as FieldName[]).filter((name) => !(name in UNAVAILABLE_FIELDS));
  return [
    INTRODUCTION,
    '## Stored fields',
    ...groups,
    '## Derived fields',
    fieldTable(derived),
    '## Fields of reading',
    'These say where a record was read. They are there where they are asked for by name, and never written.',
    fieldTable(Object.keys(READING_FIELDS) as FieldName[]),
    '## Values with names',
    `\`cause\`: ${codeList(Object.values(CAUSE_NAMES))}.`,
    `\`tunkind\`: ${codeList(TUNNEL_NAMES.slice(1))}.`,
    `\`app\`: ${codeList(APP_NAMES.slice(1))}.`,
    '`senc`, `denc`, and the second place of `flgs` when there is one only:',
    table(['Letter', 'Encapsulation'], ENCAPSULATION_LETTERS.map(([, letter, meaning]) => [`\`${letter}\``, meaning])), // prettier-ignore
    'Bits of `tcpstate`, from 1:',
    bitTable(TCP_STATE),
    'Bits of `sctpstate`, from 1:',
    bitTable(SCTP_STATE),
    'Bits of `events`, from 1:',
    bitTable(EVENT),
    '## Names without values',
    'Argus has these names. They are known, so that commands which ask for them work; their columns are empty.',
    table(['Name', 'Heading', 'Width', 'Why'], Object.entries(UNAVAILABLE_FIELDS).map(([name, { heading, width, about }]) => [`\`${name}\``, heading, String(width), about])), // prettier-ignore
    '',
  ].join('\n\n').replace(/\n+$/, '\n'); // prettier-ignore
}

const groupOf = (field: Field): Group | undefined => ('group' in field ? field.group : undefined);

const codeList = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

function fieldTable(names: readonly FieldName[]): string {
  return table(
    ['Name', 'Heading', 'Width', 'Unit', 'Meaning'],
    names.map((name) => {
      const { heading, width, unit, about } = FIELDS[name];
      return [`\`${name}\``, heading, String(width), unit ?? '', about];
    }),
  );
}

function bitTable(bits: Readonly<Record<string, number>>): string {
  const rows = Object.entries(bits).map(([name, bit]) => [`0x${bit.toString(16)}`, words(name)]);
  return table(['Bit', 'Meaning'], rows);
}

/** `sourceZeroWindow` in words. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
