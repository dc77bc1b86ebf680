import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isNote } from '../../libs/archive/is-note.ts';
import { batchesIn } from '../archive/archived.ts';
import { writeGoldenCaptures } from '../golden/captures.ts';
import { CommandLine } from '../support/command-line.ts';

const shell = new CommandLine();
after(() => shell[Symbol.dispose]());
await writeGoldenCaptures(shell.folder);
const made = shell.run('argus -X -r capture.pcap -w records && ra -r records -qA');
const TOTALS = made.stdout;

test('there are records to divide', () => assert.match(TOTALS, /^Totalrecords 304 .* TotalPkts 5000 /));

const LINES: readonly { line: string; files: string }[] = [
  {
    line: "rasplit -r records -M time 10s -w 'out/%Y-%m-%d/argus.%H.%M.%S'",
    files: 'out/2026-01-01/argus.00.00.00 out/2026-01-01/argus.00.00.10 out/2026-01-01/argus.00.00.20',
  },
  {
    line: 'rasplit -r records -M time 10s -w out/x',
    files: 'out/x.2026.01.01.00.00.00 out/x.2026.01.01.00.00.10 out/x.2026.01.01.00.00.20',
  },
  { line: 'rasplit -r records -M count 100 -w out/part.', files: 'out/part.aa out/part.ab out/part.ac out/part.ad' },
  { line: 'rasplit -M count 200 -a 3 -w out/ < records', files: '' },
  { line: 'rasplit -M count 200 -a 3 -w out/x < records', files: 'out/xaaa out/xaab' },
  { line: "mkdir out; rasplit -r records -M nomodify time 1d -w 'out/$srcid.%F'", files: 'out/0.0.0.0.2026-01-01' },
  {
    line: "rastream -r records -M time 10s -w 'out/%M.%S'",
    files: 'out/00.00 out/00.10 out/00.20',
  },
  { line: "ra -r records -w - | rastream -M time 1h -B 5s -w 'out/%H'", files: 'out/00' },
];
for (const { line, files } of LINES) {
  test(line, () => {
    shell.run('rm -rf out');
    const { status, stderr } = shell.run(line);
    if (files === '') {
      assert.equal(status, 2);
      assert.match(stderr, /names no file/);
      return;
    }
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.equal(shell.run('find out -type f | sort').stdout.trim().replaceAll('\n', ' '), files);
    assert.equal(shell.run('ra -R out -qA').stdout, TOTALS);
  });
}

test('two at once: who comes second is told, or goes on behind the first; no record is lost', () => {
  const said = (script: string): string => shell.run(script).stdout;
  const second = "for i in 1 2; do (rasplit -r records -M time 1d -w 'both/%Y' 2>>said || echo >>failed) & done; wait; touch failed; wc -l <failed"; // prettier-ignore
  const failures = Number(said(second));
  assert.equal(Number(/TotalPkts (\d+)/.exec(said('ra -R both -q -A'))?.[1]), 5000 * (2 - failures));
  if (failures > 0) assert.match(said('cat said'), /^rasplit: process \d+ is writing .*both\/2026\n/);
  assert.equal(said('ls -A both'), '2026\n');
});

test('a name that a process holds is left alone, until that process is no more', () => {
  shell.run('mkdir held; ln -s $$ held/.2026.held; rasplit -r records -M time 1d -w held/%Y; echo $? >status; ls held >names'); // prettier-ignore
  assert.equal(shell.run('cat status names').stdout, '1\n');
  assert.equal(shell.run('rasplit -r records -M time 1d -w held/%Y; ls -A held').stdout, '2026\n');
});

test('a filter leaves records out', () => {
  const { stdout } = shell.run(
    'rm -rf out; rasplit -r records -M time 10s -w out/x - udp; ra -R out -qA; ra -r records -qA - udp',
  );
  const [divided, filtered] = stdout.split('\n');
  const flows = (line = ''): string => line.slice(line.indexOf('TotalFarRecords'));
  assert.equal(flows(divided), flows(filtered));
  assert.match(flows(divided), /TotalFarRecords [1-9]/);
});

test('a record file that is there is gone on with; divided twice the same is there twice', () => {
  const { stdout } = shell.run(
    "rm -rf out; for i in 1 2; do rasplit -r records -M time 1d -w 'out/%F'; done; ra -R out -qA",
  );
  assert.match(stdout, /^Totalrecords 608 .* TotalPkts 10000 /);
});

test('the files are read by what reads records, and say nothing of their own', () => {
  const { status, stdout, stderr } = shell.run(
    'rm -rf out; rasplit -r records -M time 10s -w out/x && cat out/* | ra -M man -L -1 | sort > a && ra -r records -M man -L -1 | sort | diff a -',
  );
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});

test('what a file says of itself is not passed on', async () => {
  shell.run('rm -rf out copy; rasplit -r records -M time 1d -w out/%F; ra -R out -w copy');
  const notes = async (path: string): Promise<number> =>
    (await batchesIn(join(shell.folder, path))).filter(isNote).length;
  assert.equal(await notes('out/2026-01-01'), 1);
  assert.equal(await notes('copy'), 0);
});

test('rastream runs a program for each finished file, and its failures are seen', () => {
  const { status, stdout, stderr } = shell.run(
    'rm -rf out; printf \'#!/bin/sh\\necho "$@"; case $2 in *20) exit 3;; esac\\n\' > post; chmod +x post; ' +
      'rastream -r records -M time 10s -w out/%S -f ./post --program-tries 2 --program-retry 0 --programs-max 1',
  );
  assert.equal(status, 1);
  assert.equal(stdout, ['00', '10', '20', '20'].map((name) => `-r ${shell.folder}/out/${name}\n`).join(''));
  assert.match(stderr, /post -r \/.*out\/20: exit status 3; given up/);
});

const WRONG: readonly { line: string; says: RegExp }[] = [
  { line: 'rasplit -r records -M tme 10m', says: /unknown mode 'tme'.*\n.*'time'/ },
  { line: 'rasplit -r records -M time soon', says: /'soon' is no span of time/ },
  { line: "rasplit -r records -w '$nosuchfield'", says: /unknown field '\$nosuchfield'/ },
  { line: "rastream -r records -w '$sadr'", says: /'saddr'/ },
  { line: "rasplit -r records -M flow 'tpc'", says: /tpc/ },
  { line: 'rasplit -r records -w -', says: /standard output/ },
  { line: 'rasplit -r records -w argus3:x', says: /our own format only/ },
  { line: 'rastream -r records -B soon', says: /no span of time/ },
];
for (const { line, says } of WRONG) {
  test(`${line} is not understood`, () => {
    const { status, stderr } = shell.run(line);
    assert.equal(status, 2);
    assert.match(stderr, says);
  });
}

test('a folder that cannot be made is said', () => {
  const { status, stderr } = shell.run('rasplit -r records -M time 1d -w records/x');
  assert.equal(status, 1);
  assert.match(stderr, /cannot write .*records/);
});

test('a file that cannot grow is said by the name that it has until then', () => {
  const { status, stderr } = shell.run('rm -rf out; ulimit -f 2; rasplit -r records -M time 1d -w out/%F');
  assert.equal(status, 1);
  assert.match(stderr, /cannot write \S+\/out\/\.2026-01-01\.part: /);
});
