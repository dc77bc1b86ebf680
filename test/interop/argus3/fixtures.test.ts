import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FIELDS, FIELD_NAMES, type FieldName } from '../../../libs/record/fields/table.ts';
import { runCommand } from '../../support/run-command.ts';
import { compareTables, REASONS, rowsOf, told } from './comparison.ts';

/**
 * Files that the original probe and clients wrote from made-up packets, and what the original `ra` printed of them:
 * version 3.0.8.2 in `argus3`, 5.0 in `argus5`.
 */
const FOLDER = join(import.meta.dirname, '../../../../test/interop/argus3');
const DIFFERENCES = readFileSync(join(FOLDER, '../../../docs/differences.md'), 'utf8');

const filesOf = (version: string): string[] =>
  readdirSync(join(FOLDER, version))
    .filter((name) => name.endsWith('.arg'))
    .sort();

/** Names of fields by what stands over their columns. */
const BY_HEADING = new Map(FIELD_NAMES.map((name) => [FIELDS[name].heading, name] as const));

function expected(version: string, suffix: string): { fields: FieldName[]; rows: string[][]; files: string[] } {
  let fields: FieldName[] = [];
  const rows: string[][] = [];
  const files = filesOf(version).filter((name) =>
    readdirSync(join(FOLDER, version)).includes(name.replace('.arg', suffix)),
  );
  for (const name of files) {
    const [headings = [], ...lines] = rowsOf(readFileSync(join(FOLDER, version, name.replace('.arg', suffix)), 'utf8'));
    fields = headings.map((heading) => BY_HEADING.get(heading)!);
    rows.push(...lines);
  }
  return { fields, rows, files: files.map((name) => join(FOLDER, version, name)) };
}

async function printed(files: readonly string[], fields: readonly string[], ...more: string[]): Promise<string[][]> {
  const args = ['-X', '-n', '-u', '-p', '6', '-c', ',', '-L', '-1', ...more, '-s', fields.join(','), '-r', ...files];
  const { status, stdout, stderr } = await runCommand('ra', args);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return rowsOf(stdout);
}

test('Argus 3: all records of the 56 files decode, and print as ra prints them', async (t) => {
  const { fields, rows, files } = expected('argus3', '.csv');
  assert.equal(files.length, 56);
  const ours = await printed(files, fields);
  assert.equal(ours.length, rows.length);
  const comparison = compareTables(fields, ours, rows);
  t.diagnostic(told(comparison));
  assert.ok(comparison.values > 28_000);
  assert.deepEqual(comparison.unexplained, [], told(comparison));
});

test('Argus 3: letters of TCP states are those of ra -z', async (t) => {
  const { fields, rows, files } = expected('argus3', '.z.csv');
  const comparison = compareTables(fields, await printed(files, fields, '-z'), rows);
  t.diagnostic(told(comparison));
  assert.deepEqual(comparison.unexplained, [], told(comparison));
});

test('Argus 3: captured payload is the same bytes', async () => {
  const { rows, files } = expected('argus3', '.user.csv');
  const args = ['-X', '-M', 'json', '-s', 'seq', 'suser', 'duser', '-r', ...files];
  const { stdout } = await runCommand('ra', args);
  const ours = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; suser?: string; duser?: string });
  const base64 = (text: string | undefined): string => text?.replace(/^[sd]\[\d+\]=/, '').replace(/=+$/, '') ?? '';
  assert.deepEqual(
    ours.map(({ seq, suser, duser }) => [seq, base64(suser), base64(duser)]),
    rows.map(([seq, , suser, duser]) => [Number(seq), base64(suser), base64(duser)]),
  );
});

const EXACT_IN_5 = ['srcid', 'seq', 'stime', 'ltime', 'dur', 'saddr', 'daddr', 'state', 'pkts', 'spkts', 'dpkts', 'bytes', 'sbytes', 'dbytes']; // prettier-ignore

test('Argus 5: counters, addresses, times and states are those of ra 5', async (t) => {
  const { fields, rows, files } = expected('argus5', '.csv');
  const ours = await printed(files, fields);
  assert.equal(ours.length, rows.length);
  const kept = fields.flatMap((field, i) => (EXACT_IN_5.includes(field) ? [i] : []));
  const pick = (table: readonly (readonly string[])[]): string[][] => table.map((row) => kept.map((i) => row[i] ?? ''));
  const comparison = compareTables(
    kept.map((i) => fields[i]!),
    pick(ours),
    pick(rows),
  );
  t.diagnostic(told(comparison));
  assert.ok(comparison.unexplained.length <= comparison.values / 100, told(comparison));
});

test('each reason for a difference is told in docs/differences.md', () => {
  const words = (text: string): string => text.replaceAll(/\s+/g, ' ');
  const untold = REASONS.map(({ page }) => page).filter((page) => !words(DIFFERENCES).includes(words(page)));
  assert.deepEqual(untold, []);
});
