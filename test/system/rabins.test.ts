import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { RecordServer } from '../../libs/transport/server.ts';
import { CommandLine, type Outcome } from '../support/command-line.ts';
import { PATIENCE } from '../support/patience.ts';
import { recordBatch, type RecordValues } from '../support/records.ts';
import { RunningCommand } from '../support/run-command.ts';
import { HOST } from '../support/free-port.ts';
import { until } from '../support/stream-lab.ts';

const line = new CommandLine();
after(() => line[Symbol.dispose]());

const START = 1_700_000_000_000_000; // a multiple of ten seconds
const HOSTS = 7;

/** In second `i`, host `i % HOSTS` sends, some seconds much and others little; every third flow is UDP. */
const flow = (i: number): RecordValues => ({
  stime: START + i * 1e6,
  dur: 0,
  etype: 0x0800,
  ipproto: i % 3 === 0 ? 17 : 6,
  saddr: `10.0.0.${i % HOSTS}`,
  daddr: '192.0.2.1',
  sport: 1024 + i,
  dport: 53,
  spkts: 1 + ((i * 37) % 11),
  sbytes: 100 * (1 + ((i * 37) % 11)),
  dpkts: 0,
  dbytes: 0,
});
const SECONDS = 60;
/** So many that two bins of ten are over by two. */
const LIVE_SECONDS = 23;
writeFileSync(join(line.folder, 'records'), encodeBatch(recordBatch(Array.from({ length: SECONDS }, (_, i) => flow(i)).toReversed()))); // prettier-ignore

const run = (script: string): Outcome => {
  const outcome = line.run(script);
  assert.deepEqual([outcome.status, outcome.stderr], [0, ''], script);
  return outcome;
};
/** Rows as texts, `bin host packets`, the bin being its number from the start. */
const rowsOf = (stdout: string, seconds: number): string[] =>
  stdout.trim().split('\n').map((row) => {
    const [time, ...others] = row.split(',');
    return [Math.floor((Number(time) - START / 1e6) / seconds), ...others].join(' ');
  }); // prettier-ignore
const PRINTED = '-L -1 -u -c , -s stime saddr pkts';

/** What each host sent in each bin, in the order of `before`. */
function expected(seconds: number, before: (a: readonly number[], b: readonly number[]) => number): string[] {
  const sums = new Map<string, number>();
  for (let i = 0; i < SECONDS; i++) {
    const key = `${Math.floor(i / seconds)} ${i % HOSTS}`;
    sums.set(key, (sums.get(key) ?? 0) + Number(flow(i).spkts));
  }
  const rows = [...sums].map(([key, packets]) => [...key.split(' ').map(Number), packets]);
  rows.sort((a, b) => a[0]! - b[0]! || before(a, b));
  return rows.map(([bin, host, packets]) => `${bin} 10.0.0.${host} ${packets}`);
}

const ORDERS: readonly (readonly [words: string, before: (a: readonly number[], b: readonly number[]) => number])[] = [
  ['-P pkts saddr', (a, b) => b[2]! - a[2]! || a[1]! - b[1]!],
  ['-P +pkts,-saddr', (a, b) => a[2]! - b[2]! || b[1]! - a[1]!],
  ['-P saddr', (a, b) => a[1]! - b[1]!],
];
for (const [words, before] of ORDERS) {
  test(`rabins ${words} sorts within each bin, and bins stay in order`, () => {
    for (const more of ['', '-M hard zero', '--memory 16M', '--threads 2']) {
      const { stdout } = run(`rabins -r records -M time 10s -m saddr ${words} ${PRINTED} ${more}`);
      assert.deepEqual(rowsOf(stdout, 10), expected(10, before), more);
    }
  });
}

test('rabins -P sorts parts that are not merged, and bins of so many records', () => {
  const parts = rowsOf(run(`rabins -r records -M time 20s nomerge -P pkts -L -1 -u -c , -s stime pkts`).stdout, 20);
  assert.equal(parts.length, SECONDS);
  assert.deepEqual(parts, [...parts].sort((a, b) => {
    const [binA = 0, packetsA = 0] = a.split(' ').map(Number);
    const [binB = 0, packetsB = 0] = b.split(' ').map(Number);
    return binA - binB || packetsB - packetsA;
  })); // prettier-ignore
  const counted = run(`rabins -r records -M count 20 -m sport -P sport -n -L -1 -s sport`).stdout.trim().split(/\s+/).map(Number); // prettier-ignore
  const upTo = (last: number): number[] => Array.from({ length: 20 }, (_, i) => 1024 + last - 19 + i);
  assert.deepEqual(counted, [...upTo(59), ...upTo(39), ...upTo(19)], 'files have the last records first');
});

test('rabins -M zero says where there are too many empty bins', () => {
  const apart = recordBatch([flow(0), { ...flow(1), stime: START + 2e12 }]);
  writeFileSync(join(line.folder, 'apart'), encodeBatch(apart));
  const { status, stdout, stderr } = line.run('rabins -r apart -M zero time 1s -L -1 -s trans | wc -l');
  assert.deepEqual([status, Number(stdout)], [0, 1_000_002]);
  assert.match(stderr, /of more than 1000000 empty bins one after the other, the rest was left out/);
});

