import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseExposition, type Sample } from '../support/exposition.ts';
import { numberedPackets } from '../support/numbered-packets.ts';
import { RunningCommand } from '../support/run-command.ts';

const PACKETS = 500;

test('a scrape of a probe that runs tells what it has counted, and its log where to scrape', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'argus-metrics-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const args = ['-X', '-r', '-', '-f', '-w', join(folder, 'flows'), '-e', 'gate', '--metrics', '0', '--log', 'json'];
  const argus = new RunningCommand('argus', args);
  argus.process.stdin.write(numberedPackets(PACKETS, { flows: 5 }));
  await argus.says(/\n/);
  const said = JSON.parse(argus.stderr.split('\n')[0] ?? '') as Record<string, string>;
  assert.deepEqual([said['level'], said['program']], ['info', 'argus']);

  const scrape = async (): Promise<(name: string) => Sample | undefined> => {
    const samples = parseExposition(await (await fetch(said['url'] ?? '')).text());
    return (name) => samples.find((sample) => sample.name === name);
  };
  let of = await scrape();
  while ((of('panoptes_packets_total')?.value ?? 0) < PACKETS) of = await scrape();
  assert.deepEqual(of('panoptes_packets_total')?.labels, { input: '-', source: 'gate' });
  assert.equal(of('panoptes_packets_total')?.value, PACKETS);
  assert.equal(of('panoptes_flows')?.value, 5);
  assert.equal(of('panoptes_flows_opened_total')?.value, 5);
  assert.equal(of('panoptes_build_info')?.labels['program'], 'argus');
  assert.equal(of('panoptes_dropped_records_total')?.value, 0);
  argus.process.stdin.end();
  argus.process.kill('SIGTERM');
  assert.equal(await argus.status, 0, argus.stderr);
});
