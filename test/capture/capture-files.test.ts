import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { compress } from 'zstd-napi';
import { openCaptureFile } from '../../libs/capture/open-capture.ts';
import { ByteWriter, pcapFile, pcapngFile, type WrittenPacket } from '../support/pcap-writer.ts';
import { readCapture } from '../support/read-capture.ts';

const START_US = 1_700_000_000_000_000;
const bytesOf = (length: number, value = 7): Uint8Array => new Uint8Array(length).fill(value);
const PACKETS: WrittenPacket[] = [
  { timeUs: START_US, bytes: bytesOf(60, 1) },
  { timeUs: START_US + 999_999, timeNs: 0, bytes: bytesOf(0), wire: 1514 },
  { timeUs: START_US + 1_000_001, bytes: bytesOf(1), wire: 64 },
  { timeUs: 0, bytes: bytesOf(70_001, 3) },
  { timeUs: 4_294_967_295_999_999, bytes: bytesOf(5) },
];
const expected = (packets: readonly WrittenPacket[], linkTypes: readonly number[] = [1]): unknown =>
  packets.map(({ timeUs, timeNs = 0, bytes, wire = bytes.length, from = 0 }) => ({
    timeUs,
    timeNs,
    wire,
    linkType: linkTypes[from],
    hex: Buffer.from(bytes).toString('hex'),
  }));

for (const littleEndian of [true, false]) {
  for (const nanoseconds of [true, false]) {
    test(`pcap: ${littleEndian ? 'little' : 'big'}-endian, ${nanoseconds ? 'nano' : 'micro'}seconds`, async () => {
      const packets = PACKETS.map((packet) => (nanoseconds ? { ...packet, timeNs: 123 } : packet));
      const { packets: read, damage } = await readCapture(pcapFile(packets, { littleEndian, nanoseconds }));
      assert.deepEqual(read, expected(packets));
      assert.equal(damage, null);
    });
  }
  test(`pcapng: ${littleEndian ? 'little' : 'big'}-endian, interfaces of different links and clocks`, async () => {
    const interfaces = [
      { linkType: 1 },
      { linkType: 101, resolution: 9 },
      { linkType: 113, resolution: 3, offsetSeconds: 1_000_000_000 },
      { linkType: 276, resolution: 0x80 + 32 },
    ];
    const packets = [0, 1, 2, 3].map((from) => ({
      timeUs: START_US + from * 1_000_000 + 500_000,
      timeNs: from === 1 ? 7 : 0,
      bytes: bytesOf(10 + from),
      from,
    }));
    const { packets: read, damage } = await readCapture(pcapngFile(packets, interfaces, littleEndian));
    assert.deepEqual(read, expected(packets, [1, 101, 113, 276]));
    assert.equal(damage, null);
  });
}

test('pcap: FCS bits beside the link type, snap length zero', async () => {
  const { packets } = await readCapture(pcapFile([PACKETS[0]!], { linkType: 0x4000_0001, snaplen: 0 }));
  assert.deepEqual(packets, expected([PACKETS[0]!]));
});

test('pcapng: simple packets, obsolete packets and a second section', async () => {
  const out = new ByteWriter(true);
  const section = pcapngFile([], [{ linkType: 1 }]);
  out.bytes(section).u32(3).u32(20).u32(100).u32(0x01020304).u32(20);
  out.u32(2).u32(36).u16(0).u16(0).u32(0).u32(9).u32(2).u32(64).u8(0xaa).u8(0xbb).u16(0).u32(36);
  const { packets, damage } = await readCapture(
    Buffer.concat([out.finish(), pcapngFile([{ timeUs: 1, bytes: bytesOf(2) }], [{ linkType: 12 }], false)]),
  );
  assert.deepEqual(
    packets.map(({ wire, hex, linkType }) => [wire, hex, linkType]),
    [
      [100, '04030201', 1],
      [64, 'aabb', 1],
      [2, '0707', 12],
    ],
  );
  assert.equal(damage, null);
});

const KINDS = { pcap: pcapFile(PACKETS), pcapng: pcapngFile(PACKETS) };

