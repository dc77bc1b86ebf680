import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { compress } from 'zstd-napi';
import { openCaptureFile } from '../../libs/capture/open-capture.ts';
import { BATCH_PACKETS_MAX } from '../../libs/capture/source.ts';
import { ByteWriter, pcapFile, pcapngFile, type WrittenPacket } from '../support/pcap-writer.ts';
import { readCapture } from '../support/read-capture.ts';

const isWindows = process.platform === 'win32';
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

const KINDS = { pcap: pcapFile(PACKETS), pcapng: pcapngFile(PACKETS) };

for (const [kind, file] of Object.entries(KINDS)) {
  test(`${kind}: the same packets whatever the pieces it arrives in, and compressed`, async () => {
    for (const piece of [13, 4096, 65_536]) {
      assert.deepEqual((await readCapture(file, piece)).packets, expected(PACKETS), `pieces of ${piece}`);
    }
    for (const packed of [gzipSync(file), compress(file)]) {
      assert.deepEqual((await readCapture(packed, 1000)).packets, expected(PACKETS));
    }
  });

  test(`${kind}: cut anywhere, it gives every whole packet before the cut and names the offset`, async () => {
    const small = PACKETS.filter(({ bytes }) => bytes.length < 100);
    const write = kind === 'pcap' ? pcapFile : pcapngFile;
    const ends = small.map((_packet, i) => write(small.slice(0, i + 1)).length);
    const headBytes = write([]).length;
    const whole = write(small);
    for (let cut = headBytes; cut <= whole.length; cut++) {
      const { packets, damage } = await readCapture(whole.subarray(0, cut));
      const before = ends.filter((end) => end <= cut);
      assert.deepEqual(packets, (expected(small) as unknown[]).slice(0, before.length), `cut at ${cut}`);
      const last = before.at(-1) ?? headBytes;
      if (cut === last) assert.equal(damage, null, `cut at ${cut}`);
      else
        assert.deepEqual(damage, {
          offset: last,
          reason: `cut within a packet, of which ${cut - last} bytes are left`,
        });
    }
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
    { seed: 1, numRuns: 60 },
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

test('pcap: patched headers of 24 bytes', async () => {
  const out = new ByteWriter(true);
  out.u32(0xa1b2cd34).u16(2).u16(4).u32(0).u32(0).u32(65_535).u32(1);
  for (let i = 0; i < 2; i++) out.u32(1).u32(i).u32(2).u32(60).u32(7).u32(8).u16(0x1234);
  const { packets, damage } = await readCapture(out.finish());
  assert.deepEqual(packets.map(({ timeUs, wire, hex }) => [timeUs, wire, hex]), [[1e6, 60, '3412'], [1e6 + 1, 60, '3412']]); // prettier-ignore
  assert.equal(damage, null);
});

test('a cut gzip file gives what could be unpacked', async () => {
  const many = Array.from({ length: 2000 }, (_packet, i) => ({
    timeUs: i,
    bytes: Uint8Array.from({ length: 60 }, (_byte, k) => (i * k) & 255),
  }));
  const packed = gzipSync(pcapFile(many));
  const { packets, damage } = await readCapture(packed.subarray(0, packed.length >> 1));
  assert.ok(packets.length > 0 && packets.length < 2000);
  assert.equal(damage?.reason, 'the gzip data is cut');
  assert.equal(damage.offset, 24 + packets.length * 76);
});

test('more packets than blocks and batches hold', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'capture-'));
  try {
    const path = join(folder, 'many.pcap');
    const count = 30_000;
    writeFileSync(
      path,
      pcapFile(Array.from({ length: count }, (_packet, i) => ({ timeUs: i, bytes: bytesOf(i % 400) }))),
    );
    const source = await openCaptureFile(path);
    let next = 0;
    for (let batch = await source.next(); batch !== null; batch = await source.next()) {
      assert.ok(batch.count > 0 && batch.count <= BATCH_PACKETS_MAX);
      for (let i = 0; i < batch.count; i++, next++) {
        const length = batch.captured[i]!;
        const isWhole = length === 0 || batch.view.getUint8(batch.offset[i]! + length - 1) === 7;
        if (batch.timeUs[i] !== next || length !== next % 400 || !isWhole) assert.fail(`packet ${next}`);
      }
    }
    await source.close();
    assert.equal(next, count);
    assert.equal(source.counters.received, count);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test(
  'a named pipe is read; a signal and a close end the wait for it',
  { skip: isWindows && 'no named pipes' },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'capture-'));
    try {
      const path = join(folder, 'pipe');
      execFileSync('mkfifo', [path]);
      for (const end of ['signal', 'close'] as const) {
        const stop = new AbortController();
        const writing = open(path, 'r+'); // which does not wait for the other end
        const source = await (async () => {
          const writer = await writing;
          await writer.write(pcapFile(PACKETS.slice(0, 1)));
          return openCaptureFile(path, { signal: stop.signal });
        })();
        assert.equal((await source.next())?.count, 1);
        const waiting = source.next();
        if (end === 'signal') stop.abort();
        else await source.close();
        assert.equal(await waiting, null);
        assert.equal(source.damage, null);
        await source.close();
        await (await writing).close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test('a signal ends the wait for the first bytes, too', async () => {
  const stop = new AbortController();
  const opening = openCaptureFile('-', { stdin: new PassThrough(), signal: stop.signal });
  stop.abort();
  const source = await opening;
  assert.equal(await source.next(), null);
  assert.equal(source.damage, null);
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
    writeFileSync(text, pcapFile([]).subarray(0, 23));
    await assert.rejects(openCaptureFile(text), /is cut within the header/);
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
