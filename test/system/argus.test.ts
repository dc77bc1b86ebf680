import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { writeCapture } from '../../libs/synthetic/capture-file.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { freePort } from '../support/free-port.ts';
import { commandLine, runCommand, RunningCommand } from '../support/run-command.ts';
import { PATIENCE } from '../support/patience.ts';
import { until } from '../support/stream-lab.ts';

const PACKETS = 3000;
let folder = '';
let capture = '';

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'argus-'));
  capture = join(folder, 'capture.pcap');
  await writeCapture(capture, mixedTraffic({ packets: PACKETS, flows: 200, seconds: 20, seed: 4 }));
});
after(() => rmSync(folder, { recursive: true }));

/** Packets that the records in a file count. */
async function packetsIn(path: string, ...filter: string[]): Promise<number> {
  const { status, stdout, stderr } = await runCommand('ra', ['-r', path, '-L', '-1', '-s', 'pkts', '-', ...filter]);
  assert.equal(status, 0, stderr);
  return stdout.split('\n').reduce((sum, line) => sum + Number(line), 0);
}

test('a capture becomes records that count each packet once; appending makes them twice', PATIENCE, async () => {
  const path = join(folder, 'flows');
  for (const times of [1, 2]) {
    const { status, stdout, stderr } = await runCommand('argus', ['-r', capture, '-w', path]);
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
    assert.equal(await packetsIn(path), times * PACKETS);
  }
});

test('packets come through a pipe, compressed or not, and records leave through one', PATIENCE, async () => {
  const bytes = readFileSync(capture);
  for (const input of [bytes, gzipSync(bytes)]) {
    const path = join(folder, 'piped');
    const argus = new RunningCommand('argus', ['-r', '-', '-w', path, '-w', '-']);
    argus.process.stdin.end(input);
    assert.equal(await argus.status, 0, argus.stderr);
    assert.ok(argus.stdout.length > 1000);
    assert.equal(await packetsIn(path), PACKETS);
    rmSync(path);
  }
});

test('a pipe with a name is counted by one thread, however many there may be', PATIENCE, async () => {
  const pipe = join(folder, 'threads.fifo');
  const path = join(folder, 'from-threads');
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
  const argus = new RunningCommand('argus', ['-r', pipe, '--workers', '2', '-w', path]);
  spawn('sh', ['-c', 'cat "$0" > "$1"', capture, pipe]);
  assert.deepEqual([await argus.status, argus.stderr], [0, '']);
  assert.equal(await packetsIn(path), PACKETS);
});

/** What a process has open at the moment; files come and go meanwhile. */
function openFiles({ process: { pid } }: RunningCommand): string {
  return spawnSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' }).stdout;
}

test(
  'pipes with names are read one after the other; TERM ends the wait for one that nobody writes to',
  { ...PATIENCE, skip: process.platform === 'linux' ? false : 'which files are open is known on Linux' },
  async () => {
    const pipes = ['first.fifo', 'second.fifo'].map((name) => join(folder, name));
    assert.equal(spawnSync('mkfifo', pipes).status, 0);
    const path = join(folder, 'from-pipes');
    const argus = new RunningCommand('argus', ['-r', ...pipes, '-w', path]);
    const writer = spawn('sh', ['-c', 'cat "$0" > "$1"', capture, pipes[0]!]);
    await once(writer, 'exit');
    await until(() => openFiles(argus).includes(`-> ${pipes[1]}\n`));
    argus.process.kill('SIGTERM');
    assert.deepEqual([await argus.status, argus.stderr], [0, '']);
    assert.equal(await packetsIn(path), PACKETS);
  },
);

test('a cut capture gives the records of what is whole, then says where it is cut', PATIENCE, async () => {
  const cut = join(folder, 'cut.pcap');
  const path = join(folder, 'cut-flows');
  writeFileSync(cut, readFileSync(capture).subarray(0, 100_000));
  const { status, stderr } = await runCommand('argus', ['-r', cut, '-w', path]);
  assert.equal(status, 1);
  assert.match(stderr, /^argus: .*cut\.pcap: damaged at byte \d+: .*\n$/);
  assert.ok((await packetsIn(path)) > 500);
});

test('what is no capture is told, and those beside it are read', PATIENCE, async () => {
  const empty = join(folder, 'empty');
  writeFileSync(empty, '');
  for (const workers of ['1', '2']) {
    const path = join(folder, `beside-${workers}`);
    const argus = ['-r', empty, capture, import.meta.filename, folder, '-w', path, '--workers', workers];
    const { status, stderr } = await runCommand('argus', argus);
    assert.equal(status, 1);
    assert.match(stderr, /^argus: .*empty: is empty.*\nargus: .*js: is no pcap.*\nargus: .*: is a directory\n$/);
    assert.equal(await packetsIn(path), PACKETS);
  }
});

test('a folder as standard input is told', PATIENCE, () => {
  const [node, ...words] = [process.execPath, ...commandLine('argus', '-r', '-')];
  const { status, stderr } = spawnSync('sh', ['-c', 'exec "$0" "$@" < /', node, ...words], { encoding: 'utf8' });
  assert.deepEqual(
    [status, stderr],
    [1, 'argus: cannot read standard input: it is a folder\nName the captures in it with -r.\n'],
  );
});

