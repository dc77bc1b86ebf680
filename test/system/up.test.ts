import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { NO_SETTINGS } from '../support/no-settings.ts';
import { PATIENCE } from '../support/patience.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PANOPTES = join(ROOT, 'dist/bin/panoptes');
const RA = join(ROOT, 'dist/bin/ra');
const ENV = { ...process.env, ...NO_SETTINGS };
/** An interface counts as silent after so long without records, milliseconds. */
const SILENCE_MS = 5000;
const PROCESSES = ['argus', 'ra', 'radium', 'rastream'];
/** A time of day begins every record line. */
const RECORD = /^ +\d\d:\d\d:\d\d\.\d+ .*/gm;

const hasProc = process.platform === 'linux' || 'no /proc to look for processes in';

/** A running `panoptes up` and all that it has said. */
class Suite {
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly archive = mkdtempSync(join(tmpdir(), 'panoptes-up-'));
  text = '';
  errors = '';

  constructor(t: TestContext, args: readonly string[]) {
    const words = [PANOPTES, 'up', '--archive', this.archive, ...args];
    this.process = spawn(process.execPath, words, { cwd: ROOT, env: ENV, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    this.process.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.ended = once(this.process, 'close');
    t.after(async () => {
      this.process.kill('SIGTERM');
      await this.ended;
      rmSync(this.archive, { recursive: true });
    });
  }

  get records(): readonly string[] {
    return this.text.match(RECORD) ?? [];
  }

  /** Waits for what it says to fulfil the condition; fails when it ends before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      assert.equal(this.process.exitCode, null, `ended:\n${this.text}\n${this.errors}`);
      await Promise.race([once(this.process.stdout!, 'data'), this.ended]);
    }
  }

  /** Processes that it has started, and theirs. */
  descendants(): number[] {
    return descendantsOf(this.process.pid ?? -1);
  }

  /** The one that runs this command. */
  processOf(command: string): number {
    const found = this.descendants().find((pid) => commandOf(pid) === command);
    assert.ok(found !== undefined, command);
    return found;
  }
}

const byName = (a: string, b: string): number => (a < b ? -1 : 1);

function commandOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[1]?.split('/').at(-1);
}

function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return -1; // gone meanwhile
  }
}

function isAlive(pid: number): boolean {
  return parentOf(String(pid)) !== -1;
}

test('up --demo shows records as they come, and a second reader gets them, too', PATIENCE, async (t) => {
  const suite = new Suite(t, ['--demo']);
  await suite.until(() => suite.records.length >= 20);
  assert.match(suite.text, /argus .*-r - .*-P \d+/);
  assert.ok(suite.records.some((line) => / tcp /.test(line)));

  const command = /^ +(\S+\/ra -S 127\.0\.0\.1:\d+)$/m.exec(suite.text)?.[1]?.split(' ') ?? [];
  assert.ok(command.length === 3, suite.text);
  const [program = '', ...args] = command;
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, program), ...args, '-N', '5'], {
    cwd: ROOT,
    env: ENV,
  });
  assert.equal(stdout.match(RECORD)?.length, 5);

  suite.process.kill('SIGINT');
  await suite.ended;
  assert.equal(suite.process.exitCode, 0, suite.errors);
  assert.equal(suite.errors, '');
});

test('a second suite on the same archive is told who is in it', PATIENCE, async (t) => {
  const suite = new Suite(t, ['--demo']);
  await suite.until(() => suite.records.length > 0);
  const words = [PANOPTES, 'up', '--demo', '--archive', suite.archive];
  const second = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
  assert.equal(second.status, 1);
  assert.equal(
    second.stderr,
    `panoptes: the archive ${suite.archive} is in use by another 'panoptes up', process ${suite.process.pid}\n` +
      'End that one, or choose another folder with --archive.\n',
  );
});

test(
  'a folder in which nothing can be made is said at once',
  { ...PATIENCE, skip: hasProc !== true && hasProc },
  () => {
    const words = [PANOPTES, 'up', '--demo', '--archive', '/proc/x'];
    const { status, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8', ...PATIENCE });
    assert.equal(status, 1);
    assert.match(stderr, /^panoptes: the archive cannot be written: ENOENT/);
  },
);

test('the archive has exactly what was shown, by day, and goes on when it is started again', PATIENCE, async (t) => {
  const shown: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-up-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const fewest of [20, 60]) {
    const suite = new Suite(t, ['--demo', '--archive', folder]);
    await suite.until(() => suite.records.length >= fewest);
    suite.process.kill('SIGINT');
    await suite.ended;
    assert.equal(suite.process.exitCode, 0, suite.errors);
    assert.match(suite.text, /All of these records are kept: \S+\/ra -R \S+\n$/);
    shown.push(...suite.records);
    const { stdout } = await promisify(execFile)(process.execPath, [RA, '-R', folder], { cwd: ROOT, env: ENV });
    assert.deepEqual([...(stdout.match(RECORD) ?? [])].sort(), [...shown].sort());
  }
  const days = readdirSync(folder).filter((name) => !name.startsWith('.'));
  const files = days.flatMap((day) => readdirSync(join(folder, day)));
  assert.ok(
    days.every((day) => /^\d{4}-\d\d-\d\d$/.test(day)),
    days.join(),
  );
  assert.ok(
    files.every((name) => /^demo\.\d\d\.\d\d\.\d0(\.\d+)?$/.test(name)),
    files.join(),
  );
});

