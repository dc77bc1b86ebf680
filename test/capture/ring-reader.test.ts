import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingReader } from '../../libs/capture/ring-reader.ts';
import { BATCH_PACKETS_MAX } from '../../libs/capture/source.ts';
import { BLOCK, FRAME, OUTGOING } from '../../libs/capture/syscalls.ts';
import { fillBlock, isReturned, type RingPacket } from '../support/ring-memory.ts';

const SHAPE = { blockBytes: 1 << 16, blocks: 2, linkType: 1 };
const MACS = '020000000002020000000001';

const frame = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

interface Read {
  readonly hex: string;
  readonly wire: number;
  readonly time: string;
  readonly linkType: number;
}

/** What the next call of `take` gives, undefined when there is nothing. */
function take(reader: RingReader): Read[] | undefined {
  const batch = reader.take();
  if (batch === undefined) return undefined;
  return Array.from({ length: batch.count }, (_, i) => ({
    hex: Buffer.from(batch.view.buffer, batch.offset[i], batch.captured[i]).toString('hex'),
    wire: batch.wire[i]!,
    time: `${batch.timeUs[i]}us ${batch.timeNs[i]}ns`,
    linkType: batch.linkType[i]!,
  }));
}

function ring(shape: { blockBytes: number; blocks: number; linkType: number | undefined } = SHAPE): {
  memory: ArrayBuffer;
  reader: RingReader;
} {
  const memory = new ArrayBuffer(shape.blockBytes * shape.blocks);
  return { memory, reader: new RingReader(memory, shape) };
}

const CASES: readonly { name: string; packet: RingPacket; read: Partial<Read> }[] = [
  {
    name: 'time to the nanosecond',
    packet: { bytes: frame(`${MACS}0800`), seconds: 4_000_000_000, nanoseconds: 999_999_999 },
    read: { time: '4000000000999999us 999ns' },
  },
  { name: 'length on the wire', packet: { bytes: frame(`${MACS}0800`), wire: 1500 }, read: { wire: 1500 } },
  {
    name: 'a tag without its type',
    packet: { bytes: frame(`${MACS}080045`), tag: { tci: 0x2005 } },
    read: { hex: `${MACS}81002005080045`, wire: 19 },
  },
  {
    name: 'a tag with its type',
    packet: { bytes: frame(`${MACS}81000007080045`), tag: { tci: 5, tpid: 0x88a8 }, wire: 1000 },
    read: { hex: `${MACS}88a8000581000007080045`, wire: 1004 },
  },
  {
    name: 'a tag of what is no frame',
    packet: { bytes: frame('0102'), tag: { tci: 5 } },
    read: { hex: '0102', wire: 2 },
  },
  { name: 'no bytes at all', packet: { bytes: frame(''), wire: 60 }, read: { hex: '', wire: 60 } },
];

for (const { name, packet, read } of CASES) {
  test(`a packet of a ring: ${name}`, () => {
    const { memory, reader } = ring();
    fillBlock(memory, SHAPE, 0, [packet]);
    assert.deepEqual({ ...take(reader)?.[0], ...read }, fullRead(packet, read));
    assert.equal(take(reader), undefined);
    assert.equal(reader.malformed, 0);
  });
}

function fullRead({ bytes, wire, seconds = 0, nanoseconds = 0 }: RingPacket, read: Partial<Read>): Read {
  return {
    hex: Buffer.from(bytes).toString('hex'),
    wire: wire ?? bytes.length,
    time: `${seconds * 1e6 + Math.floor(nanoseconds / 1000)}us ${nanoseconds % 1000}ns`,
    linkType: 1,
    ...read,
  };
}

test('a block goes back when the packets after its last are asked for; blocks come round', () => {
  const { memory, reader } = ring();
  const packets = [frame('01'), frame('02')].map((bytes) => ({ bytes }));
  for (let round = 0; round < 3; round++) {
    for (const block of [0, 1]) fillBlock(memory, SHAPE, block, packets);
    for (const block of [0, 1]) {
      assert.deepEqual(
        take(reader)?.map(({ hex }) => hex),
        ['01', '02'],
      );
      assert.equal(isReturned(memory, SHAPE, block), false);
      assert.equal(isReturned(memory, SHAPE, 1 - block), block === 1);
    }
    assert.equal(take(reader), undefined);
    assert.equal(isReturned(memory, SHAPE, 1), true);
  }
  assert.equal(reader.packets, 12);
});

