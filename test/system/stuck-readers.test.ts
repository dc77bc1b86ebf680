import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { writeCapture } from '../../libs/synthetic/capture-file.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { freePort } from '../support/free-port.ts';
import { commandLine, runCommand } from '../support/run-command.ts';
import { NO_SETTINGS } from '../support/no-settings.ts';
import { PATIENCE } from '../support/patience.ts';

/** So few that they are read at once, whatever waits. */
const PACKETS = 200;
/** What a pipe holds of which nothing is taken. */
const PIPE_BYTES = 65_536;
const LOOK_MS = 50;
const folder = mkdtempSync(join(tmpdir(), 'stuck-'));
const capture = join(folder, 'in.pcap');
const at = (name: string): string => join(folder, name);

before(() => writeCapture(capture, mixedTraffic({ packets: PACKETS, flows: 20, seconds: 20, seed: 3 })));
after(() => rmSync(folder, { recursive: true }));

/** A pipe that is full. */
function fullPipe(name: string): number {
  execFileSync('mkfifo', [at(name)]);
  const end = openSync(at(name), 'r+');
  writeSync(end, new Uint8Array(PIPE_BYTES));
  return end;
}

/** Resolves when the probe whose figures are there has read the whole capture. */
async function hasRead(port: number): Promise<void> {
  const whole = `panoptes_packets_total{input="${capture}",source="0.0.0.0"} ${PACKETS}\n`;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
    if ((await answer?.text())?.includes(whole) === true) return;
    await delay(LOOK_MS);
  }
}

/** Starts a probe, which waits for more packets, and tells it to end when it has all that there are. */
async function ended(
  pipe: number,
  write: readonly string[],
  meanwhile = (): void => undefined,
): Promise<readonly [status: number | null, said: string]> {
  const port = await freePort();
  const args = commandLine('argus', '-X', '-f', '-r', capture, '--metrics', String(port), ...write);
  const env = { ...process.env, ...NO_SETTINGS };
  const probe = spawn(process.execPath, args, { stdio: ['ignore', pipe, 'pipe'], env });
  const said = text(probe.stderr!);
  await hasRead(port);
  probe.kill('SIGTERM');
  meanwhile();
  const [status] = (await once(probe, 'exit')) as [number | null];
  return [status, await said];
}

test(
  'a reader that takes nothing does not keep a probe from ending, and what goes to others is whole',
  PATIENCE,
  async () => {
    const pipe = fullPipe('stuck');
    const outcomes = await Promise.all([
      ended(pipe, ['-w', at('stuck'), '-w', at('beside')]),
      ended(pipe, ['-w', '-']),
      ended(pipe, []),
    ]);
    const why = 'whoever reads it takes nothing';
    const standardOutput = `argus: cannot write to standard output: ${why}\n`;
    const named = `argus: cannot write ${at('stuck')}: ${why}`;
    assert.deepEqual(outcomes, [
      [1, `${named}; other outputs go on\n${named}\n`],
      [1, standardOutput],
      [1, standardOutput],
    ]);
    const counted = await runCommand('ra', ['-r', at('beside'), '-L', '-1', '-s', 'pkts']);
    assert.equal(
      counted.stdout.split('\n').reduce((sum, line) => sum + Number(line), 0),
      PACKETS,
    );
    closeSync(pipe);
  },
);

test('a reader that takes everything late has everything', PATIENCE, async () => {
  const pipe = fullPipe('late');
  const taken = (): void => void readSync(pipe, new Uint8Array(PIPE_BYTES));
  assert.deepEqual(await ended(pipe, ['-w', at('late'), '-M', '0'], taken), [0, '']);
  closeSync(pipe);
});
