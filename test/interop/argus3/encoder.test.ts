import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { formatIPv4 } from '../../../libs/address/ip.ts';
import { Argus3Encoder } from '../../../libs/interop/argus3/encoder.ts';
import { Argus3Reader } from '../../../libs/interop/argus3/reader.ts';
import { RecordNumbers } from '../../../libs/interop/argus3/record-numbers.ts';
import { shortSourceId } from '../../../libs/interop/argus3/source-id.ts';
import { IPV4_ADDRESS } from '../../../libs/packet/headers.ts';
import { emptyBatch, FLOW_BATCH, GAP_BATCH, type Batch } from '../../../libs/record/batch.ts';
import { CAUSE, EVENT, type Value } from '../../../libs/record/fields/field.ts';
import { STORED_FIELDS, type StoredName } from '../../../libs/record/fields/stored.ts';
import { managementBatch } from '../../../libs/record/management.ts';
import { reader } from '../../../libs/record/row.ts';
import { recordBatch, type RecordValues } from '../../support/records.ts';
import { arbitraryBatch } from '../../support/arbitrary-batch.ts';
import { batchOf, ORIGIN, type Cell, type Table } from '../../support/batches.ts';

const FOLDER = join(import.meta.dirname, '../../../../test/interop/argus3');
const NAMES = Object.keys(STORED_FIELDS) as StoredName[];
const READERS = NAMES.map((name) => [name, reader(name)] as const);

async function decode(bytes: Uint8Array): Promise<Batch[]> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  }
  const batches: Batch[] = [];
  for await (const batch of new Argus3Reader(chunks(), { numbers: new RecordNumbers() })) batches.push(batch);
  return batches;
}

function encode(batches: readonly Batch[], encoder: Argus3Encoder): Uint8Array {
  return Buffer.concat(batches.map((batch) => encoder.encode(batch)));
}

type Row = Readonly<Record<string, Value>>;

