import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { NotifySocket } from '../support/notify-socket.ts';
import { commandLine, runCommand, RunningCommand } from '../support/run-command.ts';
import { PATIENCE } from '../support/patience.ts';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const root = { ...PATIENCE, skip: isRoot ? false : 'capturing and changing users is for root on Linux' };
const python = spawnSync('python3', ['--version']).status === 0;
const listening = { ...PATIENCE, skip: isRoot ? (python ? false : 'python3 is not installed') : root.skip };

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'argus-running-'));
  chmodSync(folder, 0o777); // whoever the probe becomes writes here
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A probe on the loopback interface, which systemd's socket tells when it is ready. */
class LiveProbe implements AsyncDisposable {
  readonly command: RunningCommand;
  readonly notified: NotifySocket;

  private constructor(command: RunningCommand, notified: NotifySocket) {
    this.command = command;
    this.notified = notified;
  }

  static async start(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<LiveProbe> {
    const path = join(folder, 'notify');
    const notified = await NotifySocket.open(path);
    const command = new RunningCommand('argus', ['-X', '-i', 'lo', ...args], { NOTIFY_SOCKET: path, ...env });
    const probe = new LiveProbe(command, notified);
    const ended = command.status.then(() => {
      throw new Error(`argus ended: ${command.stderr}`);
    });
    await Promise.race([notified.until('READY=1'), ended]);
    ended.catch(() => undefined);
    return probe;
  }

  signal(name: NodeJS.Signals): void {
    this.command.process.kill(name);
  }

  /** Of /proc/PID/status, by thread. */
  threads(field: string): Set<string> {
    const tasks = `/proc/${this.command.process.pid}/task`;
    const lines = readdirSync(tasks).flatMap((task) => statusOf(join(tasks, task)) ?? []);
    return new Set(lines.map((text) => (new RegExp(`^${field}:\\s*(.*?)\\s*$`, 'm').exec(text)?.[1] ?? '').replaceAll('\t', ' '))); // prettier-ignore
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL');
    await this.command.status;
    this.notified[Symbol.dispose]();
  }
}

/** Undefined of a thread that has ended. */
function statusOf(task: string): string | undefined {
  try {
    return readFileSync(join(task, 'status'), 'utf8');
  } catch {
    return undefined;
  }
}

async function managementRecords(path: string): Promise<string[]> {
  const { status, stdout, stderr } = await runCommand('ra', ['-r', path, '-M', 'json', '-', 'man']);
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter((line) => line !== '');
}

test("-u and -g: every thread is somebody else for good, with that user's groups alone", listening, async (t) => {
  const folder = folderOf(t);
  {
    await using probe = await LiveProbe.start(folder, ['-u', 'nobody', '-w', join(folder, 'flows')]);
    assert.deepEqual([...probe.threads('Uid')], ['65534 65534 65534 65534']);
    assert.deepEqual([...probe.threads('Gid')], ['65534 65534 65534 65534']);
    assert.deepEqual([...probe.threads('Groups')], ['65534']);
    assert.deepEqual([...probe.threads('CapEff')], ['0000000000000000']);
    assert.ok(readdirSync(`/proc/${probe.command.process.pid}/task`).length > 1);
    probe.signal('SIGTERM');
    assert.equal(await probe.command.status, 0, probe.command.stderr);
  }
  rmSync(join(folder, 'notify'));
  await using numbers = await LiveProbe.start(folder, ['-u', '4711', '-g', '4712', '-w', join(folder, 'more')]);
  assert.deepEqual([...numbers.threads('Uid')], ['4711 4711 4711 4711']);
  assert.deepEqual([...numbers.threads('Groups')], ['4712']);
});

test('-c: the probe stays in its folder, rotates files there, and ends in order', listening, async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'flows');
  await using probe = await LiveProbe.start(folder, ['-c', folder, '-u', 'nobody', '-w', path]);
  assert.deepEqual(readdirSync(`/proc/${probe.command.process.pid}/root`).sort(), ['flows', 'notify']);
  renameSync(path, join(folder, 'old'));
  probe.signal('SIGHUP');
  await probe.notified.until('READY=1', 2);
  assert.ok(existsSync(path));
  probe.signal('SIGTERM');
  assert.equal(await probe.command.status, 0, probe.command.stderr);
  assert.match((await managementRecords(path)).at(-1) ?? '', /"cause":"Stop"/);
});

