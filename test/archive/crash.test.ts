import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Random } from '../../libs/synthetic/random.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { batchesIn, filesBelow, numbersBelow, upTo } from './archived.ts';
import type { ChildSettings } from './archiving-child.ts';
import { numberedStream } from './numbered-stream.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-crash-'));
after(() => rmSync(root, { recursive: true }));
const CHILD = join(import.meta.dirname, 'archiving-child.js');

/** @returns whether it came to its end, and the frame after the last one that was acknowledged */
async function runChild(
  settings: ChildSettings,
  killAfterMs = 0,
): Promise<{ ended: boolean; next: number; said: string }> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(settings)], { env: { ...process.env, TZ: 'UTC' } });
  let acknowledged = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (acknowledged += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  if (killAfterMs > 0) child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), killAfterMs));
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (status !== 0 && signal !== 'SIGKILL') throw new Error(`status ${status}: ${said}`);
  const last = acknowledged.trim().split('\n').at(-1) ?? '';
  return { ended: status === 0, next: last === '' ? settings.from : Number(last) + 1, said };
}

/** All files but the last are full, and none is more than that. */
async function assertFull(folder: string, records: number): Promise<void> {
  for (const name of filesBelow(folder)) {
    let flows = 0;
    for (const batch of await batchesIn(join(folder, name))) if (batch.kind === FLOW_BATCH) flows += batch.rows;
    assert.equal(flows, records, name);
  }
}

const CASES: readonly { mode: string[]; name: string }[] = [
  { mode: ['time', '10s'], name: '%H/a.%H.%M.%S' },
  { mode: ['time', '10s'], name: '$proto/a.%H.%M.%S' },
  { mode: ['count', '150'], name: 'b.' },
  { mode: ['size', '3k'], name: 'c.' },
];
for (const [seed, { mode, name }] of CASES.entries()) {
  test(`killed again and again, -M ${mode.join(' ')} -w ${name} has each record once`, async () => {
    const random = new Random(seed + 1);
    const folder = join(root, String(seed));
    const stream = { frames: 120, seed, seconds: 90 };
    const records = numberedStream(stream).reduce((sum, { rows }) => sum + rows, 0);
    const common = { stream, state: join(folder, 'state'), out: join(folder, 'out'), mode, name };
    let next = 0;
    let kills = 0;
    for (let ended = false; !ended;) {
      const dieAt = kills < 6 ? random.between(1, 1 + 40 * (1 + (kills % 3))) : 0;
      // The sender may not have heard of the last acknowledgements.
      const from = Math.max(0, next - random.between(0, 5));
      const settings = { ...common, from, dieAt, dieBefore: random.chance(0.5) };
      const outcome = await runChild(settings, kills === 2 || kills === 5 ? random.between(1, 30) : 0);
      next = outcome.next;
      ended = outcome.ended;
      if (!ended) kills += 1;
    }
    assert.ok(kills > 1);
    const unfinished = filesBelow(common.out, true).filter((path) => path.endsWith('.part'));
    assert.deepEqual(await numbersBelow(common.out, true), upTo(records));
    assert.equal(unfinished.length, mode[0] === 'time' ? 0 : 1);
    if (mode[0] === 'count') await assertFull(common.out, 150);
  });
}
