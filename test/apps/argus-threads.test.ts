import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProbePool } from '../../apps/argus/probe-pool.ts';
import { Probe, type ProbeOptions } from '../../apps/argus/probe.ts';
import { openCaptures } from '../../apps/argus/sources.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { writeCapture } from '../../libs/synthetic/capture-file.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { plainRecords, type PlainRecord } from '../support/flow-lab.ts';

const PACKETS = 40_000;
const OPTIONS: ProbeOptions = {
  origin: { source: 'test', run: 1 },
  table: { flowsMax: 100_000, statusUs: 1_000_000, seed: 3 },
  rowsMax: 500,
  packets: { first: 1, last: -1 },
  snaplen: 65_535,
  flushMs: 0,
  shard: { index: 0, count: 1 },
};

/** What a record says, without the ids that depend on the order in which flows were opened. */
const lines = (records: PlainRecord[]): string[] => records.map((r) => JSON.stringify({ ...r, flowid: 0 })).sort();

test('two probes in threads make the same records as one, each time in the same order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'threads-'));
  try {
    const path = join(folder, 'capture.pcap');
    await writeCapture(path, mixedTraffic({ packets: PACKETS, flows: 1500, seconds: 10, seed: 8 }));
    const captures = { files: [path], filter: '', optimize: true };
    const { signal } = new AbortController();

    const alone: PlainRecord[] = [];
    const probe = new Probe(OPTIONS, (batch) => alone.push(...plainRecords(batch)));
    for await (const source of openCaptures(captures, [], process.stdin))
      await probe.read(source, signal, () => undefined);
    probe.flush();

    const inThreads = async (): Promise<PlainRecord[]> => {
      const records: PlainRecord[] = [];
      const take = (batch: Batch): undefined => void records.push(...plainRecords(batch));
      const pool = new ProbePool(OPTIONS, { kind: 'files', captures }, 2, signal);
      const { totals } = await pool.runInRounds(take);
      assert.equal(totals.packets, PACKETS);
      return records;
    };
    const first = await inThreads();
    assert.deepEqual(lines(first), lines(alone));
    assert.equal(new Set(first.map((r) => r['flowid'])).size, new Set(alone.map((r) => r['flowid'])).size);
    assert.deepEqual(await inThreads(), first);
    const packets = alone.reduce((sum, r) => sum + Number(r['spkts']) + Number(r['dpkts']), 0);
    assert.equal(packets, PACKETS);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
