/** One value that two programs print for the same record. */
export interface Difference {
  readonly field: string;
  readonly ours: string;
  readonly theirs: string;
  /** What we print for the whole record, by field. */
  readonly mine: Readonly<Record<string, string>>;
  /** What the original prints for it. */
  readonly record: Readonly<Record<string, string>>;
}

/** A reason for differences that is told in docs/differences.md. */
interface Reason {
  /** Words of the page that tell it. */
  readonly page: string;
  explains(difference: Difference): boolean;
}

const of = (...fields: readonly string[]): ((difference: Difference) => boolean) => {
  const names = new Set(fields);
  return ({ field }) => names.has(field);
};

const SIDE_TIMES = of('sstime', 'sltime', 'dstime', 'dltime', 'sdur', 'ddur');
const RATES = of('rate', 'srate', 'drate', 'load', 'sload', 'dload');
const SWAPPED = of('sipid', 'dipid', 'icmpid', 'dport');
const RETRANSMITTED = of('retrans', 'sretrans', 'dretrans');
const MAXIMUM_RATES = of('stcpmax', 'dtcpmax');
const PRIORITIES = of('svpri', 'dvpri');
const ENDPOINTS = of('saddr', 'daddr', 'sport', 'dport');
const PORTS = of('sport', 'dport');
const ENCAPSULATIONS = of('senc', 'denc');
const JITTER = of('sjit', 'djit');
const ROUND_TRIPS = of('tcprtt', 'stcpmax', 'dtcpmax');
const WINDOWS = of('swin', 'dwin');

const swapBytes = (value: number): number => ((value & 0xff) << 8) | (value >>> 8);
const close = (a: string, b: string, part: number): boolean =>
  a !== '' && b !== '' && Math.abs(Number(a) - Number(b)) <= part * Math.abs(Number(b));
const hasOnePacket = ({ field, mine }: Difference): boolean => mine[`${field[0]}pkts`] === '1';
const sorted = (text: string): string => [...text].sort().join('');
const areExchanged = ({ mine, record }: Difference): boolean =>
  mine['sload'] === record['dload'] && mine['dload'] === record['sload'];
const isMac = (text: string): boolean => /^([\da-f]{2}:){5}[\da-f]{2}$|^Broadcast$/.test(text);

export const REASONS: readonly Reason[] = [
  {
    page: 'It is blank, and left out of JSON. Absent is not zero.',
    explains: ({ field, ours, theirs }) => field !== 'state' && ours === '' && /^[0.]+$/.test(theirs),
  },
  {
    page: '`sipid`, `dipid`, `icmpid` and `dport` of ICMP print with their bytes swapped',
    explains: (d) => SWAPPED(d) && d.ours !== '' && Number(d.ours) === swapBytes(Number(d.theirs)),
  },
  {
    page: 'those of the record where they were not measured',
    explains: (d) => SIDE_TIMES(d) && d.theirs !== '' && (d.ours === '' || hasOnePacket(d)),
  },
  { page: '`C` stands for a close', explains: ({ field, ours, theirs }) => field === 'state' && theirs === `${ours}C` },
  {
    page: 'the packet of the initiator and the error that came back',
    explains: (d) => SIDE_TIMES(d) && d.record['inode'] !== undefined && d.record['inode'] !== '',
  },
  {
    page: '`dur` is held in single precision',
    explains: (d) => d.field.endsWith('dur') && close(d.ours, d.theirs, 1e-7),
  },
  { page: 'are computed in single precision throughout', explains: (d) => RATES(d) && close(d.ours, d.theirs, 1e-6) },
  { page: 'counts the retransmitted segments', explains: (d) => RETRANSMITTED(d) && d.theirs === '0' },
  { page: '`stcpmax` is in thousands', explains: (d) => MAXIMUM_RATES(d) && close(d.ours, String(Number(d.theirs) * 1000), 1e-6) }, // prettier-ignore
  { page: 'The parameters index of ESP is partly overwritten', explains: (d) => d.field === 'dport' && d.record['proto'] === 'esp' }, // prettier-ignore
  { page: '`svpri` and `dvpri` are empty', explains: (d) => PRIORITIES(d) && d.theirs === '' },
  {
    page: 'VLAN and LLC flows print backwards',
    explains: (d) => ENDPOINTS(d) && isMac(d.record['saddr'] ?? '') && isMac(d.record['daddr'] ?? ''),
  },
  {
    page: 'the responder was seen first',
    explains: ({ mine, record }) => mine['saddr'] === record['daddr'] && mine['daddr'] === record['saddr'],
  },
  {
    page: 'turns the flow round but not its loads',
    explains: (d) => (RATES(d) && areExchanged(d)) || (WINDOWS(d) && d.theirs === ''),
  },
  { page: 'have names', explains: ({ field, theirs }) => field === 'proto' && /^\d+$/.test(theirs) },
  {
    page: 'ends with a blank',
    explains: ({ field, ours, theirs }) => field === 'dir' && ours.trim() === theirs.trim(),
  },
  {
    page: 'Encapsulations stay with the side that they were stored for',
    explains: (d) => ENCAPSULATIONS(d) && (d.ours === '' || d.theirs === ''),
  },
  { page: 'over packets inside and between bursts', explains: (d) => JITTER(d) && d.ours !== '' && d.theirs !== '' },
  { page: 'a half of it is taken for the whole', explains: (d) => ROUND_TRIPS(d) && d.ours === '' && d.theirs !== '' },
  { page: 'ARP that goes on unanswered', explains: ({ field, theirs, record }) => field === 'state' && theirs === 'INT' && record['proto'] === 'arp' }, // prettier-ignore
  { page: '802.11 management frames are `wlan`', explains: ({ field, theirs }) => field === 'proto' && theirs === 'wlan' }, // prettier-ignore
  { page: 'Silence in RTP shows', explains: ({ field, record }) => field === 'flgs' && record['proto'] === 'rtp' },
  { page: 'Times from 2038 on', explains: ({ field, ours, theirs }) => field === 'ltime' && Number(theirs) === 0 && Number(ours) >= 2 ** 31 }, // prettier-ignore
  { page: '`loss` is 0 where', explains: ({ field, theirs, record }) => field === 'loss' && theirs === '0' && (record['spkts'] === '0' || record['dpkts'] === '0') }, // prettier-ignore
  { page: 'in the order in which they lie', explains: (d) => ENCAPSULATIONS(d) && sorted(d.ours) === sorted(d.theirs) },
  { page: 'ECN is shown for what', explains: ({ field, ours, theirs }) => field === 'flgs' && 'xtE'.includes(theirs[5] ?? '') && ours[5] === 'E' }, // prettier-ignore
  { page: 'A window of zero', explains: (d) => WINDOWS(d) && d.ours === '0' && d.theirs === '' },
  { page: 'Later fragments have no ports', explains: (d) => PORTS(d) && d.ours === '' && (d.record['flgs'] ?? '')[6] === 'f' }, // prettier-ignore
];

