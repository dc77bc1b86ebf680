import assert from 'node:assert/strict';
import test from 'node:test';
import { compress, compressedBytesMax, declaredBytes, decompress, ZstdStream } from '../../libs/codec/zstd.ts';

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 9);

function packed(content: Uint8Array): Uint8Array {
  const target = new Uint8Array(compressedBytesMax(content.length));
  return target.slice(0, compress(target, content, 3));
}

test('what is compressed says its size and comes back', () => {
  const frame = packed(CONTENT);
  const back = new Uint8Array(CONTENT.length);
  assert.equal(declaredBytes(frame), CONTENT.length);
  assert.ok(decompress(back, frame));
  assert.deepEqual(back, CONTENT);
});

const REFUSED: readonly { name: string; frame: Uint8Array }[] = [
  { name: 'nothing', frame: new Uint8Array(0) },
  { name: 'no zstd frame', frame: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
  { name: 'a frame cut short', frame: packed(CONTENT).subarray(0, 1000) },
  { name: 'a frame of another size', frame: packed(CONTENT.subarray(1)) },
  { name: 'a frame with rubbish behind it', frame: Buffer.concat([packed(CONTENT), Uint8Array.of(1, 2, 3)]) },
];
for (const { name, frame } of REFUSED) {
  test(`not decompressed, not thrown: ${name}`, () => {
    assert.equal(decompress(new Uint8Array(CONTENT.length), frame), false);
  });
}

test('a stream unpacks piece by piece, frames one after the other', () => {
  const bytes = Buffer.concat([packed(CONTENT), packed(CONTENT.subarray(0, 10))]);
  for (const size of [1, 700, bytes.length]) {
    const stream = new ZstdStream(5000);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      for (const piece of stream.push(bytes.subarray(at, at + size))) {
        assert.ok(piece.length <= 5000);
        pieces.push(piece.slice());
      }
    }
    assert.ok(stream.isComplete);
    assert.ok(Buffer.concat(pieces).equals(Buffer.concat([CONTENT, CONTENT.subarray(0, 10)])));
  }
});

test('a stream that ends within a frame is not complete', () => {
  const stream = new ZstdStream();
  for (const piece of stream.push(packed(CONTENT).subarray(0, 1000))) assert.ok(piece.length > 0);
  assert.equal(stream.isComplete, false);
});

test('a damaged stream gives what came before and throws', () => {
  const frame = packed(CONTENT);
  const damaged = Buffer.concat([frame, Buffer.from('no frame at all')]);
  let unpacked = 0;
  assert.throws(() => {
    for (const piece of new ZstdStream().push(damaged)) unpacked += piece.length;
  });
  assert.equal(unpacked, CONTENT.length);
});
