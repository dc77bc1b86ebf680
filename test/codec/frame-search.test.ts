import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { HEADER_BYTES } from '../../libs/codec/format.ts';
import { FrameSearch, type Loss } from '../../libs/codec/frame-search.ts';
import type { Damage } from '../../libs/codec/split.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { batchOf } from '../support/batches.ts';
import { cpuMilliseconds } from '../support/cpu-clock.ts';
import { falseFrames, type FalseFrames } from '../support/false-frames.ts';
import { flowBatch } from '../support/flow-batch.ts';

const FRAMES: readonly Uint8Array[] = [
  encodeBatch(batchOf(1, { stime: [5] })),
  encodeBatch(flowBatch({ rows: 30, seed: 1 })),
  encodeBatch(flowBatch({ rows: 1200, seed: 2 }), { zones: true }),
  encodeBatch(batchOf(0, {})),
  encodeBatch(batchOf(2, { label: ['a', 'b'] })),
  encodeBatch(batchOf(1, { stime: [6] })),
];
const STARTS = FRAMES.map((_, i) => FRAMES.slice(0, i).reduce((sum, { length }) => sum + length, 0));
/** Four mebibytes must not take longer; where time grew with their square it was minutes. */
const MILLISECONDS_MAX = 3000;
const STREAM = Buffer.concat(FRAMES);

interface Found {
  /** Numbers of the frames that came, -1 for one that was never there. */
  readonly came: readonly number[];
  readonly loss: Loss | undefined;
  readonly damage: Damage | undefined;
}

function search(chunks: Iterable<Uint8Array>, skippedBytes: (() => number) | undefined = () => 0, lead = 0): Found {
  const found = new FrameSearch(skippedBytes, lead);
  const came: number[] = [];
  const take = (frame: Uint8Array): number => came.push(FRAMES.findIndex((one) => Buffer.compare(one, frame) === 0));
  for (const chunk of chunks) {
    // What is pushed is written over as soon as the next chunk is asked for.
    const passing = new Uint8Array(chunk);
    for (const frame of found.push(passing)) take(frame);
    passing.fill(0xaa);
  }
  for (const frame of found.end()) take(frame);
  return { came, loss: found.loss, damage: found.damage };
}

function* inPieces(bytes: Uint8Array, sizes: Iterable<number>): Generator<Uint8Array> {
  let at = 0;
  for (const size of sizes) yield bytes.subarray(at, (at += size));
  yield bytes.subarray(at);
}

const SIZES = fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 9000 })), { maxLength: 40 });

test('without damage all frames come, and nothing is lost', () =>
  fc.assert(
    fc.property(SIZES, (sizes) => {
      const { came, loss, damage } = search(inPieces(STREAM, sizes));
      assert.deepEqual([came, loss, damage], [[0, 1, 2, 3, 4, 5], undefined, undefined]);
    }),
    { seed: 1, numRuns: 40 },
  ));

test('whatever is damaged behind the first frame, all frames come that are not touched, and no others', () =>
  fc.assert(
    fc.property(
      SIZES,
      fc.integer({ min: STARTS[1]!, max: STREAM.length - 1 }),
      fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: STREAM.length })),
      fc.integer({ min: 1, max: 255 }),
      (sizes, start, length, bits) => {
        const bytes = Uint8Array.from(STREAM);
        const end = Math.min(start + length, STREAM.length);
        for (let i = start; i < end; i++) bytes[i]! ^= bits;
        const whole = FRAMES.map((_, i) => i).filter(
          (i) => STARTS[i]! >= end || STARTS[i]! + FRAMES[i]!.length <= start,
        );
        const first = STARTS.findLast((at) => at <= start);
        const { came, loss, damage } = search(inPieces(bytes, sizes));
        assert.deepEqual(came, whole);
        assert.equal((loss ?? damage)?.offset, first);
        const lost = FRAMES.reduce((sum, frame, i) => (whole.includes(i) ? sum : sum + frame.length), 0);
        assert.deepEqual(loss?.bytes ?? lost, lost);
        assert.equal(loss === undefined, !whole.includes(FRAMES.length - 1));
      },
    ),
    { seed: 2, numRuns: 300 },
  ));

test('bytes that were put between frames, or are missing of one, cost no other frame', () => {
  const between = Buffer.concat([FRAMES[0]!, Buffer.from('PANIC PANORAMA'), FRAMES[1]!, FRAMES[2]!.subarray(0, 99), FRAMES[3]!]); // prettier-ignore
  const { came, loss, damage } = search([between]);
  assert.deepEqual([came, damage], [[0, 1, 3], undefined]);
  assert.deepEqual(loss, { count: 2, bytes: 14 + 99, offset: STARTS[1], reason: 'not a frame' });
});

