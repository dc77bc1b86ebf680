import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { corpusMissing, writeCorpusRecords, writeCorpusSample } from '../support/argus3-corpus.ts';
import { runHere } from '../support/run-here.ts';

/** Records of 1995 come into the bin of 1970 there, so that these stay out. */
const SINCE = 'x1970';
/** The day of most records, all of them within half a minute. */
const DAY = '2021/04/28';
const OUTPUT_BYTES_MAX = 1 << 28;
const skip = corpusMissing();
const STYLE = ['-X', '-n', '-n', '-u', '-p', '6', '-c', ',', '-L', '-1', '-r'];

let folder = '';
const all = (): string => join(folder, 'all.arg');
const sample = (): string => join(folder, 'sample.arg');

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), 'racluster-original-'));
  await writeCorpusRecords(folder, all());
  await writeCorpusSample(folder, sample());
});

after(() => rm(folder, { recursive: true, force: true }));

const COUNTERS = ['trans', 'spkts', 'dpkts', 'sbytes', 'dbytes'];

/**
 * Models with the fields that the rows are compared by. What is left out of them prints otherwise, as `docs/differences.md` tells:
 * ports that are absent, identifiers of ICMP, addresses that have nothing in common. Two of them get the floods as well.
 */
const MODELS: readonly {
  readonly words: readonly string[];
  readonly fields: readonly string[];
  readonly filter: string;
  readonly records?: () => string;
}[] = [
  {
    words: [],
    records: all,
    fields: ['proto', 'saddr', 'sport', 'daddr', 'dport', 'stime', ...COUNTERS],
    filter: 'tcp and not host 147.234.1.253',
  },
  { words: [], fields: ['proto', 'saddr', 'daddr', ...COUNTERS], filter: 'icmp' },
  { words: ['-m', 'saddr', 'daddr', 'proto'], fields: ['proto', 'saddr', 'daddr', ...COUNTERS], filter: 'ip' },
  { words: ['-m', 'saddr'], fields: ['saddr', ...COUNTERS], filter: 'ip' },
  { words: ['-m', 'saddr', 'daddr'], fields: ['saddr', 'daddr', ...COUNTERS], filter: 'ip' },
  {
    words: ['-m', 'saddr/16'],
    records: all,
    fields: ['saddr', ...COUNTERS],
    filter: 'tcp and not host 147.234.1.253',
  },
  {
    words: ['-m', 'daddr/24', 'proto'],
    fields: ['daddr', 'proto', ...COUNTERS],
    filter: 'tcp and not host 147.234.1.253',
  },
  { words: ['-m', 'proto'], fields: ['proto', ...COUNTERS], filter: 'ip' },
  { words: ['-m', 'dport'], fields: ['proto', 'dport', ...COUNTERS], filter: 'tcp and not host 147.234.1.253' },
  { words: ['-m', 'addr'], fields: ['saddr', ...COUNTERS], filter: 'tcp' },
  { words: ['-m', 'srcid'], fields: COUNTERS, filter: 'ip' },
];

const rowsOf = (text: string): string[] => text.split('\n').filter(Boolean).sort();

for (const { words, fields, filter, records = sample } of MODELS) {
  test(
    `the same rows as the original racluster: ${words.join(' ') || 'the default key'}, ${filter}`,
    { skip },
    async () => {
      const args = [...STYLE, records(), '-M', 'correct', ...words, '-s', ...fields, '-', filter];
      const theirs = rowsOf(spawnSync('racluster', args, { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX }).stdout);
      const ours = rowsOf((await runHere('racluster', args)).stdout);
      assert.ok(theirs.length > 0);
      assert.deepEqual(difference(ours, theirs), []);
      assert.deepEqual(difference(theirs, ours), []);
    },
  );
}

/** What the first has and the second has not. */
function difference(rows: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const left = counts.get(row) ?? 0;
    counts.set(row, left - 1);
    return left <= 0;
  });
}

/**
 * Bins of time, and the time of the records that are divided. The original waits in real time at bins without records, so
 * that small ones are compared on a day whose records lie close together.
 */
const BINS: readonly { readonly bin: string; readonly model: readonly string[]; readonly range: string }[] = [
  { bin: '1h', model: ['proto'], range: SINCE },
  { bin: '1d', model: ['saddr'], range: SINCE },
  { bin: '10s', model: ['proto'], range: DAY },
  { bin: '1s', model: ['proto'], range: DAY },
  { bin: '5s', model: ['saddr/16', 'dport'], range: DAY },
];

for (const { bin, model, range } of BINS) {
  test(`the same bins as the original rabins: ${bin} of ${range}, by ${model.join(' ')}`, { skip }, async () => {
    const sorted = join(folder, 'sorted.arg');
    const part = join(folder, 'part.arg');
    await rm(part, { force: true });
    if (!existsSync(sorted)) spawnSync('rasort', ['-X', '-m', 'stime', '-r', sample(), '-w', sorted]);
    spawnSync('ra', ['-X', '-r', sorted, '-t', range, '-w', part], { env: { ...process.env, TZ: 'UTC' } });
    const timed = range === SINCE ? ['stime'] : ['stime', 'dur']; // of years they are rounded there
    const fields = [...timed, ...model.map((key) => key.replace(/\/.*/, '')), 'trans'];
    const args = [...STYLE, part, '-M', 'hard', 'time', bin, '-m', ...model, '-s', ...fields, '-', 'tcp'];
    const theirs = rowsOf(spawnSync('rabins', args, { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX }).stdout);
    const ours = rowsOf((await runHere('rabins', args)).stdout);
    assert.ok(theirs.length > 2);
    assert.deepEqual(difference(theirs, ours), []);
    assert.deepEqual(difference(ours, theirs), []);
  });
}

test('totals are those of ra', { skip }, async () => {
  const { stdout } = await runHere('ra', ['-X', '-q', '-A', '-r', all()]);
  const volume = (text: string): string => /TotalPkts.*/.exec(text)?.[0] ?? '';
  for (const [name, ...words] of [
    ['racluster'],
    ['racluster', '-m', 'saddr/8'],
    ['racluster', '--memory', '16M'],
    ['rabins', '-M', 'time', '1s'],
  ]) {
    const { stdout: merged } = await runHere(name!, ['-X', '-q', '-A', '-r', all(), ...words]);
    assert.equal(volume(merged), volume(stdout), words.join(' '));
  }
});
