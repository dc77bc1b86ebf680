import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT } from '../../libs/record/fields/field.ts';
import { connection, FlowLab, type PlainRecord } from '../support/flow-lab.ts';

interface Rtp {
  readonly sequence: number;
  readonly source?: number;
  readonly type?: number;
  readonly first?: number;
}

/** RFC 3550 §5.1, with 20 bytes of sound. */
function rtp({ sequence, source = 0x11223344, type = 0, first = 0x80 }: Rtp): string {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt8(first, 0);
  bytes.writeUInt8(type, 1);
  bytes.writeUInt16BE(sequence & 0xffff, 2);
  bytes.writeUInt32BE(source, 8);
  return bytes.toString('latin1');
}

/** A sender report without blocks (RFC 3550 §6.4.1). */
function rtcp(source = 0x11223344, words = 6): string {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt8(0x80, 0);
  bytes.writeUInt8(200, 1);
  bytes.writeUInt16BE(words, 2);
  bytes.writeUInt32BE(source, 4);
  return bytes.toString('latin1');
}

function recordOf(packets: readonly string[], ports: readonly [number, number] = [40_000, 40_002]): PlainRecord {
  const lab = new FlowLab();
  const { forth } = connection(lab, '10.0.0.1', '10.0.0.2', ...ports);
  packets.forEach((bytes, index) => forth(index / 50, { bytes }));
  const records = lab.end();
  assert.equal(records.length, 1);
  return records[0]!;
}

const MEDIA = EVENT.rtp | EVENT.rtcp;
const media = (record: PlainRecord): number => Number(record['events']) & MEDIA;
const sequences = (...numbers: number[]): string[] => numbers.map((sequence) => rtp({ sequence }));

const CASES: readonly (readonly [name: string, packets: readonly string[], events: number])[] = [
  ['two packets of one source are RTP', sequences(7, 8), EVENT.rtp],
  ['one packet proves nothing', sequences(7), 0],
  ['other sources prove nothing', [1, 2, 3].map((source) => rtp({ sequence: source, source })), 0],
  ['numbers that jump prove nothing', sequences(7, 900, 44_000), 0],
  ['numbers that stand still prove nothing', sequences(7, 7, 7), 0],
  ['another version is something else', [1, 2, 3].map((sequence) => rtp({ sequence, first: 0x40 })), 0],
  ['types that nobody assigned are something else', [1, 2, 3].map((sequence) => rtp({ sequence, type: 77 })), 0],
  ['more sources than the packet holds are something else', [1, 2, 3].map((sequence) => rtp({ sequence, first: 0x8f })), 0], // prettier-ignore
  ['two reports of one source are RTCP', [rtcp(), rtcp()], EVENT.rtcp],
  ['a report that does not fit is none', [rtcp(1, 20), rtcp(1, 20)], 0],
  ['both on the same ports (RFC 5761)', [...sequences(1, 2), rtcp(), rtcp()], MEDIA],
  ['after what sets up the connection', ['STUN', 'STUN', ...sequences(1, 2)], EVENT.rtp],
  ['a flow that is something else for long is not looked at', [...Array<string>(9).fill('data'), ...sequences(1, 2)], 0], // prettier-ignore
];

for (const [name, packets, events] of CASES) {
  test(`RTP: ${name}`, () => assert.equal(media(recordOf(packets)), events));
}

test('RTP: ports of services are not looked at', () => {
  assert.equal(media(recordOf(sequences(1, 2, 3), [53, 40_000])), 0);
});

const LOSSES: readonly (readonly [name: string, sequences: readonly number[], lost: number])[] = [
  ['none', [65_534, 65_535, 0, 1], 0],
  ['a gap', [10, 11, 15, 16], 3],
  ['a late packet was not lost', [10, 11, 13, 12, 14], 0],
  ['a new start is no loss', [10, 11, 40_000, 40_001], 0],
];

for (const [name, numbers, lost] of LOSSES) {
  test(`RTP: packets lost: ${name}`, () => {
    const record = recordOf(sequences(...numbers));
    assert.deepEqual([record['slost'], record['dlost']], [lost, 0]);
  });
}

test('what is not RTP has no loss to tell', () => {
  assert.equal(recordOf(['data', 'data'])['slost'], undefined);
});
