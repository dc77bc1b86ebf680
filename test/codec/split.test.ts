import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { HEADER_BYTES, sealFrame } from '../../libs/codec/format.ts';
import { FrameSplitter, type Damage } from '../../libs/codec/split.ts';
import { batchOf } from '../support/batches.ts';
import { flowBatch } from '../support/flow-batch.ts';

const FRAMES: readonly Uint8Array[] = [
  encodeBatch(batchOf(0, {})),
  encodeBatch(flowBatch({ rows: 30, seed: 1 })),
  encodeBatch(batchOf(1, { stime: [5] })),
  encodeBatch(flowBatch({ rows: 1200, seed: 2 })),
  encodeBatch(batchOf(2, { label: ['a', 'b'] })),
];
const STREAM = Buffer.concat(FRAMES);

/** The frames of a stream that comes in these chunks, copied as they come, and the damage at its end. */
function split(chunks: Iterable<Uint8Array>): { frames: Uint8Array[]; damage: Damage | undefined } {
  const splitter = new FrameSplitter();
  const frames: Uint8Array[] = [];
  for (const chunk of chunks) for (const frame of splitter.push(chunk)) frames.push(new Uint8Array(frame));
  return { frames, damage: splitter.end() };
}

function* inPieces(bytes: Uint8Array, sizes: Iterable<number>): Generator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) return;
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

test('frames come out whole however the stream is chopped', () =>
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 9000 })), { maxLength: 400 }), (sizes) => {
      assert.deepEqual(split(inPieces(STREAM, sizes)), { frames: FRAMES, damage: undefined });
    }), // prettier-ignore
    { seed: 1, numRuns: 60 },
  ));

test('frames come out whole byte by byte', () => {
  const small = Buffer.concat([...FRAMES.slice(0, 3), ...FRAMES.slice(4)]);
  const { frames, damage } = split(Array.from(small, (byte) => Uint8Array.of(byte)));
  assert.deepEqual([frames.length, damage], [4, undefined]);
});

test('a stream cut at any byte yields every whole frame before the cut and says where the rest began', () => {
  const small = [FRAMES[0]!, FRAMES[2]!, FRAMES[4]!];
  const starts = [0, small[0]!.length, small[0]!.length + small[1]!.length];
  const bytes = Buffer.concat(small);
  for (let cut = 0; cut < bytes.length; cut++) {
    const { frames, damage } = split([bytes.subarray(0, cut)]);
    const whole = starts.filter((_, i) => cut >= (starts[i + 1] ?? bytes.length)).length;
    const expected = starts.includes(cut)
      ? undefined
      : { kind: 'cut', offset: starts[whole], reason: 'ends within a frame' };
    assert.deepEqual([frames.length, damage], [whole, expected], `cut at ${cut}`);
  }
});

function changed(at: number, value: number): Buffer {
  const bytes = Buffer.from(STREAM);
  bytes[at] = value;
  return bytes;
}

const SECOND = FRAMES[0]!.length;
const DAMAGED: readonly { name: string; bytes: Uint8Array; frames: number; damage: Damage }[] = [
  {
    name: 'a text file',
    bytes: Buffer.from('StartTime Proto SrcAddr\n'),
    frames: 0,
    damage: { kind: 'foreign', offset: 0, reason: 'not a frame' },
  },
  {
    name: 'a stream that begins as ours and goes on otherwise',
    bytes: Buffer.from('PANTHER'),
    frames: 0,
    damage: { kind: 'foreign', offset: 0, reason: 'not a frame' },
  },
  {
    name: 'rubbish after a frame',
    bytes: Buffer.concat([FRAMES[0]!, Buffer.from('rubbish')]),
    frames: 1,
    damage: { kind: 'damaged', offset: SECOND, reason: 'not a frame' },
  },
  {
    name: 'a flipped bit in a column',
    bytes: changed(SECOND + FRAMES[1]!.length - 1, FRAMES[1]!.at(-1)! ^ 1),
    frames: 1,
    damage: { kind: 'damaged', offset: SECOND, reason: 'wrong checksum' },
  },
  {
    name: 'a later major version',
    bytes: changed(SECOND + 4, 2),
    frames: 1,
    damage: { kind: 'version', offset: SECOND, reason: 'frame: later format version', version: 2 },
  },
  {
    name: 'more rows than a batch has',
    bytes: changed(SECOND + 9, 0xff),
    frames: 1,
    damage: { kind: 'damaged', offset: SECOND, reason: 'frame: too many rows' },
  },
  {
    name: 'a length beyond all bounds',
    bytes: changed(SECOND + 15, 0x80),
    frames: 1,
    damage: { kind: 'damaged', offset: SECOND, reason: 'frame: too long' },
  },
];
for (const { name, bytes, frames: count, damage } of DAMAGED) {
  test(`reading stops, and says where: ${name}`, () => {
    assert.deepEqual([split([bytes]).frames.length, split([bytes]).damage], [count, damage]);
    const byByte = split(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    assert.deepEqual([byByte.frames.length, byByte.damage], [count, damage]);
  });
}

test('nothing is read on after damage', () => {
  const splitter = new FrameSplitter();
  assert.deepEqual([...splitter.push(Buffer.from('rubbish'))], []);
  assert.deepEqual([...splitter.push(STREAM)], []);
});

test('a frame within a chunk is not copied', () => {
  const [frame] = new FrameSplitter().push(STREAM);
  assert.equal(frame?.buffer, STREAM.buffer);
});

test('a header alone makes no room for the length that it claims', () => {
  const header = new Uint8Array(HEADER_BYTES);
  sealFrame(header, { kind: 1, flags: 0, rows: 1, envelopeBytes: 0 });
  new DataView(header.buffer).setUint32(12, 60 << 20, true);
  const before = process.memoryUsage().arrayBuffers;
  const splitters = Array.from({ length: 100 }, () => {
    const splitter = new FrameSplitter();
    for (const chunk of [header, Uint8Array.of(1, 2, 3)]) assert.deepEqual([...splitter.push(chunk)], []);
    return splitter;
  });
  assert.ok(process.memoryUsage().arrayBuffers - before < 16 << 20);
  assert.equal(splitters[0]?.end()?.kind, 'cut');
});
