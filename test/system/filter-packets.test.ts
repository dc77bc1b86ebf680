import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { bpfFilter } from '../../libs/capture/bpf-filter.ts';
import { compileCaptureFilter } from '../../libs/capture/libpcap.ts';
import type { PacketFilter } from '../../libs/capture/source.ts';
import { compileFilter } from '../../libs/filter/compile.ts';
import { NO_FEATURES } from '../../libs/flow/optional-rows.ts';
import { PacketGroup } from '../../libs/flow/packet-group.ts';
import { BatchReporter } from '../../libs/flow/report.ts';
import { FlowTable } from '../../libs/flow/table.ts';
import { decodePacket } from '../../libs/packet/decode.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { seenPackets } from '../synthetic/packets.ts';

/*
 * Filters in words that records and packets share: what is chosen of the records has as many packets and bytes as what a capture
 * filter chooses of the packets that the records are of. That holds where a flow matches exactly when each of its packets does.
 */

const ETHERNET = 1;
const START_US = 1_700_000_000_000_000;
const PACKETS = 4000;
const traffic = mixedTraffic({ packets: PACKETS, flows: 500, seconds: 30, seed: 20 });
const frames = [...seenPackets(traffic)].map(({ dueUs, hex }) => ({ dueUs, bytes: Buffer.from(hex, 'hex') }));
const records = recordsOf();

function recordsOf(): Batch[] {
  const batches: Batch[] = [];
  const reporter = new BatchReporter({ source: 'test', run: START_US }, { next: 0 }, 300, (batch) => batches.push(batch)); // prettier-ignore
  const table = new FlowTable(
    { flowsMax: 2000, statusUs: 5e6, features: NO_FEATURES, endRecords: false, seed: 1 },
    reporter,
  );
  const group = new PacketGroup();
  group.count = 1;
  group.linkType[0] = ETHERNET;
  for (const { dueUs, bytes } of frames) {
    group.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    group.timeUs[0] = START_US + dueUs;
    group.wire[0] = bytes.length;
    decodePacket(group.view, 0, bytes.length, bytes.length, ETHERNET, group.headers[0]!);
    table.add(group);
  }
  table.flush();
  reporter.flush();
  return batches;
}

interface Sums {
  packets: number;
  bytes: number;
}

function sumsOfRecords(filter: string): Sums {
  const { select } = compileFilter(filter);
  const sums = { packets: 0, bytes: 0 };
  for (const batch of records) {
    const rows = Uint32Array.from({ length: batch.rows }, (_, row) => row);
    for (const row of rows.subarray(0, select(batch, rows, rows.length))) {
      sums.packets += valueOf(batch, 'spkts', row) + valueOf(batch, 'dpkts', row);
      sums.bytes += valueOf(batch, 'sbytes', row) + valueOf(batch, 'dbytes', row);
    }
  }
  return sums;
}

function valueOf(batch: Batch, name: StoredName, row: number): number {
  const column = batch.columns[STORED_FIELDS[name].number];
  return column !== undefined && 'values' in column && column.has(row) ? column.values[row]! : 0;
}

/** A capture filter looks at tagged packets only behind the word `vlan`; records look at them as at others. */
function sumsOfPackets(filter: string): Sums {
  const text = `(not ether proto 0x8100 and (${filter})) or (vlan and (${filter}))`;
  const sums = { packets: 0, bytes: 0 };
  const keeps = keeping(text);
  if (keeps === undefined) return sums;
  for (const { bytes } of frames) {
    if (!keeps(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, bytes.length)) continue;
    sums.packets += 1;
    sums.bytes += bytes.length;
  }
  return sums;
}

/** Undefined where the library finds out that nothing can match, which is an error to it. */
function keeping(text: string): PacketFilter | undefined {
  try {
    return bpfFilter(compileCaptureFilter(text, ETHERNET, true));
  } catch (error) {
    if (String(error).includes('rejects all packets')) return undefined;
    throw error;
  }
}

/** Each is true of both directions of a flow, or of none. */
const TESTS = [
  'tcp', 'udp', 'icmp', 'icmp6', 'arp', 'ip6', 'port 80', 'port 53', 'port 443', 'tcp port 443', 'udp port 443', 'port https',
  'host 192.0.2.10', 'host 2001:db8:5e00::10', 'net 192.0.2.0/24', 'net 10.1.0.0/20', 'net 10.1.16.0 mask 255.255.240.0',
  'net 2001:db8:5e00::/120', 'proto 17', 'ip6 host 2001:db8:5e00::7',
]; // prettier-ignore

/** Why there can be no comparison; false when there can. */
function libraryMissing(): string | false {
  try {
    compileCaptureFilter('tcp', ETHERNET, true);
    return false;
  } catch (error) {
    return `no capture filters here: ${String(error)}`;
  }
}
const skip = libraryMissing();

test('one by one, words choose the records of the packets that a capture filter chooses', { skip }, () => {
  let found = 0;
  for (const filter of TESTS) {
    const packets = sumsOfPackets(filter);
    assert.deepEqual(sumsOfRecords(filter), packets, filter);
    found += Number(packets.packets > 0 && packets.packets < PACKETS);
  }
  assert.ok(found > TESTS.length - 5, `${found} of ${TESTS.length} choose some packets and not all`);
});

const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...TESTS),
    tie('filter').map((inner) => `not (${inner})`),
    fc.tuple(tie('filter'), fc.constantFrom('and', 'or'), tie('filter')).map(([a, word, b]) => `${a} ${word} ${b}`),
    fc.tuple(tie('filter'), fc.constantFrom('and', 'or'), tie('filter')).map(([a, word, b]) => `${a} ${word} (${b})`),
  ),
}));

test('and so they do in any combination', { skip }, () =>
  fc.assert(
    fc.property(filter, (text) => assert.deepEqual(sumsOfRecords(text), sumsOfPackets(text))),
    { numRuns: 150, seed: 3 },
  ),
);