test('rabins -M nomerge -w writes more parts than there were records', () => {
  const long = recordBatch([flow(0), flow(1)].map((record) => ({ ...record, dur: 60e9, spkts: 90, sbytes: 9000 })));
  writeFileSync(join(line.folder, 'long'), encodeBatch(long));
  assert.match(run('rabins -r long -M time 1s nomerge -w - | ra -q -A -r -').stdout, /TotalFarRecords 122 TotalPkts 180 TotalBytes 18000/); // prettier-ignore
});

test('rabins -w with a time makes a file of each bin, and with a field one of each value', () => {
  run(`rabins -r records -M time 20s -m saddr proto -w 'bins/%H.%M.%S' -w 'by/$proto/%S' 'src host 10.0.0.1' -w one`);
  assert.deepEqual(readdirSync(join(line.folder, 'bins')).sort(), ['22.13.20', '22.13.40', '22.14.00']);
  const one = run('ra -r one -u -c , -s stime saddr proto pkts -L -1').stdout;
  assert.equal(run('ra -R bins -u -c , -s stime saddr proto pkts -L -1').stdout, one);
  const of = (script: string): string[] => run(script).stdout.trim().split('\n').sort();
  assert.deepEqual(of('ra -R by -c , -s saddr proto pkts -L -1'), of('ra -r one -c , -s saddr proto pkts -L -1 - src host 10.0.0.1')); // prettier-ignore
  assert.deepEqual(readdirSync(join(line.folder, 'by')).sort(), ['tcp', 'udp']);
});

test('rabins -w goes on in files of bins that are there', () => {
  for (const half of ['tcp', 'udp']) run(`rabins -r records -M time 30s -m proto -w 'twice/%S' - ${half}`);
  assert.equal(run('racount -R twice').stdout, run('rabins -r records -M time 30s -m proto -w - | racount').stdout);
});

test('rabins -f merges by the lines of a file, bin by bin', () => {
  writeFileSync(join(line.folder, 'models'), 'filter="udp" model="proto" label="few"\nfilter="" model="saddr"\n');
  const { stdout } = run(`rabins -r records -M time 20s -f models -L -1 -u -c , -s stime trans label`);
  const bins = rowsOf(stdout, 20);
  assert.deepEqual(bins.map((row) => row[0]), ['0', '1', '2'].flatMap((bin) => Array<string>(1 + HOSTS).fill(bin))); // prettier-ignore
  assert.deepEqual(
    bins.filter((row) => row.endsWith('few')),
    ['0 7 few', '1 7 few', '2 6 few'],
  );
});

test('rabins -m addr has the headings of hosts, -B takes units', () => {
  const { stdout } = run(`rabins -r records -M time 30s -B 10s -m addr -s stime saddr spkts dpkts`);
  assert.match(stdout, /^ +StartTime +Host +OutPkts +InPkts /);
});

const REFUSED: readonly (readonly [words: string, reason: RegExp])[] = [
  ["-M count 10 -w '%H'", /'%H' names a file for each bin/],
  ["-M time 10s -w '%Q'", /it has no conversion '%Q'/],
  ["-M time 10s -w '$protto'", /unknown field '\$protto'[^]*Did you mean 'proto'/],
  ["-M time 10s -w 'argus3:%H'", /own format only/],
  ["-M time 10s -w '%H' 'prot 3'", /prot/],
  ['-M time 10s -P byte', /unknown field 'byte' after -P\n.*Did you mean 'bytes'/],
];
for (const [words, reason] of REFUSED) {
  test(`rabins ${words} is refused`, () => {
    const { status, stderr } = line.run(`rabins -r records ${words}`);
    assert.equal(status, 2);
    assert.match(stderr, reason);
  });
}

test('rabins of a stream finishes the file of a bin when it is over', PATIENCE, async (t) => {
  const server = new RecordServer({ program: 'test', source: '1', startUs: 1 });
  t.after(() => server.close());
  const [address] = await server.listen({ port: 0, hosts: [HOST] });
  const names = join(line.folder, 'live/%H.%M.%S');
  const reader = new RunningCommand('rabins', ['-X', '-S', `${HOST}:${address?.port}`, '-M', 'time', '10s', '-B', '2', '-m', 'saddr', '-w', names], { TZ: 'UTC' }); // prettier-ignore
  await until(() => server.stats.readers === 1);
  // The last one ends a bin, so that none is on its way when its file is there.
  for (let i = 0; i < LIVE_SECONDS; i++) server.push({ ...recordBatch([flow(i)]), first: i });
  const finished = (): string[] => {
    const { status, stdout } = line.run('ls live');
    return status === 0 ? stdout.trim().split('\n') : [];
  };
  await until(() => finished().length === 2);
  assert.deepEqual(finished(), ['22.13.20', '22.13.30']);
  reader.process.kill('SIGINT');
  assert.equal(await reader.status, 0, reader.stderr);
  assert.deepEqual(finished(), ['22.13.20', '22.13.30', '22.13.40']);
  assert.equal(/sum\s+(\d+)\s+(\d+)/.exec(run('racount -R live').stdout)?.[2], String(Array.from({ length: LIVE_SECONDS }, (_, i) => Number(flow(i).spkts)).reduce((a, b) => a + b))); // prettier-ignore
});
