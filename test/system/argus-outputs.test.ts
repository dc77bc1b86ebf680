import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { writeCapture } from '../../libs/synthetic/capture-file.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { commandLine, runCommand, RunningCommand } from '../support/run-command.ts';
import { PATIENCE } from '../support/patience.ts';

const folder = mkdtempSync(join(tmpdir(), 'argus-outputs-'));
const capture = join(folder, 'in.pcap');
const at = (name: string): string => join(folder, name);

before(() => writeCapture(capture, mixedTraffic({ packets: 2000, flows: 200, seconds: 20, seed: 3 })));
after(() => rmSync(folder, { recursive: true }));

/** What `ra` prints of a file, a line for each record. */
async function records(path: string, ...args: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await runCommand('ra', ['-r', path, ...args]);
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return stdout.split('\n').slice(0, -1);
}

async function management(path: string): Promise<Record<string, unknown>[]> {
  return (await records(path, '-M', 'json', '-', 'man')).map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('each file has the records that its filter matches, and all management records', PATIENCE, async () => {
  const run = await runCommand('argus', ['-X', '-r', capture, '-w', at('all'), '-w', at('tcp'), 'tcp', '-w', at('rest'), 'not tcp']); // prettier-ignore
  assert.deepEqual([run.status, run.stderr], [0, '']);
  const [all, tcp, rest] = [await records(at('all')), await records(at('tcp')), await records(at('rest'))];
  assert.deepEqual(tcp, await records(at('all'), '-', 'tcp'));
  assert.deepEqual(rest, await records(at('all'), '-', 'not', 'tcp'));
  assert.ok(tcp.length > 1 && rest.length > 1 && tcp.length + rest.length >= all.length);
  for (const name of ['all', 'tcp', 'rest']) {
    const [first, last] = await management(at(name));
    assert.deepEqual([first?.['cause'], first?.['mcapture'], first?.['minput']], ['Start', 'file', capture]);
    assert.deepEqual([last?.['cause'], last?.['mpkts'], last?.['mflows'], last?.['mlost']], ['Stop', 2000, 0, 0]);
    assert.ok(Number(last?.['mopened']) > 1);
  }
});

test('a full disk does not keep records from other outputs, and is told', PATIENCE, async () => {
  const run = await runCommand('argus', ['-X', '-r', capture, '-w', '/dev/full', '-w', at('beside-full')]);
  assert.equal(run.status, 1);
  assert.match(run.stderr, /cannot write \/dev\/full: no space left/);
  assert.deepEqual(await records(at('beside-full')), await records(at('all')));
});

test('a pipe that nobody reads is waited for, and the command can be ended meanwhile', PATIENCE, async () => {
  const pipe = at('pipe');
  execFileSync('mkfifo', [pipe]);
  const waiting = new RunningCommand('argus', ['-X', '-r', capture, '-w', pipe]);
  await waiting.says(/nobody reads the pipe/);
  waiting.process.kill('SIGTERM');
  assert.equal(await waiting.status, 1);

  const writing = new RunningCommand('argus', ['-X', '-r', capture, '-w', pipe]);
  await writing.says(/nobody reads the pipe/);
  assert.deepEqual(await records(pipe), await records(at('all')));
  assert.equal(await writing.status, 0);
});

test('a flow table that is larger than memory is told in words', PATIENCE, async () => {
  const words = ['-X', '--flows', '10000000', '-r', capture, '-w', at('too-many'), '--workers'];
  for (const workers of ['1', '2']) {
    const command = [process.execPath, ...commandLine('argus', ...words, workers)];
    const shell = spawnSync('sh', ['-c', 'ulimit -v 3000000; exec "$@"', 'sh', ...command], { encoding: 'utf8' });
    assert.equal(shell.status, 1);
    assert.match(shell.stderr, /^argus: not enough memory for 10000000 flows\n/);
  }
});

const WRONG: readonly (readonly [name: string, args: readonly string[], message: RegExp])[] = [
  ['a file is named twice', ['-w', at('twice'), '-w', `${folder}/./twice`], /is written to twice/],
  ['a filter is not understood', ['-w', at('never'), 'tpc'], /'tpc'[^]*\^[^]*Did you mean 'tcp'/],
];
for (const [name, args, message] of WRONG) {
  test(`nothing is opened when ${name}`, PATIENCE, async () => {
    const run = await runCommand('argus', ['-X', '-r', capture, ...args]);
    assert.equal(run.status, 2);
    assert.match(run.stderr, message);
    assert.deepEqual([existsSync(at('twice')), existsSync(at('never'))], [false, false]);
  });
}

test('-T replays at a multiple of the pace, and -M tells meanwhile how it goes', PATIENCE, async () => {
  const began = performance.now();
  const run = await runCommand('argus', ['-X', '-r', capture, '-T', '10', '-M', '0.2', '-w', at('paced')]);
  const seconds = (performance.now() - began) / 1000;
  assert.deepEqual([run.status, run.stderr], [0, '']);
  assert.ok(seconds > 1.9, `20 seconds of packets took ${seconds}`);
  const told = await management(at('paced'));
  assert.deepEqual([told[0]?.['cause'], told.at(-1)?.['cause']], ['Start', 'Stop']);
  const packets = told.slice(1).map((record) => Number(record['mpkts']));
  assert.ok(packets.length >= 2, 'there is one before the last');
  assert.deepEqual(
    packets,
    packets.toSorted((a, b) => a - b),
  );
  assert.equal(packets.at(-1), 2000);
});

test('whoever reads standard output goes away at once: the probe ends without a word', PATIENCE, async () => {
  const runs = Array.from(
    { length: 4 },
    () => new RunningCommand('argus', ['-X', '-r', capture, '-S', '0.5', '-w', '-']),
  );
  for (const run of runs) run.process.stdout.destroy();
  for (const run of runs) assert.deepEqual([await run.status, run.stderr], [0, '']);
});