test('a stream that is cut ends as it did, whatever lies in its last frame', () => {
  for (const cut of [1, HEADER_BYTES + 3, FRAMES[2]!.length - 1]) {
    const { came, loss, damage } = search([STREAM.subarray(0, STARTS[2]! + cut)]);
    assert.deepEqual([came, loss], [[0, 1], undefined]);
    assert.deepEqual(damage, { kind: 'cut', offset: STARTS[2], reason: 'ends within a frame' });
  }
});

test('what looks like a frame within a damaged one is not taken for one where it is known how long that is', () => {
  const random = new Random(1);
  const payload = Uint8Array.from({ length: 100 }, () => random.between(0, 255));
  payload.set(FRAMES[0]!, 20);
  const suser = Array.from({ length: 1100 }, (_, row) =>
    row === 0 ? payload : payload.map(() => random.between(0, 255)),
  );
  const outer = encodeBatch(batchOf(1100, { suser }), { zones: true });
  assert.ok(Buffer.from(outer).includes(Buffer.from(FRAMES[0]!)));
  outer[outer.length - 1]! ^= 1;
  const { came, loss } = search([Buffer.concat([FRAMES[3]!, outer, FRAMES[4]!])]);
  assert.deepEqual([came, loss?.bytes], [[3, 4], outer.length]);
});

test('places are those in the input, of which some was passed over', () => {
  const { loss } = search([Buffer.concat([FRAMES[0]!, Buffer.from('x'), FRAMES[1]!])], () => 1000);
  assert.equal(loss?.offset, 1000 + FRAMES[0]!.length);
});

test('a frame that was tested elsewhere ends what is passed over', () => {
  const found = new FrameSearch(() => 0);
  const frames = [...found.push(Buffer.concat([FRAMES[0]!, Buffer.from('PANO')])), ...found.pass(77), ...found.push(FRAMES[1]!)]; // prettier-ignore
  assert.equal(frames.length, 2);
  assert.deepEqual([...found.end()], []);
  assert.deepEqual([found.damage, found.loss?.bytes], [undefined, 4]);
  assert.equal(found.offset, FRAMES[0]!.length + 4 + 77 + FRAMES[1]!.length);
});

for (const [name, bytes, kind] of [
  ['no frames', Buffer.concat([Buffer.from('text'), STREAM]), 'foreign'],
  [
    'frames of a later version',
    Buffer.concat([STREAM.subarray(0, 4), Uint8Array.of(9), STREAM.subarray(5)]),
    'version',
  ],
] as const) {
  test(`what begins with ${name} is left alone`, () => {
    const { came, damage } = search([bytes]);
    assert.deepEqual([came, damage?.kind], [[], kind]);
  });
}

test('what begins with something else is searched so far for a frame, and no further', () =>
  fc.assert(
    fc.property(SIZES, fc.integer({ min: 1, max: 3000 }), (sizes, lead) => {
      const bytes = Buffer.concat([Buffer.alloc(lead, '-PANO'), STREAM]);
      const found = search(inPieces(bytes, sizes), () => 0, lead);
      assert.deepEqual(found.came, [0, 1, 2, 3, 4, 5]);
      assert.deepEqual(found.loss, { count: 1, bytes: lead, offset: 0, reason: 'not a frame' });
      const unfound = search(inPieces(bytes, sizes), () => 0, lead - 1);
      assert.deepEqual([unfound.came, unfound.loss, unfound.damage?.kind], [[], undefined, 'foreign']);
    }),
    { seed: 3, numRuns: 40 },
  ));

const NONE = new Uint8Array(0);
const HALF = (bytesBehind: number): number => Math.floor(bytesBehind / 2);
/** Ends of zones stand where envelopes end, as far as anybody sees who does not compute a checksum. */
const ZONES = Buffer.concat([Buffer.from('c40802000000', 'hex'), FRAMES[3]!]);
const ENVELOPE_BYTES = 10 + 10_000 * (ZONES.length + HEADER_BYTES);
for (const [name, kind] of Object.entries<FalseFrames>({
  'false frames': { between: Buffer.from('-'), bodyBytes: HALF },
  'false frames with true ones between them': { between: FRAMES[3]!, bodyBytes: HALF },
  'true frames and beginnings of some that go beyond the end': { between: FRAMES[3]!, bodyBytes: () => 64 << 20 },
  'short frames with long envelopes': { between: ZONES, bodyBytes: () => 10, flags: 0, envelopeBytes: ENVELOPE_BYTES },
  'first bytes': { between: Buffer.from('PANOPANOPANOPPPP'), bodyBytes: () => 2 ** 32 - 1 },
  'false frames that are empty': { between: NONE, bodyBytes: () => 0 },
})) {
  test(`a stream of ${name} keeps nobody busy`, () => {
    const bytes = falseFrames(4 << 20, FRAMES[3]!, kind);
    for (const size of [1 << 20, 5003]) {
      const startedMs = cpuMilliseconds();
      search(
        inPieces(
          bytes,
          Array.from({ length: Math.floor(bytes.length / size) }, () => size),
        ),
      );
      assert.ok(cpuMilliseconds() - startedMs < MILLISECONDS_MAX);
    }
  });
}
