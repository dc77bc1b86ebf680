import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { IPV6_ADDRESS, TCP_FLAG } from '../../libs/packet/headers.ts';
import { PROBLEM_NAMES } from '../../libs/packet/problems.ts';
import type { PacketStream } from '../../libs/synthetic/frame.ts';
import { MergedStreams } from '../../libs/synthetic/merged-streams.ts';
import { SynFlood } from '../../libs/synthetic/syn-flood.ts';
import { allAtOnce, mixedTraffic, officeTraffic } from '../../libs/synthetic/traffic.ts';
import { Visit, VISITOR_IP } from '../../libs/synthetic/visit.ts';
import { flowName, seenPackets, type SeenPacket } from './packets.ts';

const SIZE = { packets: 20_000, flows: 500, seconds: 10, seed: 5 };
const STREAMS: readonly { name: string; open: (seed: number) => PacketStream; packets: number; flows: number }[] = [
  { name: 'mixed', open: (seed) => mixedTraffic({ ...SIZE, seed }), packets: 20_000, flows: 500 },
  { name: 'all at once', open: (seed) => allAtOnce({ ...SIZE, packets: 2500, seed }), packets: 2500, flows: 500 },
  { name: 'flood', open: (seed) => new SynFlood({ packets: 3000, seconds: 10, seed }), packets: 3000, flows: 3000 },
  { name: 'visit', open: (seed) => visit(seed), packets: 800, flows: 100 },
  { name: 'visited', open: (seed) => new MergedStreams([mixedTraffic({ ...SIZE, seed }), visit(seed)]), packets: 20_800, flows: 600 }, // prettier-ignore
];

function visit(seed: number): Visit {
  return new Visit({ startUs: 4e6, lengthUs: 5e5, connections: 100, seed });
}

for (const { name, open, packets, flows } of STREAMS) {
  test(`${name}: as many packets and flows as asked for, in time and in the order of time`, () => {
    const names = new Set<string>();
    let count = 0;
    let lastUs = 0;
    for (const { dueUs, headers } of seenPackets(open(5))) {
      assert.ok(Number.isInteger(dueUs) && dueUs >= lastUs && dueUs <= 10e6, `${dueUs} after ${lastUs}`);
      lastUs = dueUs;
      count += 1;
      names.add(flowName(headers));
    }
    assert.equal(count, packets);
    assert.equal(names.size, flows);
  });

  test(`${name}: every packet decodes without a problem, whole and cut`, () => {
    for (const snapBytes of [1600, 128]) {
      for (const { headers, hex } of seenPackets(open(6), snapBytes, 3000)) {
        assert.equal(headers.problem, 0, `${PROBLEM_NAMES[headers.problem]}: ${hex}`);
      }
    }
  });

  test(`${name}: the same seed gives the same packets, another seed others`, () => {
    assert.deepEqual(texts(open(7)), texts(open(7)));
    assert.notDeepEqual(texts(open(7)), texts(open(8)));
  });

  test(`${name}: a cut packet is the beginning of the whole one, and says its length`, () => {
    const whole = [...seenPackets(open(9), 1600, 400)];
    const cut = [...seenPackets(open(9), 128, 400)];
    whole.forEach((packet, index) => {
      assert.equal(packet.wireBytes, packet.capturedBytes);
      assert.equal(cut[index]!.wireBytes, packet.wireBytes);
      assert.equal(cut[index]!.capturedBytes, Math.min(packet.wireBytes, 128));
      assert.equal(cut[index]!.headers.payloadBytes, packet.headers.payloadBytes);
    });
  });
}

function texts(stream: PacketStream): string[] {
  return Array.from(seenPackets(stream, 1600, 400), ({ dueUs, hex }) => `${dueUs} ${hex}`);
}

test('whole packets carry right checksums', () => {
  for (const { headers, hex } of seenPackets(mixedTraffic(SIZE), 1600, 1000)) {
    if (headers.etherType !== 0x0800) continue;
    const bytes = Buffer.from(hex, 'hex');
    const ip = headers.vlanTags > 0 ? 18 : 14;
    assert.equal(onesSum(bytes.subarray(ip, ip + 20)), 0xffff, 'IPv4 header');
    if (headers.protocol === 1) {
      assert.equal(onesSum(bytes.subarray(ip + 20)), 0xffff, 'ICMP');
      continue;
    }
    const transport = bytes.subarray(ip + 20);
    const pseudo = Buffer.alloc(12);
    bytes.copy(pseudo, 0, ip + 12, ip + 20);
    pseudo[9] = headers.protocol;
    pseudo.writeUInt16BE(transport.length, 10);
    assert.equal(onesSum(Buffer.concat([pseudo, transport])), 0xffff, `protocol ${headers.protocol}`);
  }
});