for (const [kind, file] of Object.entries(KINDS)) {
  test(`${kind}: the same packets whatever the pieces it arrives in, and compressed`, async () => {
    for (const piece of [1, 7, 4096, 65_536]) {
      assert.deepEqual((await readCapture(file, piece)).packets, expected(PACKETS), `pieces of ${piece}`);
    }
    for (const packed of [gzipSync(file), compress(file)]) {
      assert.deepEqual((await readCapture(packed, 1000)).packets, expected(PACKETS));
    }
  });

  test(`${kind}: cut anywhere, it gives every whole packet before the cut and names the offset`, async () => {
    const small = PACKETS.filter(({ bytes }) => bytes.length < 100);
    const whole = kind === 'pcap' ? pcapFile(small) : pcapngFile(small);
    for (let cut = 24; cut < whole.length; cut++) {
      const { packets, damage } = await readCapture(whole.subarray(0, cut));
      assert.deepEqual(packets, (expected(small) as unknown[]).slice(0, packets.length));
      if (damage !== null) assert.ok(damage.offset <= cut && damage.reason !== '', `cut at ${cut}`);
    }
    assert.equal((await readCapture(whole)).packets.length, small.length);
  });
}

test('any packets come back as they were written', async () => {
  const packet = fc.record({ timeUs: fc.nat(4e9), bytes: fc.uint8Array({ maxLength: 300 }), more: fc.nat(2000) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(packet, { maxLength: 30 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 500 }),
      async (list, ng, piece) => {
        const packets = list.map(({ timeUs, bytes, more }) => ({ timeUs, bytes, wire: bytes.length + more }));
        const file = ng ? pcapngFile(packets) : pcapFile(packets);
        const { packets: read } = await readCapture(file, piece);
        assert.deepEqual(read, expected(packets));
      },
    ),
    { numRuns: 60 },
  );
});

test('a packet larger than a block is read whole; one that claims more than any link has is damage', async () => {
  const large = { timeUs: 1, bytes: bytesOf(5 << 20, 9) };
  const { packets } = await readCapture(pcapFile([PACKETS[0]!, large, PACKETS[2]!], { snaplen: 1 << 23 }), 100_000);
  assert.equal(packets.length, 3);
  assert.equal(packets[1]?.hex.length, 10 << 20);
  const hostile = pcapFile([PACKETS[0]!, PACKETS[0]!]);
  new DataView(hostile.buffer).setUint32(24 + 16 + 60 + 8, 0x7fff_ffff, true);
  const { packets: before, damage } = await readCapture(hostile);
  assert.equal(before.length, 1);
  assert.deepEqual(damage, { offset: 100, reason: 'a packet claims 2147483647 captured bytes' });
});

test('a cut gzip file gives what could be unpacked', async () => {
  const many = Array.from({ length: 2000 }, (_, i) => ({
    timeUs: i,
    bytes: Uint8Array.from({ length: 60 }, (_, k) => (i * k) & 255),
  }));
  const packed = gzipSync(pcapFile(many));
  const { packets, damage } = await readCapture(packed.subarray(0, packed.length >> 1));
  assert.ok(packets.length > 0 && packets.length < 2000);
  assert.notEqual(damage, null);
});

test('a missing file, a directory and what is no capture are told apart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'capture-'));
  try {
    const text = join(folder, 'text');
    const empty = join(folder, 'empty');
    writeFileSync(text, 'these are not the packets you are looking for\n');
    writeFileSync(empty, '');
    await assert.rejects(openCaptureFile(join(folder, 'none')), /none: no such file/);
    await assert.rejects(openCaptureFile(folder), /directory/);
    await assert.rejects(openCaptureFile(text), /is no pcap or pcapng capture \(it begins with 7468/);
    await assert.rejects(openCaptureFile(empty), /is empty/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const { CORPUS_DIR } = process.env;
test(
  'real captures hold as many packets as they should',
  { skip: CORPUS_DIR === undefined && 'CORPUS_DIR is not set' },
  async () => {
    for (const name of readdirSync(CORPUS_DIR!).filter((file) => /\.pcap(ng)?$/.test(file))) {
      const info = readFileSync(join(CORPUS_DIR!, 'truth', `${name}.info.txt`), 'utf8');
      const source = await openCaptureFile(join(CORPUS_DIR!, name));
      let count = 0;
      for (let batch = await source.next(); batch !== null; batch = await source.next()) count += batch.count;
      await source.close();
      assert.equal(count, Number(/Number of packets:\s+(\d+)/.exec(info)?.[1] ?? 0), name);
    }
  },
);
