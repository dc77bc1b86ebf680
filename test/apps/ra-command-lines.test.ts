import assert from 'node:assert/strict';
import test from 'node:test';
import { ARGUS_OPTIONS } from '../../apps/argus/options.ts';
import { RA_OPTIONS } from '../../apps/ra/options.ts';
import { RASPLIT_OPTIONS } from '../../apps/rasplit/options.ts';
import { RASTREAM_OPTIONS } from '../../apps/rastream/options.ts';
import { splitArguments } from '../../libs/cli/argv.ts';
import type { OptionTable } from '../../libs/cli/options.ts';
import { parseOptions } from '../../libs/cli/parse.ts';

async function parse(line: string, table: OptionTable): Promise<Record<string, unknown>> {
  const { tokens, operands } = splitArguments(line.split(' '), table, 'filter');
  return { ...(await parseOptions(tokens, table)), filter: operands.join(' ') };
}

/** Lines that people have in their scripts, and what they must mean. */
const ARGUS_LINES: readonly { line: string; means: Record<string, unknown> }[] = [
  { line: '-i em0 -B 127.0.0.1 -P 4000', means: { interface: [['em0']], bind: ['127.0.0.1'], port: 4000 } },
  { line: '-r packets.pcap -w -', means: { read: ['packets.pcap'], write: [['-']] } },
  { line: '-r - -w -', means: { read: ['-'], write: [['-']] } },
  { line: '-X -r a.pcap b.pcap -w out - tcp', means: { read: ['a.pcap', 'b.pcap'], write: [['out']], filter: 'tcp' } },
  { line: '-AJmRZ -U 128 -S 60 -i eth0', means: { payload: 128, status: 60, interface: [['eth0']] } },
  { line: '-d -i eth0 -P 561 - not port 561', means: { port: 561, filter: 'not port 561' } },
  { line: '-D 2 -i eth0', means: { debug: '2', interface: [['eth0']] } },
  { line: '-N 1-100 -r x -s 96 ip', means: { packets: '1-100', snaplen: 96, filter: 'ip' } },
  { line: '-e 10.0.0.1 -i lo', means: { source: '10.0.0.1', interface: [['lo']] } },
];
const RA_LINES: readonly { line: string; means: Record<string, unknown> }[] = [
  { line: '-S localhost:4001', means: { server: ['localhost:4001'] } },
  { line: '-r argus.out -n - dst port 80 and tcp', means: { numeric: 1, filter: 'dst port 80 and tcp' } },
  { line: '-X -r f -L0 -c , -nn -u -p 3', means: { headers: 0, delimiter: ',', numeric: 2, unix: true, precision: 3 } },
  { line: '-Xnr f -s stime:25:"%d" +1dur -z', means: { fields: ['stime:25:"%d"', '+1dur'] } },
  { line: '-r f -s -saddr -s -daddr -Z b', means: { fields: ['-saddr', '-daddr'], flags: 'b' } },
  { line: '-R /var/log/argus -N o10 -A -q', means: { recurse: ['/var/log/argus'], range: 'o10', totals: true } },
  { line: '-r f -w a -w b -E c - udp', means: { write: [['a'], ['b']], rejected: 'c', filter: 'udp' } },
  { line: '-r f -Hnp1 -%', means: { abbreviate: true, numeric: 1, precision: 1, percent: true } },
  { line: '-D 3 -O -r f --color never - tcp', means: { read: ['f'], color: 'never', filter: 'tcp' } },
  { line: '-r f -M rmon TZ=UTC -s saddr', means: { mode: ['rmon', 'TZ=UTC'], fields: ['saddr'], color: 'auto' } },
  { line: '-r f -M json man -T 5 -- host 10.0.0.1', means: { mode: ['json', 'man'], 'stop-after': 5 } },
];

const RASPLIT_LINES: readonly { line: string; means: Record<string, unknown> }[] = [
  { line: '-r f -M size 1m -w argus.', means: { read: ['f'], mode: ['size', '1m'], write: 'argus.' } },
  { line: '-R d -M time 1h nomodify -a 3 -w %H - tcp', means: { mode: ['time', '1h', 'nomodify'], filter: 'tcp' } },
];
const RASTREAM_LINES: readonly { line: string; means: Record<string, unknown> }[] = [
  {
    line: '-S localhost:4001 -M time 10m -w /var/log/argus/%Y-%m-%d/argus.%H.%M.%S',
    means: { server: ['localhost:4001'], mode: ['time', '10m'], write: '/var/log/argus/%Y-%m-%d/argus.%H.%M.%S' },
  },
  {
    line: '-S a,b -B 10 -f post.sh -M time 5m -w $srcid/x',
    means: { server: ['a,b'], hold: '10', program: 'post.sh' },
  },
];

for (const { program, table, lines } of [
  { program: 'argus', table: ARGUS_OPTIONS, lines: ARGUS_LINES },
  { program: 'ra', table: RA_OPTIONS, lines: RA_LINES },
  { program: 'rasplit', table: RASPLIT_OPTIONS, lines: RASPLIT_LINES },
  { program: 'rastream', table: RASTREAM_OPTIONS, lines: RASTREAM_LINES },
]) {
  for (const { line, means } of lines) {
    test(`${program} ${line}`, async () => {
      const given = await parse(line, table);
      for (const [name, value] of Object.entries(means)) assert.deepEqual(given[name], value, name);
    });
  }
}