function rowsOf(batches: readonly Batch[]): Row[] {
  return batches.flatMap((batch) =>
    Array.from({ length: batch.rows }, (_, row) => ({
      kind: batch.kind,
      source: batch.origin.source,
      run: batch.origin.run,
      ...Object.fromEntries(
        READERS.flatMap(([name, read]) => {
          const value = read(batch, row);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    })),
  );
}

/** Sums of the times between packets, which the format holds as single-precision mean and deviation. */
const IS_ROUNDED = /^[sd](act|idl)(sum|sq)$/;

function assertSame(actual: Row, expected: Row, where: string): void {
  for (const name of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    const [a, b] = [actual[name], expected[name]];
    if (IS_ROUNDED.test(name) && typeof a === 'number' && typeof b === 'number')
      assert.ok(Math.abs(a - b) <= 1e-5 * b, `${where}: ${name} ${a} ${b}`);
    else assert.deepEqual(a, b, `${where}: ${name}`);
  }
}

for (const name of readdirSync(join(FOLDER, 'argus3')).filter((each) => each.endsWith('.arg'))) {
  test(`${name}: what was read and written again reads the same`, async () => {
    const once = await decode(readFileSync(join(FOLDER, 'argus3', name)));
    const encoder = new Argus3Encoder();
    const twice = await decode(encode(once, encoder));
    const [expected, actual] = [rowsOf(once), rowsOf(twice)];
    assert.equal(actual.length, expected.length);
    assert.ok(expected.some(({ kind }) => kind === FLOW_BATCH));
    expected.forEach((row, i) => assertSame(actual[i]!, row, `record ${i}`));
    assert.deepEqual(
      [...encoder.leftOut].filter(([what]) => what !== 'mversion'),
      [],
    );
  });
}

test('whatever a batch holds, each row becomes a whole record that can be read', () =>
  fc.assert(
    fc.asyncProperty(arbitraryBatch(20), async (batch) => {
      const bytes = new Argus3Encoder().encode(batch);
      const rows = rowsOf(await decode(bytes));
      assert.equal(rows.length, batch.rows);
      assert.deepEqual(new Set(rows.map(({ kind }) => kind)), new Set([batch.kind]));
    }),
    { numRuns: 200, seed: 5 },
  ));

const ANY = '0.0.0.0';
const MASKED: readonly (readonly [what: string, values: RecordValues, lost: readonly string[]])[] = [
  ['TCP', { etype: 0x800, ipproto: 6, saddr: '10.0.0.0', daddr: ANY, smask: 8, dmask: 0 }, []],
  ['one side', { etype: 0x800, ipproto: 17, saddr: '10.1.2.3', daddr: '10.2.0.0', dmask: 15 }, []],
  ['ICMP', { etype: 0x800, ipproto: 1, saddr: '10.1.0.0', daddr: '10.2.0.0', smask: 16, dmask: 15, icmpid: 3 }, []],
  ['ICMP with a number', { etype: 0x800, ipproto: 1, saddr: '10.1.0.0', daddr: '10.2.0.0', smask: 16, icmpseq: 3 }, ['icmpseq']],
  ['IPv6', { etype: 0x86dd, ipproto: 6, saddr: '2001:db8::', daddr: '::', smask: 32, dmask: 0 }, []],
  ['ESP', { etype: 0x800, ipproto: 50, saddr: '10.1.0.0', daddr: '10.2.0.1', smask: 16, spi: 7 }, ['smask']],
  ['ARP', { etype: 0x806, saddr: '10.1.0.0', daddr: '10.2.0.0', smask: 16, dmask: 15 }, ['smask', 'dmask']],
  ['MAC', { etype: 0, saddr: '02:00:00:00:00:00', daddr: '02:00:00:00:00:01', smask: 40 }, ['smask']],
]; // prettier-ignore
for (const [what, values, lost] of MASKED) {
  test(`masks of addresses are written and read again, or counted as lost: ${what}`, async () => {
    const batch = recordBatch([{ spkts: 1, stime: 1_700_000_000_000_000, ...values }]);
    const encoder = new Argus3Encoder();
    const [row] = rowsOf(await decode(encode([batch], encoder)));
    const kept = (name: string): unknown => (lost.includes(name) ? undefined : values[name as StoredName]);
    assert.deepEqual([...encoder.leftOut.keys()].sort(), [...lost].sort());
    for (const name of ['smask', 'dmask', 'icmpseq', 'spi']) assert.deepEqual(row?.[name], kept(name), name);
  });
}

test('masks of addresses are read as the original racluster leaves them', async () => {
  const values = { etype: 0x800, ipproto: 1, saddr: '10.1.0.0', daddr: '10.2.0.1', smask: 16, icmpid: 3 };
  const bytes = new Argus3Encoder().encode(recordBatch([{ spkts: 1, ...values }]));
  const key = Buffer.from(bytes).indexOf(Buffer.from('02014105', 'hex'));
  // Of ICMP the responder's comes first; of other protocols that of the first address.
  assert.deepEqual([...bytes.subarray(key + 18, key + 20)], [32, 16]);
  bytes[key + 12] = 17;
  assert.deepEqual(pick((await decode(bytes))[0]!), [undefined, 16]);
  bytes[key + 1]! |= 0x40;
  assert.deepEqual(pick((await decode(bytes))[0]!), [16, undefined]);
  bytes[key + 18] = 0;
  assert.deepEqual(pick((await decode(bytes))[0]!), [16, undefined]);
  bytes.fill(0, key + 4, key + 8);
  assert.deepEqual(pick((await decode(bytes))[0]!), [16, 0]);
});

const pick = (batch: Batch): Value[] => [reader('smask')(batch, 0), reader('dmask')(batch, 0)];

const SOURCES: readonly (readonly [source: string, read: string, isExact: boolean])[] = [
  ['192.0.2.7', '192.0.2.7', true],
  ['0.0.0.0', '0.0.0.0', true],
  ['4711', '4711', true],
  ['4294967295', '4294967295', true],
  ['abcd', 'abcd', true],
  ['ab', 'ab', true],
  ['192.0.2.7/eth0', '192.0.2.7', false],
  ['branch-a', '1386368923', false],
  ['2001:db8::1', '988793287', false],
];
for (const [source, read, isExact] of SOURCES) {
  test(`source id ${source} is written as ${read}, in flow and management records`, async () => {
    const origin = { source, run: 1_700_000_000_000_000 };
    const encoder = new Argus3Encoder();
    const flow = batchOf(1, { spkts: [1] }, { origin });
    const status = managementBatch(origin, 1, { cause: CAUSE.status, timeUs: origin.run, durationNs: 0, values: {} });
    const bytes = [encoder.start(origin, origin.run), encoder.encode(flow), encoder.encode(status)];
    const batches = await decode(Buffer.concat(bytes));
    assert.deepEqual(
      batches.map((batch) => batch.origin.source),
      [read, read, read],
    );
    assert.equal(encoder.leftOut.has('srcid'), !isExact);
  });
}

test('different ids that are too long stay apart', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => shortSourceId(`probe-${i}`).number);
  assert.equal(new Set(ids).size, ids.length);
});

const IPV4: Cell = [IPV4_ADDRESS, 0, 0, 0xffff, 0xc0000201];
const TCP = { etype: [0x0800], ipproto: [6], saddr: [IPV4], daddr: [IPV4], spkts: [2], dpkts: [1], events: [0] };

/** Rows that Argus 3 cannot hold as they are, with what is read back and what is counted. */
const LOSSES: readonly { name: string; table: Table; read: Row; left: readonly string[] }[] = [
  {
    name: 'nanoseconds are cut off',
    table: { ...TCP, stime: [1e15], stimens: [999], dur: [1500] },
    read: { stime: 1e15, stimens: undefined, dur: 2000 },
    left: ['nanoseconds'],
  },
  {
    name: 'thousands of packets at one instant last a microsecond, since readers would take them for broken',
    table: { ...TCP, stime: [1e15], dur: [0], spkts: [1001] },
    read: { spkts: 1001, dur: 1000 },
    left: [],
  },
  {
    name: 'a gap beside retransmissions cannot be told',
    table: { ...TCP, tcpstate: [7], sretrans: [1], sgap: [500], dgap: [9], dretrans: [0] },
    read: { sgap: 0, sretrans: 1, dgap: 9 },
    left: ['sgap'],
  },
  {
    name: 'a window is scaled as it has to be',
    table: { ...TCP, tcpstate: [7], swin: [65_535 * 2 ** 14], dwin: [64_256] },
    read: { swin: 65_535 * 2 ** 14, dwin: 64_256 },
    left: [],
  },
  {
    name: 'new TCP options and the states of SCTP have no bits',
    table: { ...TCP, tcpstate: [1], tcpoptions: [0x1001], sctpstate: [3] },
    read: { tcpoptions: 1 },
    left: ['tcpoptions', 'sctpstate'],
  },
  {
    name: 'a shutdown of the probe does not look like a time-out',
    table: { ...TCP, cause: [CAUSE.shutdown], tcpstate: [7] },
    read: { cause: CAUSE.stop },
    left: ['cause'],
  },
  {
    name: 'who sent an ICMP error over IPv6 has no place',
    table: { ...TCP, events: [EVENT.icmpUnreachable], inode: [[6, 1, 2, 3, 4]] },
    read: { events: EVENT.icmpUnreachable, inode: '0.0.0.0' },
    left: ['inode'],
  },
  {
    name: 'large counters are wide',
    table: { ...TCP, spkts: [2 ** 33 + 1], dpkts: [3], sbytes: [2 ** 40 + 1], dbytes: [5] },
    read: { spkts: 2 ** 33 + 1, dpkts: 3, sbytes: 2 ** 40 + 1, dbytes: 5 },
    left: [],
  },
];
for (const { name, table, read, left } of LOSSES) {
  test(name, async () => {
    const encoder = new Argus3Encoder();
    const [row = {}] = rowsOf(await decode(encoder.encode(batchOf(1, table, { origin: ORIGIN }))));
    for (const [field, value] of Object.entries(read)) {
      const actual = row[field];
      const told = typeof actual === 'object' && 'lanes' in actual ? formatIPv4(actual.lanes[3]) : actual;
      assert.equal(told, value, field);
    }
    assert.deepEqual([...encoder.leftOut.keys()].toSorted(), left.toSorted());
  });
}

test('records that were missing before are counted, and nothing stands for them', () => {
  const encoder = new Argus3Encoder();
  assert.equal(encoder.encode(emptyBatch(GAP_BATCH, ORIGIN, 10, 15)).length, 0);
  assert.deepEqual([...encoder.leftOut], [['records that were missing already', 5]]);
});

test('counts of management records go from one to the next, and add up again', async () => {
  const encoder = new Argus3Encoder();
  const at = (seconds: number, mpkts: number): Batch =>
    managementBatch(ORIGIN, seconds, {
      cause: CAUSE.status,
      timeUs: ORIGIN.run + seconds * 1e6,
      durationNs: 0,
      values: { mpkts, mflows: 3 },
    });
  const [one, two] = [encoder.encode(at(1, 100)), encoder.encode(at(2, 150))];
  const packetsIn = (record: Uint8Array): number => Buffer.from(record).readUInt32BE(52);
  assert.deepEqual([packetsIn(one), packetsIn(two)], [100, 50]);
  assert.deepEqual(encoder.encode(at(2, 150)), two, 'asked for again');
  const rows = rowsOf(await decode(Buffer.concat([encoder.start(ORIGIN, ORIGIN.run), one, two])));
  assert.deepEqual(
    rows.map(({ mpkts, mflows }) => [mpkts, mflows]),
    [
      [0, 0],
      [100, 3],
      [150, 3],
    ],
  );
});