test('HUP goes on in new files, USR1 says how it fares, USR2 does nothing; systemd is told', listening, async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'flows');
  const pidFile = join(folder, 'pid');
  const env = { WATCHDOG_USEC: '200000' };
  await using probe = await LiveProbe.start(folder, ['-w', path, '--pid-file', pidFile], env);
  assert.equal(readFileSync(pidFile, 'utf8'), `${probe.command.process.pid}\n`);
  renameSync(path, join(folder, 'old'));
  probe.signal('SIGHUP');
  await probe.notified.until('READY=1', 2);
  assert.ok(statSync(join(folder, 'old')).size > 0, 'what was reported before is in the old file');
  assert.ok(existsSync(path));
  probe.signal('SIGUSR2');
  probe.signal('SIGUSR1');
  await probe.command.says(/^argus: lo \(ring\) for \d+ s: \d+ packets, \d+ bytes; /);
  await probe.notified.until('WATCHDOG=1', 2);
  probe.signal('SIGTERM');
  assert.equal(await probe.command.status, 0, probe.command.stderr);
  assert.ok(!existsSync(pidFile));
  await probe.notified.until('STOPPING=1');
  const said = probe.notified.messages.filter((message) => !message.startsWith('WATCHDOG'));
  const [ready, reloading = '', again, stopping] = said;
  assert.deepEqual([ready, again, stopping, said.length], ['READY=1', 'READY=1', 'STOPPING=1', 4]);
  assert.match(reloading, /^RELOADING=1;MONOTONIC_USEC=\d+$/);
  assert.match((await managementRecords(join(folder, 'old')))[0] ?? '', /"cause":"Start"/);
  assert.match((await managementRecords(path)).at(-1) ?? '', /"cause":"Stop"/);
});

test('a pid file of a probe that runs is left alone, any other is replaced', listening, async (t) => {
  const folder = folderOf(t);
  const pidFile = join(folder, 'pid');
  const gone = spawnSync('true').pid;
  writeFileSync(pidFile, `${gone}\n`);
  await using probe = await LiveProbe.start(folder, ['-w', join(folder, 'a'), '--pid-file', pidFile]);
  const { pid } = probe.command.process;
  assert.equal(readFileSync(pidFile, 'utf8'), `${pid}\n`);
  const second = await runCommand('argus', ['-X', '-i', 'lo', '-w', join(folder, 'b'), '--pid-file', pidFile]);
  assert.equal(second.status, 1);
  assert.match(second.stderr, new RegExp(`process ${pid} runs already, says ${pidFile}`));
  assert.equal(readFileSync(pidFile, 'utf8'), `${pid}\n`);
  assert.deepEqual(readdirSync(folder).sort(), ['a', 'notify', 'pid']);
});

test('-d with a pid file: it names the process in the background, and goes with it', root, async (t) => {
  const folder = folderOf(t);
  const pidFile = join(folder, 'pid');
  const args = ['-X', '-d', '-i', 'lo', '-w', join(folder, 'flows'), '--pid-file', pidFile];
  const { status, stderr } = await runCommand('argus', args);
  assert.deepEqual([status, stderr], [0, '']);
  const watcher = watch(folder);
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGHUP'); // it goes on
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM');
  while (existsSync(pidFile)) await once(watcher, 'change');
  watcher.close();
  assert.match((await managementRecords(join(folder, 'flows'))).at(-1) ?? '', /"cause":"Stop"/);
});

