import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { runHere } from '../support/run-here.ts';

/* Masks that `racluster` leaves in records, and how they print, beside the original. */

const FIXTURES = join(import.meta.dirname, '../../../test/interop/argus3/argus3');
const FILES = ['01-tcp-close-full', '06-udp-dns-full', '20-bulk-full'].map((name) => join(FIXTURES, `${name}.arg`)); // prettier-ignore
const MODELS = [['saddr/16', 'daddr/28', 'proto'], ['saddr', 'daddr/9', 'proto', 'sport', 'dport'], ['saddr/24', 'proto']] as const; // prettier-ignore
const folder = mkdtempSync(join(tmpdir(), 'masks-original-'));
after(() => rmSync(folder, { recursive: true }));
const skip = spawnSync('racluster', ['-h']).error === undefined ? false : 'the original racluster is not installed';

const COLUMNS = ['-n', '-L', '-1', '-s', 'saddr', 'daddr:30', 'proto'];
const DELIMITED = ['-c', ',', ...COLUMNS];

function configuration(format: string): string {
  const path = join(folder, `${format}.conf`);
  writeFileSync(path, `RA_CIDR_ADDRESS_FORMAT=${format}\n`);
  return path;
}

/** What the original prints, whose addresses that have nothing in common seem to be hosts. */
const linesOf = (text: string): string[] =>
  text
    .replaceAll(/ +$/gm, '')
    .replaceAll(/ {2}0\.0\.0\.0\/32\b/g, '   0.0.0.0/0')
    .replaceAll(/\b0\.0\.0\.0\/32\b/g, '0.0.0.0/0')
    .split('\n')
    .filter(Boolean);

for (const words of MODELS) {
  test(`ra prints the masks of racluster -m ${words.join(' ')} as the original does`, { skip }, async () => {
    const merged = join(folder, `${words.join('_').replaceAll('/', '-')}.arg`);
    const filter = ['-', 'tcp or udp'];
    assert.equal(spawnSync('racluster', ['-X', '-r', ...FILES, '-m', ...words, '-w', merged, ...filter]).status, 0);
    for (const format of ['no', 'yes', 'strict'])
      for (const style of [COLUMNS, DELIMITED]) {
        const args = ['-X', '-F', configuration(format), '-r', merged, ...style, ...filter];
        const theirs = linesOf(spawnSync('ra', args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } }).stdout);
        const ours = await runHere('ra', args);
        assert.equal(ours.stderr, '');
        assert.ok(theirs.length > 0);
        assert.deepEqual(linesOf(ours.stdout), theirs, `${format} ${style.join(' ')}`);
      }
  });

  test(`racluster -m ${words.join(' ')} leaves the masks that the original leaves`, { skip }, async () => {
    const args = ['-X', '-F', configuration('yes'), ...DELIMITED, '-m', ...words, '-r', ...FILES, '-', 'tcp or udp'];
    const theirs = spawnSync('racluster', args, { encoding: 'utf8' }).stdout;
    const ours = await runHere('racluster', args);
    assert.equal(ours.stderr, '');
    assert.deepEqual(linesOf(ours.stdout).sort(), linesOf(theirs).sort());
  });
}

test('masks go from racluster through files to ra, to other keys, and to readers of Argus', { skip }, async () => {
  const own = join(folder, 'own');
  const foreign = join(folder, 'foreign.arg');
  const written = await runHere('racluster', ['-X', '-r', ...FILES, '-m', 'saddr/16', 'proto', '-w', own, '-', 'tcp']);
  assert.deepEqual([written.status, written.stderr], [0, '']);
  const shown = await runHere('ra', ['-X', '--cidr', 'yes', ...DELIMITED, '-r', own]);
  assert.match(shown.stdout, /^\d+\.\d+\.0\.0\/16,/m);
  const filtered = await runHere('ra', ['-X', ...DELIMITED, '-r', own, '-', 'smask', '16']);
  assert.equal(filtered.stdout.split('\n').length, shown.stdout.split('\n').length);
  const again = await runHere('racluster', ['-X', '-r', own, '-m', 'saddr/8', '--cidr', 'yes', ...DELIMITED]);
  assert.match(again.stdout, /^\d+\.0\.0\.0\/8,/m);
  const kept = await runHere('racluster', ['-X', '-r', own, '-m', 'saddr', '-M', 'json', '--cidr', 'yes', '-s', 'saddr smask']); // prettier-ignore
  assert.match(kept.stdout, /"saddr":"\d+\.\d+\.0\.0\/16","smask":16/);
  const converted = await runHere('raconvert', ['-q', '-r', own, '-w', `argus3:${foreign}`]);
  assert.equal(converted.status, 0);
  assert.doesNotMatch(converted.stderr, / [sd]mask\b/);
  const theirs = spawnSync('ra', ['-X', '-F', configuration('yes'), ...DELIMITED, '-r', foreign, '-', 'tcp'], { encoding: 'utf8' }); // prettier-ignore
  assert.deepEqual(linesOf(theirs.stdout), linesOf(shown.stdout));
});

test('what is no way to print masks is an error that names the ways', async () => {
  const { status, stderr } = await runHere('ra', ['-X', '--cidr', 'always', '-r', FILES[0]!]);
  assert.equal(status, 2);
  assert.match(stderr, /--cidr.*yes, strict or no, not 'always'/);
});
