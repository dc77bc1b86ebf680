import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { atFileStep } from './at-file-step.ts';
import { until } from './stream-lab.ts';

const CHILD = fileURLToPath(new URL('claiming-child.js', import.meta.url));

/** What one process at a time may have. */
export type Claimed = 'pid file' | 'name';

class Claimant implements Disposable {
  readonly process;
  said = '';

  constructor(kind: Claimed, path: string, env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, [CHILD, kind, path], { env: { ...process.env, ...env } });
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => (this.said += text));
  }

  get isStopped(): boolean {
    return /\) T /.test(readFileSync(`/proc/${this.process.pid}/stat`, 'latin1'));
  }

  [Symbol.dispose](): void {
    this.process.kill('SIGKILL');
  }
}

/**
 * Of two processes that want the same one is stopped before a step in the file system, until the other is done; one has it then.
 * @param step from 1
 * @returns whether there was such a step
 */
export async function claimTwice(kind: Claimed, path: string, step: number): Promise<boolean> {
  using slow = new Claimant(kind, path, atFileStep(step, 'SIGSTOP'));
  await until(() => slow.said !== '' || slow.isStopped);
  const wasStopped = slow.said === '';
  using fast = new Claimant(kind, path);
  await until(() => fast.said !== '');
  slow.process.kill('SIGCONT');
  await until(() => slow.said !== '');
  assert.deepEqual([slow.said, fast.said].sort(), ['got it', 'held'], `stopped before step ${step}`);
  return wasStopped;
}

/**
 * Tries one step after the other, until there is none.
 * @param least steps that there are to be
 */
export async function eachStep(least: number, attempt: (step: number) => Promise<boolean>): Promise<void> {
  let step = 1;
  while (await attempt(step)) step += 1;
  assert.ok(step > least, `there were ${step - 1} steps`);
}

/** @returns why it cannot be tried, or false */
export function claimingMissing(): string | false {
  return process.platform === 'linux' ? false : 'whether a process has stopped is known on Linux';
}