test('users and groups that do not exist are an error before anything is opened', PATIENCE, async (t) => {
  const folder = folderOf(t);
  for (const [option, name, says] of [
    ['-u', 'nobdy', /no user 'nobdy'\n *Did you mean 'nobody'\?/],
    ['-g', 'no-such', /no group 'no-such'/],
    ['-u', '3999999999', /user 3999999999 is not known, so has no group/],
  ] as const) {
    const args = ['-X', '-i', 'lo', option, name, '-w', join(folder, 'flows')];
    const { status, stderr } = await runCommand('argus', args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, says);
  }
  assert.deepEqual(readdirSync(folder), []);
});

test('argus --check: what a file means, what is wrong in it, and one that is not there', PATIENCE, async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'argus.conf');
  const check = async (text: string): Promise<Awaited<ReturnType<typeof runCommand>>> => {
    writeFileSync(path, text);
    return runCommand('argus', ['-X', '--check', '-F', path]);
  };
  const good = await check('# probe\nARGUS_ACCESS_PORT=561\nARGUS_FILTER="ip and not port 22"\n');
  assert.deepEqual([good.status, good.stderr], [0, '']);
  assert.match(
    good.stdout,
    /argus\.conf: 2 settings\n +2: ARGUS_ACCESS_PORT=561 -> --port 561\n +3: .* -> filter ip and/,
  );

  for (const [text, says] of [
    ['ARGUS_ACCESS_PRT=1', /:1: unknown variable 'ARGUS_ACCESS_PRT'/],
    ['ARGUS_FILTER="ip and and"', /capture filter/],
    ['ARGUS_INTERFACE=eth0\nARGUS_INTERFACE=ind:eth0,eth1', /'eth0' is named twice/],
    ['ARGUS_SETUSER_ID=nobdy', /no user 'nobdy'/],
    ['ARGUS_OUTPUT_FILE=/tmp/x "tcp and prot 80"', /prot/],
    ['ARGUS_DAEMON=yes', /in the background nobody sees/],
  ] as const) {
    const { status, stdout, stderr } = await check(text);
    assert.deepEqual([status, stdout], [2, ''], text);
    assert.match(stderr, says);
  }
  rmSync(path);
  const { status, stderr } = await runCommand('argus', ['-X', '--check', '-F', path]);
  assert.equal(status, 1);
  assert.match(stderr, /cannot read the configuration .*: no such file/);
});

test('the file of the system is read where there is one', root, (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'argus.conf'), 'ARGUS_MONITOR_ID=system\n');
  const words = [process.execPath, ...commandLine('argus', '--check')];
  const inNamespace = `mount -t tmpfs none /etc && mkdir /etc/panoptes && cp "$FILE" /etc/panoptes/argus.conf && exec "$@"`;
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', inNamespace, 'sh', ...words], {
    encoding: 'utf8',
    env: { ...process.env, FILE: join(folder, 'argus.conf') },
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^\/etc\/panoptes\/argus\.conf: 1 settings\n.*--source system/);
});

test('-d: what is said until it is ready is heard once, and an end before that, too', root, async (t) => {
  const folder = folderOf(t);
  const conf = join(folder, 'argus.conf');
  writeFileSync(conf, 'ARGUS_KEYSTROKE=yes\n');
  const pidFile = join(folder, 'pid');
  const common = ['-X', '-F', conf, '-d', '-i', 'lo', '--pid-file', pidFile];
  const { status, stderr } = await runCommand('argus', [...common, '-w', join(folder, 'flows'), '--metrics', '0']);
  assert.equal(status, 0);
  assert.match(stderr, /^argus: [^\n]*ARGUS_KEYSTROKE does nothing[^\n]*\nargus: metrics are at http[^\n]*\n$/);
  const failed = await runCommand('argus', [...common, '-w', join(folder, 'more')]);
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /ARGUS_KEYSTROKE does nothing[^\n]*\nargus: process \d+ runs already[^\n]*\n[^\n]*\n$/);
  const watcher = watch(folder);
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM');
  while (existsSync(pidFile)) await once(watcher, 'change');
  watcher.close();
});
