import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { packet } from '../../libs/packet/build/layer.ts';
import { PROBLEM_NAMES } from '../../libs/packet/problems.ts';
import { decodeBytes, found, foundIn, foundPayload, IPV4 } from './decoded.ts';
import { SAMPLE_LINK_TYPES, SAMPLES } from './samples.ts';

test('decodePacket: an unknown link type is named', () => {
  assert.deepEqual(foundIn(packet(IPV4), 0xfffe), { problem: 'link: unknown type', ...foundPayload(0, 20) });
});

test('decodePacket: a larger wire length than any packet has is bounded', () => {
  const headers = decodeBytes(packet(IPV4), 0xfffe, 0xffffffff);
  assert.equal(headers.payloadBytes, 1 << 29);
});

test('decodePacket: a wire length below the captured one does not hide what was captured', () => {
  for (const { bytes, linkType } of SAMPLES) {
    assert.deepEqual(foundIn(bytes, linkType, 0), foundIn(bytes, linkType, bytes.length));
  }
});

for (const { name, bytes, linkType } of SAMPLES) {
  test(`decodePacket: ${name} decodes without a problem, and each of its prefixes decodes`, () => {
    assert.equal(foundIn(bytes, linkType)['problem'], undefined);
    for (let captured = 0; captured < bytes.length; captured++) {
      const prefix = decodeBytes(bytes.subarray(0, captured), linkType, bytes.length);
      assert.ok(prefix.payloadOffset <= prefix.payloadEnd);
      assert.ok(PROBLEM_NAMES[prefix.problem] !== undefined);
    }
  });

  test(`decodePacket: bytes around ${name} change nothing, wherever it is cut`, () => {
    for (let captured = 0; captured <= bytes.length; captured++) {
      const cut = bytes.subarray(0, captured);
      assert.deepEqual(
        found(decodeBytes(cut, linkType, bytes.length, 0x00)),
        found(decodeBytes(cut, linkType, bytes.length, 0xff)),
      );
    }
  });
}

test('decodePacket: a used object gives the same as a new one', () => {
  const any = fc.constantFrom(...SAMPLES);
  fc.assert(
    fc.property(any, any, (first, second) => {
      const used = decodeBytes(first.bytes, first.linkType);
      const again = decodeBytes(second.bytes, second.linkType, second.bytes.length, 0, used);
      assert.deepEqual(found(again), foundIn(second.bytes, second.linkType));
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test('decodePacket: whatever the bytes, it reads none outside the packet and says where the payload lies', () => {
  const bytes = fc.uint8Array({ maxLength: 120 });
  fc.assert(
    fc.property(bytes, fc.constantFrom(...SAMPLE_LINK_TYPES), fc.nat(2000), (content, linkType, wireBytes) => {
      const one = decodeBytes(content, linkType, wireBytes, 0x00);
      const other = decodeBytes(content, linkType, wireBytes, 0xff);
      assert.deepEqual(found(one), found(other));
      assert.ok(one.payloadOffset <= one.payloadEnd && one.payloadBytes >= 0);
    }),
    { seed: 1, numRuns: 5000 },
  );
});