test('a capture filter and a range of packets choose what is counted', PATIENCE, async () => {
  const path = join(folder, 'some');
  const tcp = await runCommand('argus', ['-r', capture, '-w', path, '-', 'tcp', 'port', '443']);
  assert.equal(tcp.status, 0, tcp.stderr);
  const all = await packetsIn(path);
  assert.ok(all > 0 && all < PACKETS);
  assert.equal(await packetsIn(path, 'tcp and port 443'), all);
  rmSync(path);
  assert.equal((await runCommand('argus', ['-r', capture, '-N', '101+50', '-w', path])).status, 0);
  assert.equal(await packetsIn(path), 51); // from 101 to 151, as `ra` counts records
  rmSync(path);
  assert.equal((await runCommand('argus', ['-r', capture, '-N', '0', '-w', path])).status, 0);
  assert.equal(await packetsIn(path), PACKETS);
});

test('readers get the records of a probe as they are due, and at TERM what was still open', PATIENCE, async (t) => {
  const port = await freePort();
  const bytes = readFileSync(capture);
  const argus = new RunningCommand('argus', ['-r', '-', '-P', String(port), '-B', '127.0.0.1', '-S', '1']);
  t.after(() => argus.process.kill('SIGKILL'));
  let reader: RunningCommand;
  do {
    reader = new RunningCommand('ra', ['-S', `127.0.0.1:${port}`, '-M', 'man', '-L', '-1', '-s', 'proto', 'pkts']);
    await reader.until((stdout) => stdout !== ''); // the start record, or it came before the probe listened
  } while (reader.stdout === '' && argus.process.exitCode === null);
  t.after(() => reader.process.kill('SIGKILL'));
  const flows = (): number => reader.stdout.match(/^ *(?!man )\S.*\n/gm)?.length ?? 0;
  argus.process.stdin.write(bytes.subarray(0, bytes.length / 2));
  await reader.until(() => flows() > 0);
  const earlier = flows();
  argus.process.kill('SIGTERM');
  assert.equal(await argus.status, 0, argus.stderr);
  assert.equal(await reader.status, 0, reader.stderr);
  assert.ok(earlier > 0 && flows() > earlier, 'flows that were open at the end are reported');
});

test('in the background: back at once when all is open, with the reason when it is not', PATIENCE, async (t) => {
  const path = join(folder, 'background');
  const fifo = join(folder, 'fifo');
  assert.equal(spawnSync('mkfifo', [fifo]).status, 0);
  const bad = await runCommand('argus', ['-d', '-r', capture, '-w', join(folder, 'none', 'flows')]);
  assert.equal(bad.status, 1);
  assert.match(bad.stderr, /none/);
  assert.equal((await runCommand('argus', ['-d', '-r', capture])).status, 2);
  const pidFile = join(folder, 'background.pid');
  const background = await runCommand('argus', ['-d', '-r', fifo, '-w', path, '--pid-file', pidFile]);
  assert.deepEqual([background.status, background.stderr], [0, '']);
  assert.ok(existsSync(pidFile));
  const writer = createWriteStream(fifo);
  t.after(() => writer.destroy());
  writer.end(readFileSync(capture));
  while (existsSync(pidFile)) await delay(20);
  assert.equal(await packetsIn(path), PACKETS);
});

test('options of Argus that have no effect are understood', PATIENCE, async () => {
  const path = join(folder, 'idle');
  const { status, stderr } = await runCommand('argus', ['-C', '-H', '65536', '-D', '1', '-r', capture, '-w', path]);
  assert.deepEqual([status, stderr], [0, 'argus: -C does nothing; -U keeps payload, that of all flows\n']);
  assert.equal(await packetsIn(path), PACKETS);
});

test('what cannot be done is said in a sentence', PATIENCE, async () => {
  const cases: { args: string[]; status: number; says: RegExp }[] = [
    { args: ['-r', 'no-such-file'], status: 1, says: /no-such-file: no such file/ },
    { args: ['-r', capture, 'no-such-file'], status: 1, says: /no-such-file: no such file\n.*capture filter/ },
    { args: ['-', capture], status: 2, says: /'.*' is a file, and no capture filter\n.*-r/ },
    { args: ['-r', import.meta.filename], status: 1, says: /is no pcap or pcapng capture/ },
    { args: ['-r', capture, '-', 'tcp prot 1'], status: 2, says: /capture filter: .*syntax error/ },
    { args: ['-r', capture, '-e', 'a b'], status: 2, says: /'a b' is no source id/ },
    { args: ['-r', capture, '--flow', '5'], status: 2, says: /--flow.*\n.*--flows/ },
    { args: ['-r', capture, '-N', '3-'], status: 2, says: /'3-' is no range of packets\n/ },
    { args: ['-r', capture, '--argus3', 'no'], status: 2, says: /--argus3: 'no' is neither/ },
    { args: ['-r', capture, '--capture', 'rings'], status: 2, says: /no way 'rings'\nDid you mean 'ring'/ },
    {
      args: ['-r', capture, '-c', '/no-such'],
      status: 1,
      says: /cannot be shut into \/no-such: no such file or folder/,
    },
    { args: ['-r', capture, '-S', 'often'], status: 2, says: /often/ },
    { args: ['-r', capture, '-w', join(folder, 'none', 'flows')], status: 1, says: /none/ },
  ];
  for (const { args, status, says } of cases) {
    const outcome = await runCommand('argus', args);
    assert.equal(outcome.status, status, `${args.join(' ')}: ${outcome.stderr}`);
    assert.match(outcome.stderr, says);
    assert.equal(outcome.stdout, '');
  }
});
