import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';

/** What one reader asks for. */
export interface AskedFor {
  readonly filter: string;
  /** Field numbers; undefined is all. */
  readonly fields: readonly number[] | undefined;
}

export const EVERYTHING: AskedFor = { filter: '', fields: undefined };

/** Some that nearly all records match, some that few do; those with a place for a number are asked with several. */
const FILTERS: readonly ((n: number) => string)[] = [
  () => 'tcp',
  (n) => `not dst port ${1000 + n}`,
  () => 'ip',
  (n) => `dst port 443 or dst port 80 or dst port ${2000 + n}`,
  (n) => `spkts > ${n % 5}`,
  () => 'udp',
  (n) => `src net 10.1.0.0/${17 + (n % 4)}`,
  (n) => `sbytes > ${50 + n} and not dst port 22`,
];

/** In the order in which readers want them. */
const FIELDS = [
  'stime', 'dur', 'saddr', 'daddr', 'ipproto', 'sport', 'dport', 'spkts', 'dpkts', 'sbytes', 'dbytes', 'tcpstate',
  'cause', 'sflags', 'dflags', 'sttl', 'dttl', 'stos', 'dtos', 'flowid', 'swin', 'dwin', 'synack', 'ackdat',
] as const satisfies readonly StoredName[]; // prettier-ignore

const FIELDS_MIN = 5;
const FIELDS_MAX = 20;

/** As many different wishes, each with a filter and 5 to 20 fields. */
export function differentWishes(count: number): AskedFor[] {
  return Array.from({ length: count }, (_, n) => {
    const first = n % (FIELDS.length - FIELDS_MIN);
    const wanted = FIELDS_MIN + (n % (FIELDS_MAX - FIELDS_MIN + 1));
    const names = [...FIELDS, ...FIELDS].slice(first, first + wanted);
    return { filter: FILTERS[n % FILTERS.length]!(n), fields: names.map((name) => STORED_FIELDS[name].number) };
  });
}

/** The same few wishes in turn, the first of which is everything. */
export function fewWishes(count: number, different: number): AskedFor[] {
  const few = [EVERYTHING, ...differentWishes(different - 1)];
  return Array.from({ length: count }, (_, n) => few[n % different]!);
}