/** Ones' complement sum of 16-bit words, written here anew: it shall not share a mistake with the builder. */
function onesSum(bytes: Uint8Array): number {
  let sum = 0;
  bytes.forEach((byte, index) => (sum += index % 2 === 0 ? byte * 256 : byte));
  return ((sum - 1) % 0xffff) + 1;
}

test('the mix has TCP, UDP, ICMP, ARP, IPv6 and VLANs in their shares', () => {
  const kinds = new Map<string, Set<string>>();
  for (const { headers: h } of seenPackets(mixedTraffic({ ...SIZE, packets: 12_000, flows: 3000 }), 128)) {
    const name = flowName(h);
    const add = (kind: string): void => void kinds.set(kind, (kinds.get(kind) ?? new Set()).add(name));
    if (h.etherType === 0x0806) add('arp');
    else add(h.protocol === 6 ? 'tcp' : h.protocol === 17 ? 'udp' : 'icmp');
    if (h.addressKind === IPV6_ADDRESS) add('ipv6');
    if (h.vlanTags > 0) add('vlan');
  }
  const share = (kind: string): number => (kinds.get(kind)?.size ?? 0) / 3000;
  assert.ok(Math.abs(share('tcp') - 0.7) < 0.03);
  assert.ok(Math.abs(share('udp') - 0.25) < 0.03);
  for (const kind of ['icmp', 'arp', 'ipv6', 'vlan']) assert.ok(share(kind) > 0.005, kind);
});

test('TCP connections shake hands, keep their sequence numbers and close', () => {
  const connections = new Map<string, SeenPacket[]>();
  for (const packet of seenPackets(mixedTraffic(SIZE), 128)) {
    if (packet.headers.protocol !== 6) continue;
    const name = flowName(packet.headers);
    connections.set(name, [...(connections.get(name) ?? []), packet]);
  }
  let closed = 0;
  let retransmitted = 0;
  const long = [...connections.values()].filter((packets) => packets.length > 8);
  for (const packets of long) {
    const flags = packets.map(({ headers }) => headers.tcpFlags);
    assert.deepEqual(flags.slice(0, 3), [TCP_FLAG.syn, TCP_FLAG.syn | TCP_FLAG.ack, TCP_FLAG.ack]);
    assert.equal(packets[0]!.headers.tcpWindowScale, 7);
    if (flags.slice(-3, -1).every((bits) => (bits & TCP_FLAG.fin) !== 0)) closed += 1;
    retransmitted += countRetransmissions(packets);
  }
  assert.ok(long.length > 200);
  assert.ok(closed / long.length > 0.7, `${closed} of ${long.length} closed`);
  assert.ok(retransmitted > 20 && retransmitted < 400, `${retransmitted} retransmissions`);
});

/** Segments below what their side has sent already; a segment beyond that would be a hole, and fails. */
function countRetransmissions(packets: readonly SeenPacket[]): number {
  const next = new Map<number, number>();
  let count = 0;
  for (const { headers: h } of packets) {
    const ahead = (h.tcpSequence - (next.get(h.sourcePort) ?? h.tcpSequence)) | 0;
    assert.ok(ahead <= 0, 'a hole in the sequence');
    if (ahead < 0) count += 1;
    const bytes = h.payloadBytes + ((h.tcpFlags & (TCP_FLAG.syn | TCP_FLAG.fin)) === 0 ? 0 : 1);
    if (ahead === 0) next.set(h.sourcePort, (h.tcpSequence + bytes) | 0);
  }
  return count;
}

test('an endless stream keeps its pace', () => {
  const stream = officeTraffic({ packetsPerSecond: 200, seed: 1 });
  let packets = 0;
  for (const { dueUs } of seenPackets(stream, 128, 100_000)) {
    if (dueUs > 200e6) break;
    if (dueUs > 50e6) packets += 1;
  }
  const perSecond = packets / 150;
  assert.ok(perSecond > 150 && perSecond < 260, `${perSecond} packets/s`);
});

test('counted streams of any size are exact', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(200), fc.nat(), (flows, more, seed) => {
      const stream = mixedTraffic({ flows, packets: flows + more, seconds: 3, seed });
      const names = Array.from(seenPackets(stream, 128), ({ headers }) => flowName(headers));
      assert.equal(names.length, flows + more);
      assert.equal(new Set(names).size, flows);
    }),
    { seed: 3, numRuns: 60 },
  ));

test('a visitor is there for a while, and among other traffic nobody else has its address', () => {
  const merged = new MergedStreams([mixedTraffic({ ...SIZE, seed: 1 }), visit(1)]);
  const dues: number[] = [];
  for (const { dueUs, headers } of seenPackets(merged))
    if ([headers.source3, headers.destination3].includes(VISITOR_IP)) dues.push(dueUs);
  assert.equal(dues.length, 800);
  assert.ok(dues[0] === 4e6 && dues.at(-1)! < 4.5e6);
});