/** What it is to agree: the same text, or why not. @returns the reason, or undefined when none is known */
export function reasonFor(difference: Difference): string | undefined {
  return REASONS.find((reason) => reason.explains(difference))?.page;
}

export interface Comparison {
  readonly values: number;
  /** Values whose text is the same. */
  readonly same: number;
  /** How many values differ for each reason. */
  readonly explained: ReadonlyMap<string, number>;
  readonly unexplained: readonly Difference[];
  /** Records with an unexplained difference. */
  readonly recordsUnexplained: number;
}

/** @param fields names of the columns, in their order; both tables are without headings */
export function compareTables(
  fields: readonly string[],
  ours: readonly (readonly string[])[],
  theirs: readonly (readonly string[])[],
): Comparison {
  const explained = new Map<string, number>();
  const unexplained: Difference[] = [];
  let values = 0;
  let same = 0;
  let recordsUnexplained = 0;
  for (const [row, line] of theirs.entries()) {
    const record = Object.fromEntries(fields.map((field, i) => [field, line[i] ?? '']));
    const mine = Object.fromEntries(fields.map((field, i) => [field, ours[row]?.[i] ?? '(missing)']));
    const before = unexplained.length;
    for (const [i, field] of fields.entries()) {
      const text = mine[field]!;
      // The original has a tenth, blank place in this column.
      const original = field === 'flgs' ? (line[i] ?? '').slice(0, 9) : (line[i] ?? '');
      values += 1;
      if (text === original) {
        same += 1;
        continue;
      }
      const difference = { field, ours: text, theirs: original, mine, record };
      const reason = reasonFor(difference);
      if (reason === undefined) unexplained.push(difference);
      else explained.set(reason, (explained.get(reason) ?? 0) + 1);
    }
    if (unexplained.length > before) recordsUnexplained += 1;
  }
  return { values, same, explained, unexplained, recordsUnexplained };
}

/** Rows of text with commas, none of whose values are quoted. */
export function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(','));
}

/** How a comparison went, in a line for each reason. */
export function told({ values, same, explained, unexplained }: Comparison): string {
  const percent = (count: number): string => `${((100 * count) / values).toFixed(3)} %`;
  const lines = [
    `${values} values, ${percent(same)} the same text, ${percent(unexplained.length)} without a known reason`,
  ];
  for (const [reason, count] of [...explained].sort((a, b) => b[1] - a[1])) lines.push(`${count} ${reason}`);
  for (const { field, ours, theirs } of unexplained.slice(0, 20)) lines.push(`${field}: '${ours}', not '${theirs}'`);
  return lines.join('\n');
}
