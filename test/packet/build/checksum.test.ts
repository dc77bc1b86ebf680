import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addWords, foldChecksum } from '../../../libs/packet/build/checksum.ts';
import { ipv4 } from '../../../libs/packet/build/ip.ts';
import { packet } from '../../../libs/packet/build/layer.ts';
import { payload } from '../../../libs/packet/build/payload.ts';
import { icmp, tcp, udp } from '../../../libs/packet/build/transport.ts';
import { IPV4, IPV6 } from '../decoded.ts';

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

test('foldChecksum: the example of RFC 1071 §3', () => {
  const words = viewOf(new Uint8Array([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]));
  assert.equal(foldChecksum(addWords(words, 0, 8, 0)), ~0xddf2 & 0xffff);
});

test('addWords: an odd byte is padded with zero behind', () => {
  assert.equal(addWords(viewOf(new Uint8Array([1, 2, 3])), 0, 3, 10), 10 + 0x0102 + 0x0300);
});

test('ipv4: a header sums to ones with its checksum', () => {
  const bytes = viewOf(
    packet(ipv4({ source: 0xffffffff, destination: 0x7f000001, id: 0x1234, options: [148, 4, 0, 0] })),
  );
  assert.equal(foldChecksum(addWords(bytes, 0, 24, 0)), 0);
});

for (const { name, headerBytes, protocol, layers } of [
  { name: 'tcp over IPv4', headerBytes: 20, protocol: 6, layers: [IPV4, tcp({ sourcePort: 1, destinationPort: 2 })] },
  { name: 'tcp over IPv6', headerBytes: 40, protocol: 6, layers: [IPV6, tcp({ sourcePort: 1, destinationPort: 2 })] },
  { name: 'udp over IPv6', headerBytes: 40, protocol: 17, layers: [IPV6, udp({ sourcePort: 1, destinationPort: 2 })] },
]) {
  test(`${name}: segment and pseudo-header sum to ones with the checksum`, () => {
    const bytes = viewOf(packet(...layers, payload('odd')));
    const segmentBytes = bytes.byteLength - headerBytes;
    const addresses = addWords(bytes, headerBytes === 20 ? 12 : 8, headerBytes, 0);
    assert.equal(foldChecksum(addWords(bytes, headerBytes, bytes.byteLength, addresses + protocol + segmentBytes)), 0);
  });
}

test('icmp: the checksum has no pseudo-header', () => {
  const bytes = viewOf(packet(IPV4, icmp({ type: 8, id: 1, sequence: 1 }), payload('abc')));
  assert.equal(foldChecksum(addWords(bytes, 20, bytes.byteLength, 0)), 0);
});

test('addWords: a long run of ones is summed exactly', () => {
  assert.equal(addWords(viewOf(new Uint8Array(200_001).fill(255)), 0, 200_001, 0), 100_000 * 0xffff + 0xff00);
});
