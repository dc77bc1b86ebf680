import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { flowBatch } from '../support/flow-batch.ts';
import { recordBatch } from '../support/records.ts';
import { runHere } from '../support/run-here.ts';

let folder = '';
const at = (name: string): string => join(folder, name);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'racluster-'));
  for (const seed of [1, 2]) await writeFile(at(`${seed}`), encodeBatch(flowBatch({ rows: 300, seed, repeats: true })));
});

after(() => rm(folder, { recursive: true, force: true }));

const totals = async (command: string, ...args: string[]): Promise<string> =>
  /TotalPkts.*/.exec((await runHere(command, ['-X', '-q', '-A', ...args])).stdout)?.[0] ?? 'none';

test('what it writes can be merged again', async () => {
  const all = ['-r', at('1'), at('2')];
  assert.equal((await runHere('racluster', ['-X', ...all, '-w', at('merged')])).status, 0);
  const style = ['-X', '-c', ',', '-s', 'saddr', 'trans', 'pkts', 'mean', 'max', '-m', 'saddr'];
  const direct = await runHere('racluster', [...style, ...all]);
  const again = await runHere('racluster', [...style, '-r', at('merged')]);
  assert.ok(direct.stdout.split('\n').length > 10);
  assert.deepEqual(again.stdout.split('\n').sort(), direct.stdout.split('\n').sort());
});

test('a configuration: the first line that matches, and what none matches by the key of a flow', async () => {
  await writeFile(
    at('conf'),
    '# two models\nfilter="udp" model="proto" label="datagrams"\nfilter="dst port 443" model="dport"\n',
  );
  const { stdout, status } = await runHere('racluster', ['-X', '-f', at('conf'), '-r', at('1'), '-c', ',', '-L', '-1', '-s', 'proto', 'label', 'trans']); // prettier-ignore
  assert.equal(status, 0);
  assert.equal(stdout.split('\n').filter((line) => line.startsWith('udp,datagrams,')).length, 1);
  assert.equal(await totals('racluster', '-f', at('conf'), '-r', at('1')), await totals('ra', '-r', at('1')));
});

test('what the command line says of models holds for those of a configuration as well', async () => {
  await writeFile(at('modes'), 'RACLUSTER_AUTO_CORRECTION=yes\nfilter="tcp"\nfilter="udp" model="saddr"\n');
  const packets = async (...words: string[]): Promise<number> => Number(/TotalPkts (\d+)/.exec(await totals(...(words as [string])))?.[1]); // prettier-ignore
  const all = await packets('ra', '-r', at('1'));
  assert.equal(await packets('racluster', '-f', at('modes'), '-r', at('1')), all);
  assert.equal(await packets('racluster', '-M', 'rmon', '-f', at('modes'), '-r', at('1')), 2 * all);
});

for (const { line, problem } of [
  {
    line: 'filter="udp and porrt 3"',
    problem: 'filter: \'porrt\' is not a test\n  filter="udp and porrt 3"\n                  ^',
  },
  {
    line: 'filter="udp" modell="saddr"',
    problem: 'unknown word \'modell\'\n  filter="udp" modell="saddr"\n               ^',
  },
  { line: 'model="saddrr"', problem: '\'saddrr\' is no key to aggregate by\n  model="saddrr"\n         ^' },
  {
    line: 'RACLUSTER_AGG_METRIC=bytes',
    problem: 'RACLUSTER_AGG_METRIC is always dur\n  RACLUSTER_AGG_METRIC=bytes\n                       ^',
  },
  { line: 'status=soon', problem: 'status is a number of seconds\n  status=soon\n         ^' },
  { line: 'filter="udp', problem: 'filter has no value' },
]) {
  test(`a configuration with a fault is refused where it is: ${line}`, async () => {
    await writeFile(at('faulty'), `# first\n${line}\n`);
    const { stderr, status } = await runHere('racluster', ['-X', '-f', at('faulty'), '-r', at('1')]);
    assert.equal(status, 2);
    assert.ok(stderr.includes(`faulty:2: ${problem}`), stderr);
  });
}

test('-M replace merges each file in its place', async () => {
  for (const name of ['1', '2']) await copyFile(at(name), at(`${name}.copy`));
  const original = await totals('ra', '-r', at('1.copy'));
  assert.equal((await runHere('racluster', ['-X', '-M', 'replace', '-r', at('1.copy'), at('2.copy')])).status, 0);
  assert.equal(await totals('ra', '-r', at('1.copy')), original);
  assert.ok((await readFile(at('1.copy'))).length < (await readFile(at('1'))).length);
});

test('counts beyond 32 bits are exact where a record can hold them, and not wrong in silence where it cannot', async () => {
  const most = 2 ** 32 - 1;
  const records = [most, 1].map((n) => ({ stime: 1, dur: 0, spkts: n, dpkts: n, sbytes: 60, dbytes: 0, sretrans: n }));
  await writeFile(at('large'), encodeBatch(recordBatch(records)));
  for (const words of [
    ['racluster', '-m', 'none'],
    ['rabins', '-M', 'time', '1s'],
    ['rabins', '-M', 'count', '2'],
  ]) {
    const [command = '', ...args] = words;
    const said = await runHere(command, ['-X', '-r', at('large'), '-s', 'spkts:12', 'dpkts:12', 'sretrans:12', '-c', ',', '-L', '-1', ...args]); // prettier-ignore
    assert.deepEqual([said.status, said.stdout], [1, `${most + 1},${most + 1},${most}\n`], said.stderr);
    assert.match(said.stderr, /larger than 4294967295/);
    const packets = await runHere(command, ['-X', '-r', at('large'), '-s', 'pkts', '-c', ',', '-L', '-1', ...args]);
    assert.deepEqual([packets.status, packets.stdout, packets.stderr], [0, `${2 * (most + 1)}\n`, '']);
  }
});

test('unknown keys and modes are refused with the nearest word', async () => {
  for (const [args, hint] of [
    [['-m', 'saddrr'], "'saddr'"],
    [['-M', 'nocorect'], "'nocorrect'"],
    [['--memory', 'much'], '512M'],
  ] as const) {
    const { stderr, status } = await runHere('racluster', ['-X', '-r', at('1'), ...args]);
    assert.equal(status, 2);
    assert.ok(stderr.includes(hint), stderr);
  }
});

test('rabins: bins of time keep all, whatever the key; empty ones are shown when asked for', async () => {
  for (const mode of [
    ['time', '1s'],
    ['hard', 'time', '0.1s'],
    ['count', '100'],
    ['size', '1m'],
    ['nomodify', 'time', '1s'],
  ]) {
    assert.equal(
      await totals('rabins', '-r', at('1'), '-M', ...mode),
      await totals('ra', '-r', at('1')),
      mode.join(' '),
    );
  }
  const args = [
    '-X',
    '-u',
    '-c',
    ',',
    '-L',
    '-1',
    '-r',
    at('1'),
    '-m',
    'none',
    '-s',
    'stime',
    'dur',
    '-M',
    'hard',
    'zero',
    'time',
    '1s',
  ];
  const rows = (await runHere('rabins', args)).stdout
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  rows.forEach(([stime, dur], i) => {
    assert.equal(dur, 1);
    assert.equal(stime, rows[0]![0]! + i);
  });
});
