import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4, ipv6, ipv6Fragment } from '../../libs/packet/build/ip.ts';
import { packet, type Layer } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { gre, vxlan } from '../../libs/packet/build/tunnels.ts';
import { EVENT } from '../../libs/record/fields/field.ts';
import { PacketLab } from '../support/packet-lab.ts';

const IP = { source: 0x0a000001, destination: 0x0a000002, id: 77 } as const;
const IP6 = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;
const OUTER = ipv4({ source: 0xac100001, destination: 0xac100002 });
const DATAGRAM = udp({ sourcePort: 5000, destinationPort: 2049 });

/** A piece [start, end) of a datagram of 400 bytes, its UDP header included. */
type Piece = readonly [start: number, end: number];
const TOTAL = 400;

function inIpv4([start, end]: Piece, ...outside: Layer[]): Uint8Array {
  const header = ipv4({ ...IP, fragmentOffset: start, moreFragments: end < TOTAL, protocol: 17 });
  return packet(ethernet(), ...outside, header, ...contents(start, end));
}

function inIpv6([start, end]: Piece): Uint8Array {
  const header = ipv6Fragment({ id: 77, fragmentOffset: start, moreFragments: end < TOTAL, nextHeader: 17 });
  return packet(ethernet(), ipv6(IP6), header, ...contents(start, end));
}

function contents(start: number, end: number): Layer[] {
  return start === 0 ? [DATAGRAM, payload(end - 8)] : [payload(end - start)];
}

const WAYS: readonly (readonly [name: string, make: (piece: Piece) => Uint8Array])[] = [
  ['IPv4', (piece) => inIpv4(piece)],
  ['IPv6', inIpv6],
  ['IPv4 in GRE', (piece) => inIpv4(piece, OUTER, gre())],
  ['IPv4 in VXLAN', (piece) => inIpv4(piece, OUTER, udp({ sourcePort: 9, destinationPort: 4789 }), vxlan({ network: 7 }), ethernet())], // prettier-ignore
];

interface Case {
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly overlaps: boolean;
}

const CASES: readonly Case[] = [
  { name: 'in order', pieces: [[0, 160], [160, 320], [320, 400]], overlaps: false },
  { name: 'in reverse', pieces: [[320, 400], [160, 320], [0, 160]], overlaps: false },
  { name: 'the first in the middle', pieces: [[320, 400], [0, 160], [160, 320]], overlaps: false },
  { name: 'one byte range sent again', pieces: [[0, 160], [160, 320], [160, 320], [320, 400]], overlaps: true },
  { name: 'a later one over the first', pieces: [[0, 160], [80, 400]], overlaps: true },
  { name: 'the first over later ones', pieces: [[160, 320], [320, 400], [0, 240]], overlaps: true },
  { name: 'inside another', pieces: [[0, 320], [80, 160], [320, 400]], overlaps: true },
  { name: 'across a gap', pieces: [[0, 80], [320, 400], [40, 360]], overlaps: true },
]; // prettier-ignore

for (const [way, make] of WAYS) {
  for (const { name, pieces, overlaps } of CASES) {
    test(`fragments of ${way}, ${name}: one flow${overlaps ? ', and they overlap' : ''}`, () => {
      const lab = new PacketLab();
      pieces.forEach((piece, index) => lab.at(index / 10, make(piece)));
      const records = lab.end();
      assert.deepEqual(
        records.map((record) => [record['sport'], record['dport'], record['spkts']]),
        [[5000, 2049, pieces.length]],
      );
      const expected = EVENT.fragments | (overlaps ? EVENT.fragmentOverlap : 0);
      assert.equal(Number(records[0]?.['events']) & (EVENT.fragments | EVENT.fragmentOverlap), expected);
    });
  }
}

test('an identification that is used again for another datagram is no overlap', () => {
  const lab = new PacketLab();
  for (const second of [0, 1, 2]) {
    lab.at(second, inIpv4([0, 200])).at(second + 0.1, inIpv4([200, 400]));
  }
  const [record] = lab.end();
  assert.deepEqual([record?.['spkts'], record?.['events']], [6, EVENT.fragments]);
});

test('fragments without a first one keep to themselves, and overlap too', () => {
  const [record] = new PacketLab()
    .at(0, inIpv4([160, 320]))
    .at(0.1, inIpv4([240, 400]))
    .end();
  assert.deepEqual(
    [record?.['sport'], record?.['spkts'], record?.['events']],
    [undefined, 2, EVENT.fragments | EVENT.laterFragmentsOnly | EVENT.fragmentOverlap],
  );
});

test('a fragment that is the whole packet is none (RFC 6946)', () => {
  const atomic = packet(ethernet(), ipv6(IP6), ipv6Fragment({ id: 77 }), DATAGRAM, payload(20));
  const [record] = new PacketLab().at(0, atomic).at(0.1, atomic).end();
  assert.deepEqual([record?.['sport'], record?.['spkts'], record?.['events']], [5000, 2, 0]);
});

test('many small pieces in any order need bounded memory and count in one flow', () => {
  const lab = new PacketLab();
  const pieces = Array.from({ length: 50 }, (_, i): Piece => [i * 8, i * 8 + 8]);
  for (const parity of [1, 0]) {
    for (let i = pieces.length - 1 - (1 - parity); i >= 0; i -= 2) lab.at(1, inIpv4(pieces[i]!));
  }
  const records = lab.end();
  assert.deepEqual(
    records.map((record) => [record['sport'], record['spkts'], record['events']]),
    [[5000, 50, EVENT.fragments]],
  );
});
