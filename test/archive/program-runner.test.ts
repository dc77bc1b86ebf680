import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ProgramRunner } from '../../libs/archive/program-runner.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-program-'));
after(() => rmSync(root, { recursive: true }));

function script(name: string, lines: string): string {
  const path = join(root, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  return path;
}

interface Ran {
  readonly said: string[];
  readonly settled: boolean[];
  readonly failures: number;
}

async function run(
  program: string,
  files: readonly string[],
  limits: { timeoutMs?: number; runningMax?: number } = {},
): Promise<Ran> {
  const said: string[] = [];
  const settled: boolean[] = [];
  const { timeoutMs = 10_000, runningMax = 2 } = limits;
  const report = (message: string): void => void said.push(message.replace(program, 'PROGRAM'));
  const runner = new ProgramRunner({ program, timeoutMs, triesMax: 3, retryMs: 1, runningMax, report });
  for (const file of files) runner.add(file, (isSettled) => settled.push(isSettled));
  await runner.idle();
  return { said, settled, failures: runner.failures };
}

test('the program gets -r and the path as they are, and no shell sees them', async () => {
  const log = join(root, 'arguments');
  const program = script('show', `printf '<%s>' "$@" > ${log}`);
  const { settled } = await run(program, ['/a b/$(x);"y']);
  assert.deepEqual(settled, [true]);
  assert.equal(readFileSync(log, 'utf8'), '<-r></a b/$(x);"y>');
});

test('a program that fails is run again, a bounded number of times, and its status is said', async () => {
  const count = join(root, 'count');
  const once = script('once', `[ -e ${count} ] || { touch ${count}; exit 7; }`);
  assert.deepEqual(await run(once, ['f']), {
    said: ['PROGRAM -r f: exit status 7', 'PROGRAM -r f: done'],
    settled: [true],
    failures: 1,
  });
  const never = await run(script('never', 'exit 3'), ['f']);
  assert.deepEqual(never.said.at(-1), 'PROGRAM -r f: exit status 3; given up');
  assert.equal(never.failures, 3);
  const missing = await run(join(root, 'missing'), ['f']);
  assert.match(missing.said[0] ?? '', /cannot be started/);
});

test('a program that does not end is ended, with what it started', async () => {
  const alive = join(root, 'alive');
  const { said } = await run(script('sleeps', `(sleep 3; touch ${alive}) & sleep 60`), ['f'], { timeoutMs: 50 });
  assert.match(said.at(-1) ?? '', /ended after 0.05 seconds; given up/);
  assert.ok(!existsSync(alive));
});

test('few run at once, and all files have their turn', async () => {
  const lock = join(root, 'lock');
  const alone = script('alone', `mkdir ${lock} || exit 1\nsleep 0.01\nrmdir ${lock}`);
  const files = ['a', 'b', 'c', 'd', 'e'];
  const { settled, failures } = await run(alone, files, { runningMax: 1 });
  assert.deepEqual({ settled: settled.length, failures }, { settled: files.length, failures: 0 });
});

test('stopped, it starts nothing more and leaves what did not come to its end for later', async () => {
  const said: string[] = [];
  const settled: boolean[] = [];
  const limits = { timeoutMs: 60_000, triesMax: 3, retryMs: 1, runningMax: 1 };
  const report = (message: string): void => void said.push(message);
  const runner = new ProgramRunner({ program: script('long', 'sleep 60'), ...limits, report });
  for (const file of ['a', 'b']) runner.add(file, (isSettled) => settled.push(isSettled));
  await runner.stop(20);
  assert.deepEqual(settled, [false]);
  assert.deepEqual(said, []);
});

test('stopped before it runs again for a file, it runs no more, and tells for how many files', async () => {
  const log = join(root, 'runs');
  const program = script('again', `echo run >> ${log}; exit 3`);
  const settled: boolean[] = [];
  let failed = (): void => undefined;
  const hasFailed = new Promise<void>((resolve) => (failed = resolve));
  const limits = { timeoutMs: 60_000, triesMax: 3, retryMs: 60_000, runningMax: 1 };
  const runner = new ProgramRunner({ program, ...limits, report: () => failed() });
  for (const file of ['a', 'b']) runner.add(file, (isSettled) => settled.push(isSettled));
  await hasFailed;
  assert.equal(await runner.stop(60_000), 2);
  assert.equal(readFileSync(log, 'utf8'), 'run\n');
  assert.deepEqual(settled, [false]);
});

test('what a program started ends with it, though it does not listen', async () => {
  const [alive, started] = [join(root, 'deaf'), join(root, 'started')];
  const deaf = `(trap '' TERM; touch ${started}; sleep 1; touch ${alive}) &\nwhile [ ! -e ${started} ]; do :; done\nsleep 60`;
  await run(script('parent', deaf), ['f'], { timeoutMs: 300 });
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.ok(!existsSync(alive));
});

test('what cannot be started for any reason is a failure like others', async () => {
  for (const program of ['/etc/passwd/none', `/${'x'.repeat(5000)}`]) {
    const { said, failures } = await run(program, ['f']);
    assert.match(said[0] ?? '', /cannot be started/);
    assert.equal(failures, 3);
  }
});
