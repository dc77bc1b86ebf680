import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PidFile } from '../../libs/daemon/pid-file.ts';
import { atFileStep } from '../support/at-file-step.ts';
import { until } from '../support/stream-lab.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-pid-'));
after(() => rmSync(root, { recursive: true }));

/** Above what Linux gives out. */
const GONE = 4_194_305;

test('what processes left that were killed while they wrote the file is removed, and nothing else', () => {
  const path = join(root, 'it.pid');
  const others = ['it.pid.conf', 'it.pid.7x', `it.pid.${process.ppid}`, `its.pid.${GONE}`, `it.pid.${GONE + 1}`];
  for (const name of others) writeFileSync(join(root, name), 'of somebody\n');
  writeFileSync(`${path}.${GONE}`, `${GONE}\n`);
  writeFileSync(`${path}.${GONE + 2}`, '');
  const held = PidFile.open(path, 'it');
  assert.deepEqual(readdirSync(root).sort(), [...others, 'it.pid'].sort());
  held[Symbol.dispose]();
  assert.deepEqual(readdirSync(root).sort(), others.sort());
});

const CHILD = fileURLToPath(new URL('pid-file-child.js', import.meta.url));

class Starting {
  readonly process;
  said = '';

  constructor(path: string, env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, [CHILD, path], { env: { ...process.env, ...env } });
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => (this.said += text));
  }

  get isStopped(): boolean {
    return /\) T /.test(readFileSync(`/proc/${this.process.pid}/stat`, 'latin1'));
  }
}

test(
  'of two that start where a killed one has left its file, one goes on, whenever the other comes in between',
  { skip: process.platform === 'linux' ? false : 'whether a process has stopped is known on Linux' },
  async (t) => {
    let stopped = 0;
    for (let step = 1; step <= 10; step++) {
      const path = join(root, `at-once-${step}`);
      writeFileSync(path, `${GONE}\n`);
      const slow = new Starting(path, atFileStep(step, 'SIGSTOP'));
      await until(() => slow.said !== '' || slow.isStopped);
      stopped += slow.said === '' ? 1 : 0;
      const fast = new Starting(path);
      t.after(() => [slow, fast].forEach((each) => each.process.kill('SIGKILL')));
      await until(() => fast.said !== '');
      slow.process.kill('SIGCONT');
      await until(() => slow.said !== '');
      assert.deepEqual([slow.said, fast.said].sort(), ['got it', 'held'], `stopped before step ${step}`);
    }
    assert.ok(stopped > 5);
  },
);
