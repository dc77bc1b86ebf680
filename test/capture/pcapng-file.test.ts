import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, pcapngFile } from '../support/pcap-writer.ts';
import { readCapture } from '../support/read-capture.ts';

const START_US = 1_700_000_000_000_000;
const bytesOf = (length: number, value = 7): Uint8Array => new Uint8Array(length).fill(value);

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

test('pcapng: a simple packet has the time of the packet before it', async () => {
  const out = new ByteWriter(true);
  out.bytes(pcapngFile([{ timeUs: START_US, bytes: bytesOf(4) }]));
  out.u32(3).u32(20).u32(4).u32(0).u32(20);
  const { packets } = await readCapture(out.finish());
  assert.deepEqual(packets.map(({ timeUs }) => timeUs), [START_US, START_US]); // prettier-ignore
});

test('pcapng: some writers leave the padding out of the length of a block', async () => {
  const out = new ByteWriter(true);
  out.bytes(pcapngFile([]));
  for (let i = 0; i < 2; i++)
    out.u32(6).u32(35).u32(0).u32(0).u32(i).u32(3).u32(3).bytes(bytesOf(3)).u8(0).u32(35); // prettier-ignore
  const { packets, damage } = await readCapture(out.finish());
  assert.deepEqual(packets.map(({ timeUs, hex }) => [timeUs, hex]), [[0, '070707'], [1, '070707']]); // prettier-ignore
  assert.equal(damage, null);
});

const sectionBytes = pcapngFile([], []).length - 16; // without the block that nobody knows
const block = (...words: number[]): Uint8Array =>
  words.reduce((out, word) => out.u32(word), new ByteWriter(true)).finish();
const BAD_BLOCKS: readonly { name: string; bytes: Uint8Array; reason: RegExp }[] = [
  { name: 'too short', bytes: block(1, 8, 0), reason: /a block claims 8 bytes/ },
  { name: 'too long', bytes: block(1, 0xffff_fff0, 0), reason: /a block claims 4294967280 bytes/ },
  { name: 'lengths that differ', bytes: block(9, 12, 16), reason: /a block of 12 bytes says 16 at its end/ },
  {
    name: 'a packet before any interface',
    bytes: block(6, 32, 0, 0, 0, 0, 0, 32),
    reason: /interface 0, which was not/,
  },
  { name: 'a packet that is too short', bytes: block(6, 16, 0, 16), reason: /enhanced packet block is too short/ },
  { name: 'an interface that is too short', bytes: block(1, 16, 0, 16), reason: /interface description is too short/ },
  { name: 'a simple packet before any interface', bytes: block(3, 16, 0, 16), reason: /before any interface/ },
  { name: 'a section without byte order', bytes: block(0x0a0d0d0a, 16, 1, 16), reason: /no byte order/ },
];
for (const { name, bytes, reason } of BAD_BLOCKS) {
  test(`pcapng: ${name} is damage, at its offset`, async () => {
    const start = pcapngFile([], []).subarray(0, sectionBytes);
    const { packets, damage } = await readCapture(Buffer.concat([start, bytes]));
    assert.deepEqual(packets, []);
    assert.equal(damage?.offset, sectionBytes);
    assert.match(damage.reason, reason);
  });
}
