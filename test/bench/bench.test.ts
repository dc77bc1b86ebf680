import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { tableText } from './table.ts';

interface ProbeResult {
  readonly probe: {
    readonly outcomes: readonly { readonly suite: string; readonly isComplete: boolean; readonly records: number }[];
  };
}

test('the bench of the probes measures, and finds every packet in the records', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'panoptes-'));
  t.after(() => rm(folder, { recursive: true }));
  const args = [join(import.meta.dirname, 'run.js'), 'probe', '--packets', '3000', '--rounds', '1', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, TMPDIR: folder } });
  const { outcomes } = (JSON.parse(stdout) as ProbeResult).probe;
  const ours = outcomes.find(({ suite }) => suite === 'panoptes');
  assert.equal(ours?.isComplete, true);
  assert.ok(ours.records >= 50, `${ours.records} records of 50 flows`);
});

interface FanoutResult {
  readonly fanout: { readonly outcomes: readonly { readonly name: string; readonly isComplete: boolean }[] };
}

test('the bench of many readers measures, and each of them gets exactly what it asked for', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'panoptes-'));
  t.after(() => rm(folder, { recursive: true }));
  const args = [join(import.meta.dirname, 'run.js'), 'fanout', '--packets', '3000', '--rounds', '1', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, TMPDIR: folder } });
  const { outcomes } = (JSON.parse(stdout) as FanoutResult).fanout;
  assert.deepEqual(outcomes.map(({ isComplete }) => isComplete), [true, true, true, true]); // prettier-ignore
});

interface QueryResult {
  readonly query: {
    readonly asked: readonly { readonly query: { readonly name: string }; readonly lines?: Record<string, number> }[];
  };
}

test('the bench of questions asks both suites, and as much is found', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'panoptes-'));
  t.after(() => rm(folder, { recursive: true }));
  const args = [join(import.meta.dirname, 'run.js'), 'query', '--flows', '500', '--rounds', '1', '--json', '--only', 'filter']; // prettier-ignore
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, TMPDIR: folder } });
  const [visitor, server] = (JSON.parse(stdout) as QueryResult).query.asked;
  assert.equal(visitor?.lines?.['panoptes'], 100);
  assert.equal(visitor.lines['other'] ?? 100, 100);
  assert.ok(server?.query.name.includes('all frames'));
});

test('a bench that does not exist is refused with the names of those that do', async () => {
  const args = [join(import.meta.dirname, 'run.js'), 'prob'];
  await assert.rejects(promisify(execFile)(process.execPath, args), { code: 2, stderr: /'prob'[\s\S]*probe/ });
});

test('tables are aligned', () => {
  assert.equal(tableText(['a', 'wide'], [['first', '1'], ['x', '22']]), 'a      wide\nfirst     1\nx        22'); // prettier-ignore
});