test('a block of more packets than a batch holds comes in several', () => {
  const shape = { ...SHAPE, blockBytes: 1 << 20 };
  const { memory, reader } = ring(shape);
  const count = BATCH_PACKETS_MAX + 1000;
  fillBlock(memory, shape, 0, Array.from({ length: count }, (_, i) => ({ bytes: Uint8Array.of(i >> 8, i) }))); // prettier-ignore
  const seen: string[] = [];
  for (let some; (some = take(reader)) !== undefined;) seen.push(...some.map(({ hex }) => hex));
  assert.deepEqual(
    seen,
    Array.from({ length: count }, (_, i) => Buffer.of(i >> 8, i).toString('hex')),
  );
});

test('a block without packets is passed over', () => {
  const { memory, reader } = ring();
  fillBlock(memory, SHAPE, 0, []);
  fillBlock(memory, SHAPE, 1, [{ bytes: frame('07') }]);
  assert.equal(take(reader)?.[0]?.hex, '07');
  assert.equal(isReturned(memory, SHAPE, 0), true);
});

test('where each packet tells its link type: by hardware, unknown ones as such, those of loopback once', () => {
  const shape = { ...SHAPE, linkType: undefined };
  const { memory, reader } = ring(shape);
  const of = (hardwareType: number, packetType = 0): RingPacket => ({
    bytes: frame(`${MACS}0800`),
    hardwareType,
    packetType,
  });
  fillBlock(memory, shape, 0, [of(1), of(772, OUTGOING), of(772), of(65_534), of(1, OUTGOING), of(12_345)]);
  assert.deepEqual(
    take(reader)?.map(({ linkType }) => linkType),
    [1, 1, 101, 1, 65_535],
  );
  assert.equal(reader.packets, 6);
});

const BROKEN: readonly {
  name: string;
  at: 'block' | 'second';
  field: number;
  bytes: 2 | 4;
  value: number;
  good: number;
}[] = [
  { name: 'more packets than there are', at: 'block', field: BLOCK.packets, bytes: 4, value: 5, good: 2 },
  { name: 'the first packet outside', at: 'block', field: BLOCK.firstPacket, bytes: 4, value: 1 << 20, good: 0 },
  { name: 'a length that cuts a packet', at: 'block', field: BLOCK.bytes, bytes: 4, value: 250, good: 1 },
  {
    name: 'a frame that runs out of the block',
    at: 'second',
    field: FRAME.captured,
    bytes: 4,
    value: 1 << 17,
    good: 1,
  },
  { name: 'a frame that begins in its header', at: 'second', field: FRAME.mac, bytes: 2, value: 10, good: 1 },
  { name: 'a next packet that is the same', at: 'second', field: FRAME.next, bytes: 4, value: 0, good: 1 },
  { name: 'a next packet outside', at: 'second', field: FRAME.next, bytes: 4, value: 0xffff_fff0, good: 2 },
];

for (const { name, at, field, bytes, value, good } of BROKEN) {
  test(`a block that makes no sense loses what is not sure, and goes back: ${name}`, () => {
    const { memory, reader } = ring();
    const headers = fillBlock(
      memory,
      SHAPE,
      0,
      Array.from({ length: 3 }, () => ({ bytes: new Uint8Array(60) })),
    );
    fillBlock(memory, SHAPE, 1, [{ bytes: frame('07') }]);
    const place = (at === 'block' ? 0 : headers[1]!) + field;
    if (bytes === 4) new DataView(memory).setUint32(place, value, true);
    else new DataView(memory).setUint16(place, value, true);
    const read: string[] = [];
    for (let some; (some = take(reader)) !== undefined;) read.push(...some.map(({ hex }) => hex));
    assert.deepEqual(read.map((hex) => hex.length), [...Array.from({ length: good }, () => 120), 2]); // prettier-ignore
    assert.equal(reader.malformed, reader.packets - 1 - good);
    assert.equal(isReturned(memory, SHAPE, 0), true);
  });
}
