import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { corpusMissing, writeCorpusRecords, writeCorpusSample } from '../support/argus3-corpus.ts';
import { runHere } from '../support/run-here.ts';

const OUTPUT_BYTES_MAX = 1 << 28;
/** Argus computes rates in single precision. */
const PRECISION = 1e-5;

const installed = spawnSync('rasort', ['-h']).error === undefined;
const skip = corpusMissing() || (installed ? false : 'the original rasort is not installed');

let folder = '';
const all = (): string => join(folder, 'all.arg');
const sample = (): string => join(folder, 'sample.arg');

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), 'argus3-sorted-'));
  await writeCorpusRecords(folder, all());
  await writeCorpusSample(folder, sample());
});

after(() => rm(folder, { recursive: true, force: true }));

const original = (path: string, program: string, ...args: string[]): string =>
  spawnSync(program, ['-X', '-r', path, ...args], { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX }).stdout;

/** Values that are not zero: what is not known prints as zero there, and comes last here. */
const values = (text: string): number[] =>
  text
    .split('\n')
    .map(Number)
    .filter((value) => value !== 0);

/** Those that the original does not sort right, or cannot sort by, are told in docs/differences.md. */
for (const field of [
  'bytes',
  'sbytes',
  'dbytes',
  'pkts',
  'spkts',
  'dpkts',
  'seq',
  'appbytes',
  'sgap',
  'dgap',
  'dur',
  'load',
]) {
  test(`records in the order of the original rasort: ${field}`, { skip }, async () => {
    const style = ['-m', field, '-nn', '-u', '-p', '6', '-c', ',', '-L', '-1', '-s', field];
    const theirs = values(original(sample(), 'rasort', ...style));
    const ours = values((await runHere('rasort', ['-X', '-r', sample(), ...style])).stdout);
    assert.ok(theirs.length > 5);
    assert.equal(ours.length, theirs.length);
    for (const [i, value] of theirs.entries())
      assert.ok(Math.abs(ours[i]! - value) <= PRECISION * Math.abs(value), `${i}: ${ours[i]}, not ${value}`);
  });
}

test('a sorted file, and one sorted in little memory, hold what the original counts', { skip }, async () => {
  const counted = original(all(), 'ra', '-q', '-A');
  const [, packets = '', bytes = ''] = /TotalPkts (\d+)\s+TotalBytes (\d+)/.exec(counted) ?? [];
  assert.ok(Number(packets) > 0);
  for (const [name, ...more] of [['whole'], ['spilled', '--memory', '16M']] as const) {
    const path = join(folder, name);
    assert.equal((await runHere('rasort', ['-X', '-r', all(), '-m', 'saddr', 'sport', ...more, '-w', path])).status, 0);
    const { stdout } = await runHere('ra', ['-X', '-q', '-A', '-r', path]);
    assert.match(stdout, new RegExp(`TotalPkts ${packets} TotalBytes ${bytes}\n`));
  }
  const printed = (name: string): Promise<{ stdout: string }> => runHere('ra', ['-X', '-M', 'json', '-r', join(folder, name)]); // prettier-ignore
  assert.equal((await printed('spilled')).stdout, (await printed('whole')).stdout);
});

/** Numbers by the name before them. */
const rowsOf = (text: string, pattern: RegExp): Map<string, string> =>
  new Map(
    [...text.matchAll(pattern)].map(([, name = '', numbers = '']) => [name, numbers.trim().replaceAll(/\s+/g, ' ')]),
  );

test('racount counts what the original counts', { skip }, async () => {
  const theirs = original(all(), 'racount', '-M', 'proto', 'addr');
  const ours = (await runHere('racount', ['-X', '-r', all(), '-M', 'proto', 'addr'])).stdout;
  assert.equal(ours.split('\n')[0], theirs.split('\n')[0]);
  const LINES = /^ *(\S+) +((?:\d+ +){6}\d+ *)$/gm;
  const [own, other] = [rowsOf(ours, LINES), rowsOf(theirs, LINES)];
  // Theirs counts the first management record among the others.
  const [records = '', ...sums] = other.get('sum')!.split(' ');
  assert.deepEqual(own.get('sum')!.split(' '), [String(Number(records) - 1), ...sums]);
  // Of names that it cuts, and of lines for each number without a name, docs/differences.md tells.
  const names = [...other.keys()].filter((name) => name.length < 8 && !['sum', 'unknown', 'wlan', 'unas'].includes(name)); // prettier-ignore
  assert.ok(names.includes('tcp') && names.includes('icmp') && names.includes('arp'), names.join());
  for (const name of names) assert.equal(own.get(name), other.get(name), name);
  const CLASSES = /^ {2}(IPv[46] [\w ]+?) +(src \d+ +dst \d+)/gm;
  const [ownClasses, otherClasses] = [rowsOf(ours, CLASSES), rowsOf(theirs, CLASSES)];
  for (const name of [
    'IPv4 Unicast This Network',
    'IPv4 Unicast LoopBack',
    'IPv4 Multicast Local',
    'IPv4 Multicast SiteLocal',
  ])
    assert.equal(ownClasses.get(name), otherClasses.get(name), name);
});
