import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { corpusMissing, writeCorpusRecords, writeCorpusSample } from '../support/argus3-corpus.ts';
import { runHere } from '../support/run-here.ts';
import { compareTables, rowsOf, told } from '../interop/argus3/comparison.ts';
import { DIFFERENT_FILTERS, SAME_FILTERS } from '../interop/argus3/filters.ts';
import { allRecords, KEY_FIELDS, selectedKeys } from '../interop/argus3/selected.ts';

const OUTPUT_BYTES_MAX = 1 << 28;
/** Of all records, those with a value that differs for no known reason. */
const UNEXPLAINED_MAX = 0.005;

const skip = corpusMissing();

const DEFAULT_FIELDS = ['stime', 'flgs', 'proto', 'saddr', 'sport', 'dir', 'daddr', 'dport', 'pkts', 'bytes', 'state'];
const FORTY_FIELDS =
  `srcid seq cause flgs stime ltime dur proto saddr sport dir daddr dport state pkts spkts dpkts bytes sbytes dbytes
  appbytes sappbytes stos dtos sttl dttl smac dmac svlan dvlan smpls senc denc loss sgap dgap swin stcpb smaxsz inode`.split(
    /\s+/,
  );

let folder = '';
const all = (): string => join(folder, 'all.arg');
const sample = (): string => join(folder, 'sample.arg');

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), 'argus3-corpus-'));
  await writeCorpusRecords(folder, all());
  await writeCorpusSample(folder, sample());
});

after(() => rm(folder, { recursive: true, force: true }));

for (const { name, fields, records } of [
  { name: 'the default columns', fields: DEFAULT_FIELDS, records: all },
  { name: 'forty fields, of floods some', fields: FORTY_FIELDS, records: sample },
]) {
  test(`records of all captures print as the original ra prints them: ${name}`, { skip }, async (t) => {
    const style = ['-X', '-n', '-u', '-p', '6', '-c', ',', '-L', '-1', '-r', records(), '-s'];
    const theirs = spawnSync('ra', [...style, ...fields], { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX }).stdout;
    const ours = await runHere('ra', [...style, ...fields]);
    const expected = rowsOf(theirs);
    const comparison = compareTables(fields, rowsOf(ours.stdout), expected);
    t.diagnostic(told(comparison));
    assert.equal(rowsOf(ours.stdout).length, expected.length);
    assert.ok(expected.length > 1000);
    assert.ok(comparison.recordsUnexplained <= expected.length * UNEXPLAINED_MAX, told(comparison));
  });
}

function keysOfOriginal(filter: string): string[] {
  const style = ['-X', '-n', '-u', '-p', '6', '-c', ',', '-L', '-1', '-r', sample(), '-s', ...KEY_FIELDS];
  const { stdout } = spawnSync('ra', [...style, '-', filter], { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
  return stdout.split('\n').filter(Boolean).sort();
}

test('more than 60 filters of the original select what it selects', { skip }, async () => {
  assert.ok(SAME_FILTERS.length >= 60);
  const records = await allRecords(sample());
  for (const filter of SAME_FILTERS) {
    const ours = selectedKeys(records, filter);
    assert.ok(ours.length > 0, `${filter}: finds nothing`);
    const theirs = keysOfOriginal(filter);
    assert.equal(ours.length, theirs.length, filter);
    assert.deepEqual(ours, theirs, filter);
  }
});

test('where the original selects other records, docs/differences.md tells why', { skip }, async () => {
  const page = (await readFile(join(import.meta.dirname, '../../../docs/differences.md'), 'utf8')).replaceAll(/\s+/g, ' '); // prettier-ignore
  const records = await allRecords(sample());
  for (const [filter, reason] of DIFFERENT_FILTERS) {
    assert.notDeepEqual(selectedKeys(records, filter), keysOfOriginal(filter), `${filter}: the same by now`);
    assert.ok(page.includes(reason), `${filter}: ${reason}`);
  }
});
