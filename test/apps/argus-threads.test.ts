import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProbePool } from '../../apps/argus/probe-pool.ts';
import { Probe, type ProbeOptions } from '../../apps/argus/probe.ts';
import { openCaptures } from '../../apps/argus/sources.ts';
import { writeCapture } from '../../libs/synthetic/capture-file.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { plainRecords, type PlainRecord } from '../support/flow-lab.ts';

const { CORPUS_DIR } = process.env;
const NEVER = new AbortController().signal;
const PACKETS = 20_000;
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

/** The records of some captures, made by one probe in this thread. */
async function alone(options: ProbeOptions, files: readonly string[]): Promise<PlainRecord[]> {
  const records: PlainRecord[] = [];
  const probe = new Probe(options, (batch) => records.push(...plainRecords(batch)));
  for await (const source of openCaptures({ files, filter: '', optimize: true }, [], process.stdin)) {
    await probe.read(source, NEVER, () => undefined);
  }
  probe.flush();
  return records;
}

/** As `alone`, by two probes in threads. @param late how many batches are kept before the oldest is given back */
async function together(options: ProbeOptions, files: readonly string[], late = Infinity): Promise<PlainRecord[]> {
  const records: PlainRecord[] = [];
  const pool = new ProbePool(options, { kind: 'files', captures: { files, filter: '', optimize: true } }, 2, NEVER);
  const kept: (() => void)[] = [];
  const { totals } = await pool.runInRounds((batch, giveBack) => {
    records.push(...plainRecords(batch));
    if (kept.push(giveBack) > late) kept.shift()!();
    return undefined;
  });
  const counted = records.reduce((sum, r) => sum + Number(r['spkts']) + Number(r['dpkts']), 0);
  assert.equal(counted, totals.packets);
  return records;
}

test('two probes in threads make the same records as one, each time in the same order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'threads-'));
  try {
    const path = join(folder, 'capture.pcap');
    await writeCapture(path, mixedTraffic({ packets: PACKETS, flows: 1500, seconds: 10, seed: 8 }));
    const one = await alone(OPTIONS, [path]);
    const two = await together(OPTIONS, [path]);
    assert.deepEqual(lines(two), lines(one));
    assert.equal(new Set(two.map((r) => r['flowid'])).size, new Set(one.map((r) => r['flowid'])).size);
    const inOrder = JSON.stringify(two);
    for (const late of [0, 3])
      assert.ok(JSON.stringify(await together(OPTIONS, [path], late)) === inOrder, `given back after ${late}`);
    const packets = one.reduce((sum, r) => sum + Number(r['spkts']) + Number(r['dpkts']), 0);
    assert.equal(packets, PACKETS);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test(
  'and so they do of real captures, one after the other',
  { skip: CORPUS_DIR === undefined && 'CORPUS_DIR is not set' },
  async () => {
    const names = readdirSync(CORPUS_DIR!).filter((name) => /\.pcap(ng)?$/.test(name));
    const files = names.sort().map((name) => join(CORPUS_DIR!, name));
    const features = { appBytes: true, timing: true, macs: true, response: true, sizes: true, app: false, payloadBytes: 32 }; // prettier-ignore
    const options = { ...OPTIONS, table: { ...OPTIONS.table, features } };
    assert.deepEqual(lines(await together(options, files)), lines(await alone(options, files)));
  },
);