test(
  'SIGINT ends it in order, so that no record is lost, and leaves no process',
  { ...PATIENCE, skip: hasProc !== true && hasProc },
  async (t) => {
    const suite = new Suite(t, ['--demo']);
    await suite.until(() => suite.records.length > 0);
    const processes = suite.descendants();
    assert.deepEqual(processes.map((pid) => commandOf(pid) ?? '').sort(byName), PROCESSES);
    const started = performance.now();
    suite.process.kill('SIGINT');
    await suite.ended;
    t.diagnostic(`ended within ${Math.round(performance.now() - started)} ms`);
    assert.match(suite.text, /All of these records are kept/);
    assert.deepEqual(processes.filter(isAlive), []);
    assert.equal(suite.process.exitCode, 0, suite.errors);
  },
);

test(
  'when it is killed, what it started ends by itself',
  { ...PATIENCE, skip: hasProc !== true && hasProc },
  async (t) => {
    if (process.getuid?.() !== 0) return t.skip('needs the right to capture');
    const problem = layCable(t);
    if (problem !== undefined) return t.skip(problem);
    const suite = new Suite(t, ['-i', NEAR]);
    await Promise.race([suite.ended, suite.until(() => suite.text.includes('Ctrl-C'))]);
    const processes = suite.descendants();
    t.after(() => processes.filter(isAlive).forEach((pid) => process.kill(pid, 'SIGKILL')));
    assert.deepEqual(processes.map((pid) => commandOf(pid) ?? '').sort(byName), PROCESSES);
    suite.process.kill('SIGKILL');
    await suite.ended;
    while (processes.some(isAlive)) await delay(20);
  },
);

test('it ends when nobody reads its output any more', { ...PATIENCE, skip: hasProc !== true && hasProc }, async (t) => {
  const suite = new Suite(t, ['--demo']);
  await suite.until(() => suite.records.length > 0);
  const processes = suite.descendants();
  suite.process.stdout?.destroy();
  await suite.ended;
  assert.deepEqual(processes.filter(isAlive), []);
});

for (const command of PROCESSES) {
  const name = `the death of ${command} is told, and ends all`;
  test(name, { ...PATIENCE, skip: hasProc !== true && hasProc }, async (t) => {
    const suite = new Suite(t, ['--demo']);
    await suite.until(() => suite.records.length > 0);
    const processes = suite.descendants();
    process.kill(suite.processOf(command), 'SIGKILL');
    await suite.ended;
    assert.equal(suite.process.exitCode, 1);
    assert.match(suite.errors, new RegExp(`^panoptes: ${command} -.*: ended with SIGKILL`));
    assert.deepEqual(processes.filter(isAlive), []);
  });
}

test('an interface that does not exist is refused in the words of the probe', PATIENCE, async (t) => {
  const suite = new Suite(t, ['-i', 'nowhere0']);
  await suite.ended;
  assert.equal(suite.process.exitCode, 1);
  assert.match(suite.errors, /nowhere0|cap/);
});

const NEAR = `pnear${process.pid}`;
const FAR = `pfar${process.pid}`;
/** A network of four addresses among those that are set aside for tests (RFC 2544 appendix C). */
const NET = `198.19.${(process.pid >> 6) & 255}`;
const FIRST = (process.pid & 63) << 2;
const THERE = `${NET}.${FIRST + 2}`;
/** One end of a cable whose other end lies idle; no protocol of the kernel's own talks on it. */
const CABLE = [
  ['link', 'add', NEAR, 'type', 'veth', 'peer', 'name', FAR],
  ['link', 'set', 'dev', NEAR, 'addrgenmode', 'none'],
  ['link', 'set', 'dev', FAR, 'addrgenmode', 'none'],
  ['addr', 'add', `${NET}.${FIRST + 1}/30`, 'dev', NEAR],
  ['link', 'set', NEAR, 'up'],
  ['link', 'set', FAR, 'up'],
];

/** @returns why it cannot be; undefined when it is there, until the test ends */
function layCable(t: TestContext): string | undefined {
  t.after(() => spawnSync('ip', ['link', 'del', NEAR]));
  for (const args of CABLE) {
    const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
    if (status !== 0) return `no interface can be made for this test: ${error?.message ?? stderr.trim()}`;
  }
  return undefined;
}

test(
  'packets of an interface are shown, and after five seconds of silence synthetic ones beside them',
  PATIENCE,
  async (t) => {
    if (process.getuid?.() !== 0) return t.skip('needs the right to capture');
    const problem = layCable(t);
    if (problem !== undefined) return t.skip(problem);
    const began = performance.now();
    const suite = new Suite(t, ['-i', NEAR]);
    await Promise.race([suite.ended, suite.until(() => suite.text.includes('Ctrl-C'))]);
    if (suite.errors.includes('package cap')) return t.skip(suite.errors.trim());

    const socket = createSocket('udp4');
    t.after(() => socket.close());
    socket.send('who is there?', 9, THERE);
    await suite.until(() => suite.records.some((line) => line.includes(' arp ') && line.includes(THERE)));
    const isSynthetic = suite.text.includes('Synthetic traffic has started');
    assert.ok(!isSynthetic || performance.now() - began > SILENCE_MS, suite.text);

    await suite.until(() => suite.text.includes('Synthetic traffic has started beside it'));
    await suite.until(() => suite.records.some((line) => / tcp /.test(line)));
    assert.match(suite.text, /\/ra -S 127\.0\.0\.1:\d+ - srcid demo$/m);
    suite.process.kill('SIGINT');
    await suite.ended;
    assert.equal(suite.process.exitCode, 0, suite.errors);
  },
);
