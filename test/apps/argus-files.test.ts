import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { Probe, type ProbeOptions } from '../../apps/argus/probe.ts';
import { openCaptureFile } from '../../libs/capture/open-capture.ts';
import type { PacketSource } from '../../libs/capture/source.ts';
import { ipv4 } from '../../libs/packet/build/ip.ts';
import { packet } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { plainRecords, type PlainRecord } from '../support/flow-lab.ts';
import { pcapFile } from '../support/pcap-writer.ts';

const OPTIONS: ProbeOptions = {
  origin: { source: 'test', run: 1 },
  table: { flowsMax: 20_000, statusUs: 5_000_000, seed: 3 },
  rowsMax: 5000,
  packets: { first: 1, last: -1 },
  snaplen: 262_144,
  shard: { index: 0, count: 1 },
  flushMs: 0,
};

/** What the tests look at. */
const FIELDS = ['stime', 'cause', 'etype', 'ipproto', 'saddr', 'sport', 'daddr', 'dport', 'spkts', 'dpkts', 'sbytes', 'dbytes'] as const; // prettier-ignore

/** The records that one probe makes of captures, one after the other. */
async function recordsOf(captures: readonly (() => Promise<PacketSource>)[]): Promise<PlainRecord[]> {
  const records: PlainRecord[] = [];
  const probe = new Probe(OPTIONS, (batch) => records.push(...plainRecords(batch, FIELDS)));
  for (const open of captures) {
    const source = await open();
    await probe.read(source, new AbortController().signal, () => undefined);
    await source.close();
  }
  probe.flush();
  return records;
}

const START_US = 1_700_000_000_000_000;
const QUERY = packet(ethernet(), ipv4({ source: 1, destination: 2 }), udp({ sourcePort: 4000, destinationPort: 5000 }));

/** A capture with packets of one flow at these seconds. */
const flowAt =
  (...seconds: number[]) =>
  (): Promise<PacketSource> => {
    const file = pcapFile(seconds.map((second) => ({ timeUs: START_US + second * 1e6, bytes: QUERY })));
    return openCaptureFile('-', { stdin: Readable.from([file], { objectMode: true }) });
  };

const DAY = 86_400;
const FILES: readonly (readonly [name: string, second: readonly number[], packets: readonly number[]])[] = [
  ['goes on where the first ended', [3, 4], [4]],
  ['overlaps a little', [1.5, 3], [4]],
  ['comes a minute later', [63, 64], [2, 2]],
  ['is of another day', [3 * DAY, 3 * DAY + 1], [2, 2]],
  ['is of the day before', [-DAY, 1 - DAY], [2, 2]],
  ['is of ten seconds before', [-10, -9], [2, 2]],
  ['is the first one again', [1, 2], [4]],
];

for (const [name, second, packets] of FILES) {
  test(`a second file that ${name} makes ${packets.length === 1 ? 'one flow' : 'flows of its own'}`, async () => {
    const records = await recordsOf([flowAt(1, 2), flowAt(...second)]);
    assert.deepEqual(
      records.map((record) => record['spkts']),
      packets,
    );
  });
}

test('a file of an earlier time has its status records and time-outs as if it were alone', async () => {
  const alone = await recordsOf([flowAt(-100, -94, -88, -20)]);
  const after = (await recordsOf([flowAt(1), flowAt(-100, -94, -88, -20)])).slice(1);
  const told = (records: readonly PlainRecord[]): unknown[] => records.map((r) => [r['stime'], r['spkts'], r['cause']]);
  assert.deepEqual(told(after), told(alone));
});

const { CORPUS_DIR } = process.env;

/** Packets and bytes of every pair of endpoints, whoever began. */
function sums(records: readonly PlainRecord[], into = new Map<string, [number, number]>()) {
  for (const record of records) {
    const ends = [`${record['saddr']} ${record['sport']}`, `${record['daddr']} ${record['dport']}`].sort();
    const key = [record['etype'], record['ipproto'], ...ends].join();
    const sum = into.get(key) ?? [0, 0];
    sum[0] += Number(record['spkts']) + Number(record['dpkts']);
    sum[1] += Number(record['sbytes']) + Number(record['dbytes']);
    into.set(key, sum);
  }
  return into;
}

test(
  'all captures in one run, in any order, give what each alone gives',
  { skip: CORPUS_DIR === undefined && 'CORPUS_DIR is not set' },
  async () => {
    const names = readdirSync(CORPUS_DIR!).filter((name) => /\.pcap(ng)?$/.test(name));
    const captures = names.map((name) => () => openCaptureFile(join(CORPUS_DIR!, name)));
    const expected = new Map<string, [number, number]>();
    for (const capture of captures) sums(await recordsOf([capture]), expected);
    const random = new Random(5);
    const shuffled = captures.map((capture) => ({ capture, at: random.fraction() })).sort((a, b) => a.at - b.at);
    for (const order of [captures, captures.toReversed(), shuffled.map(({ capture }) => capture)]) {
      assert.deepEqual(sums(await recordsOf(order)), expected);
    }
  },
);
