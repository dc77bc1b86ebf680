import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { Compressor } from 'zstd-napi';
import type { ByteSource } from '../../libs/capture/byte-source.ts';
import { unpacked } from '../../libs/capture/decompress.ts';
import { PACKED_MAGIC_BYTES, packingOf } from '../../libs/capture/packing.ts';

/** Text that packs, but not to nothing. */
const CONTENT = Buffer.from(Array.from({ length: 6000 }, (_, i) => `${i * 7919},`).join(''));

class PiecesOf implements ByteSource {
  readonly #bytes: Uint8Array;
  readonly #piece: number;
  #at = 0;
  closed = false;

  constructor(bytes: Uint8Array, piece: number) {
    this.#bytes = bytes;
    this.#piece = piece;
  }

  read(into: Uint8Array): Promise<number> {
    const piece = this.#bytes.subarray(this.#at, this.#at + Math.min(this.#piece, into.length));
    into.set(piece);
    this.#at += piece.length;
    return Promise.resolve(piece.length);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

/** What comes out, and the reason why no more does. */
async function unpack(packed: Uint8Array, piece = packed.length): Promise<{ content: Buffer; reason: string }> {
  const packing = packingOf(packed.subarray(0, PACKED_MAGIC_BYTES));
  assert.ok(packing !== undefined, 'taken for packed');
  const source = unpacked(new PiecesOf(packed, piece), packing);
  const parts: Buffer[] = [];
  const into = new Uint8Array(50_000);
  try {
    for (let count; (count = await source.read(into)) > 0;) parts.push(Buffer.from(into.subarray(0, count)));
    return { content: Buffer.concat(parts), reason: '' };
  } catch (error) {
    return { content: Buffer.concat(parts), reason: (error as Error).message };
  } finally {
    await source.close();
  }
}

function zstd(content: Uint8Array): Buffer {
  const compressor = new Compressor();
  compressor.setParameters({ checksumFlag: true });
  return compressor.compress(content);
}

const PACKED = { gzip: gzipSync(CONTENT), zstd: zstd(CONTENT) };

for (const [name, packed] of Object.entries(PACKED)) {
  test(`${name}: the content comes out whatever the pieces it arrives in`, async () => {
    for (const piece of [11, 1000, packed.length]) {
      const { content, reason } = await unpack(packed, piece);
      assert.equal(reason, '');
      assert.ok(content.equals(CONTENT), `pieces of ${piece}`);
    }
  });

  test(`${name}: what follows, packed too, is content`, async () => {
    const { content, reason } = await unpack(Buffer.concat([packed, packed]));
    assert.equal(reason, '');
    assert.ok(content.equals(Buffer.concat([CONTENT, CONTENT])));
  });

  test(`${name}: a wrong checksum is told after all the content`, async () => {
    const damaged = Buffer.from(packed);
    damaged[packed.length - (name === 'gzip' ? 8 : 4)]! ^= 1;
    const { content, reason } = await unpack(damaged);
    assert.match(reason, /damaged/);
    assert.ok(content.equals(CONTENT), `${content.length} of ${CONTENT.length}`);
  });

  test(`${name}: bytes that are not packed data are damage`, async () => {
    const { reason } = await unpack(Buffer.concat([packed.subarray(0, 6), Buffer.alloc(1000, 0xff)]));
    assert.match(reason, /damaged/);
  });
}

test('gzip: cut anywhere, it gives all that can be unpacked and says that it is cut', async () => {
  const { gzip } = PACKED;
  for (let cut = 5; cut < gzip.length; cut += 499) {
    const { content, reason } = await unpack(gzip.subarray(0, cut));
    assert.equal(reason, 'the gzip data is cut', `at ${cut}`);
    const best =
      cut < 18 ? Buffer.alloc(0) : gunzipSync(gzip.subarray(0, cut), { finishFlush: constants.Z_SYNC_FLUSH });
    assert.ok(content.equals(best), `cut at ${cut}: ${content.length} of ${best.length} bytes`);
  }
});

test('gzip: padding with zeros does not matter, other bytes after the last member are damage', async () => {
  const padded = await unpack(Buffer.concat([PACKED.gzip, Buffer.alloc(70_000)]));
  assert.equal(padded.reason, '');
  assert.ok(padded.content.equals(CONTENT));
  const followed = await unpack(Buffer.concat([PACKED.gzip, Buffer.from('something else')]));
  assert.match(followed.reason, /damaged/);
  assert.ok(followed.content.length > CONTENT.length * 0.8);
});

for (const [name, packed] of Object.entries(PACKED)) {
  test(`${name}: of damaged data, what lies well before the damage comes out`, async () => {
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, Math.floor(packed.length * 0.9));
    const { content, reason } = await unpack(damaged);
    assert.match(reason, /damaged/);
    if (name === 'gzip') assert.ok(content.length > CONTENT.length * 0.75, `${content.length} of ${CONTENT.length}`);
  });
}

test('zstd: cut anywhere, it gives the blocks before the cut and says that it is cut', async () => {
  const random = Buffer.alloc(400_000);
  for (let i = 0, x = 1; i < random.length; i++) random[i] = (x = (x * 48271) % 0x7fff_ffff) >> 8;
  const packed = zstd(random);
  for (const cut of [5, 1000, packed.length >> 1, packed.length - 5, packed.length - 1]) {
    const { content, reason } = await unpack(packed.subarray(0, cut), 1 << 14);
    assert.equal(reason, 'the zstd data is cut', `at ${cut}`);
    assert.ok(content.equals(random.subarray(0, content.length)));
    assert.ok(content.length > cut - (1 << 17) - 100, `cut at ${cut}: ${content.length} bytes`);
  }
});

test('what swells a thousandfold comes in pieces', async () => {
  const zeros = gzipSync(Buffer.alloc(1 << 25));
  const source = unpacked(new PiecesOf(zeros, 1 << 20), 'gzip');
  const before = process.memoryUsage().arrayBuffers;
  const into = new Uint8Array(1 << 16);
  let total = 0;
  let most = 0;
  for (let count; (count = await source.read(into)) > 0; total += count)
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  assert.equal(total, 1 << 25);
  assert.ok(most < 1 << 25, `${most} bytes held`);
});

test('other bytes are not taken for packed', () => {
  for (const bytes of [deflateRawSync(CONTENT), Buffer.from('1f'), Buffer.alloc(0), Buffer.from([0x1f]), CONTENT])
    assert.equal(packingOf(bytes.subarray(0, PACKED_MAGIC_BYTES)), undefined);
});

test('closing closes the packed source', async () => {
  const pieces = new PiecesOf(PACKED.gzip, 100);
  await unpacked(pieces, 'gzip').close();
  assert.equal(pieces.closed, true);
});
